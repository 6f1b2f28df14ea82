import { readFileSync } from 'node:fs'
import { setTimeout } from 'node:timers/promises'
import { type Figure, figure } from './figures.ts'
import { bare, fake, type Program, start } from './servers.ts'
import { median } from './statistics.ts'

const ROUNDS = 5
const SETTLE_MS = 400

/** Measures the resident memory of an idle server after its first answer. */
export async function memoryFigures(): Promise<Figure[]> {
  const silent = fake('--log-level', 'silent')
  await (await start(silent)).stop()
  const rounds: { bare: number; fake: number }[] = []
  for (let round = 0; round < ROUNDS; round++) {
    rounds.push({ bare: await residentMegabytes(bare), fake: await residentMegabytes(silent) })
  }
  const ratio = median(rounds.map((round) => round.fake / round.bare))
  const megabytes = (of: 'bare' | 'fake') => median(rounds.map((round) => round[of])).toFixed(0)
  const measured = `${megabytes('fake')} MB, bare ${megabytes('bare')} MB`
  return [figure('memory at rest, silent', measured, ratio, { goal: 1.4, stretch: 1.2, unit: ' × bare' })]
}

/** Returns the resident memory of a program, in MB. Only on Linux, the only system that reports it for another process. */
async function residentMegabytes(program: Program): Promise<number> {
  const running = await start(program)
  await setTimeout(SETTLE_MS)
  const status = readFileSync(`/proc/${running.child.pid}/status`, 'utf8')
  await running.stop()
  return Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1]) / 1000
}
