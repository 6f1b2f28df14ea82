import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { type Figure, figure } from './figures.ts'
import { bare, fake, type Program, start } from './servers.ts'
import { median } from './statistics.ts'

const ROUNDS = 15

/** Measures the time to the first valid answer, from the start of a process and from `startFakeDevin()`. */
export async function startFigures(): Promise<Figure[]> {
  const programs: Record<string, Program> = {
    bare,
    silent: fake('--log-level', 'silent'),
    logging: fake(),
    first: { ...fake('--log-level', 'silent'), env: { NODE_DISABLE_COMPILE_CACHE: '1' } },
  }
  // The first start of an installation writes the compiled code.
  for (const program of [programs.silent, programs.logging]) await (await start(program as Program)).stop()
  const times: Record<string, number[]> = {}
  for (let round = 0; round < ROUNDS; round++) {
    const names = Object.keys(programs)
    for (const name of round % 2 === 0 ? names : names.toReversed()) {
      const running = await start(programs[name] as Program)
      await running.stop()
      times[name] = [...(times[name] ?? []), running.startMs]
    }
  }
  const row = (what: string, name: string) => {
    const own = times[name] as number[]
    const ratio = median(own.map((ms, round) => ms / (times.bare?.[round] as number)))
    const measured = `${median(own).toFixed(0)} ms, bare ${median(times.bare as number[]).toFixed(0)} ms`
    return figure(what, measured, ratio, { goal: 1.3, stretch: 1.2, unit: ' × bare' })
  }
  return [
    row('cold start, process to first DELETE answer, silent', 'silent'),
    row('the same, logging', 'logging'),
    row('the same, the very first after an installation, silent', 'first'),
    ...(await inProcess()),
  ]
}

type InProcess = Readonly<Record<'first' | 'later' | 'bare', number>>

async function inProcess(): Promise<Figure[]> {
  const runs: InProcess[] = []
  // Only one fake of a process is the first one.
  for (let round = 0; round < ROUNDS; round++) {
    const { stdout } = await promisify(execFile)(process.execPath, [
      fileURLToPath(new URL('in-process.mjs', import.meta.url)),
    ])
    runs.push(JSON.parse(stdout))
  }
  const middle = (name: keyof InProcess) => median(runs.map((run) => run[name]))
  const target = { goal: 10, stretch: 3, unit: ' ms' }
  const measured = `bare ${middle('bare').toFixed(2)} ms`
  return [
    figure('in-process startFakeDevin() to first answer, modules loaded', measured, middle('later'), target),
    figure('the same, the first one of a process', measured, middle('first'), target),
  ]
}
