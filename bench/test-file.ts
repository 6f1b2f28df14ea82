import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { type Figure, figure } from './figures.ts'
import { median } from './statistics.ts'

const ROUNDS = 15
const PROGRAMS = ['bare', 'socket', 'in-process'] as const

type Name = (typeof PROGRAMS)[number]

/** Measures whole processes that import, start, send one request and close. The programs are in `test-file/`. */
export async function testFileFigures(): Promise<Figure[]> {
  // The first process of an installation fills the caches.
  for (const name of PROGRAMS) run(name)
  const rounds: Record<Name, number>[] = []
  for (let round = 0; round < ROUNDS; round++) {
    const names = round % 2 === 0 ? PROGRAMS : PROGRAMS.toReversed()
    rounds.push(Object.fromEntries(names.map((name) => [name, run(name)])) as Record<Name, number>)
  }
  const row = (what: string, name: Name, target: { goal: number; stretch: number }) => {
    const milliseconds = (of: Name) => median(rounds.map((round) => round[of])).toFixed(0)
    const ratio = median(rounds.map((round) => round[name] / round.bare))
    const measured = `${milliseconds(name)} ms, bare ${milliseconds('bare')} ms`
    return figure(what, measured, ratio, { ...target, unit: ' × bare' })
  }
  return [
    row('a test file: import, start, one request, close', 'socket', { goal: 1.2, stretch: 1.1 }),
    row('the same by devin.fetch, without a socket', 'in-process', { goal: 1.1, stretch: 1.05 }),
  ]
}

/** Runs a program to its end. Returns its duration in milliseconds. */
function run(name: Name): number {
  const before = performance.now()
  const { status, stderr } = spawnSync(process.execPath, [
    fileURLToPath(new URL(`test-file/${name}.mjs`, import.meta.url)),
  ])
  if (status !== 0) throw new Error(`${name} failed: ${stderr}`)
  return performance.now() - before
}
