import { readFileSync } from 'node:fs'
import { setTimeout } from 'node:timers/promises'
import { type Figure, figure } from './figures.ts'
import { bare, fake, load, type Program, type Running, start } from './servers.ts'
import { median } from './statistics.ts'

const ROUNDS = 5
const LOADED_ROUNDS = 3
const SETTLE_MS = 400
const LOAD_MS = 20_000

/** Measures the resident memory of a server: idle after its first answer, and after a load that fills the journal and the audit log. */
export async function memoryFigures(): Promise<Figure[]> {
  await (await start(SILENT)).stop()
  const loaded = (server: Running) => load(server, { kind: 'create-delete', ms: LOAD_MS })
  const goals = { goal: 1.15, stretch: 1.05 }
  return [
    await compared('memory at rest, silent', SILENT, ROUNDS, async () => undefined, {
      goal: 1.4,
      stretch: 1.2,
    }),
    await compared('memory after 20 s of creations and deletions', SILENT, LOADED_ROUNDS, loaded, goals),
  ]
}

const SILENT = fake('--log-level', 'silent')

async function compared(
  what: string,
  program: Program,
  count: number,
  use: (server: Running) => Promise<unknown>,
  target: { readonly goal: number; readonly stretch: number },
): Promise<Figure> {
  const rounds: { bare: number; fake: number }[] = []
  for (let round = 0; round < count; round++) {
    rounds.push({ bare: await residentMegabytes(bare, use), fake: await residentMegabytes(program, use) })
  }
  const ratio = median(rounds.map((round) => round.fake / round.bare))
  const megabytes = (of: 'bare' | 'fake') => median(rounds.map((round) => round[of])).toFixed(0)
  return figure(what, `${megabytes('fake')} MB, bare ${megabytes('bare')} MB`, ratio, {
    ...target,
    unit: ' × bare',
  })
}

/** Returns the resident memory of a program after its use, in MB. Only on Linux, the only system that reports it for another process. */
async function residentMegabytes(
  program: Program,
  use: (server: Running) => Promise<unknown>,
): Promise<number> {
  const running = await start(program)
  await use(running)
  await setTimeout(SETTLE_MS)
  const status = readFileSync(`/proc/${running.child.pid}/status`, 'utf8')
  await running.stop()
  return Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1]) / 1000
}
