import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Figure, figure } from './figures.ts'
import { fake, type Program, start } from './servers.ts'
import { median } from './statistics.ts'
import { growthFigures } from './stores-growth.ts'
import { storeLoadFigures } from './stores-load.ts'
import { pgbenchFigures, withPostgres } from './stores-postgres.ts'

const START_ROUNDS = 15

/** Measures the stores beside each other: requests, starts, and how both depend on the number of records. */
export async function storesFigures(): Promise<Figure[]> {
  const folder = mkdtempSync(join(tmpdir(), 'fake-devin-stores-'))
  try {
    return await withPostgres(async (postgres) => [
      ...(await storeLoadFigures(folder, postgres)),
      ...(await pgbenchFigures(postgres)),
      ...(await startFigures(folder)),
      ...(await growthFigures(folder, postgres)),
    ])
  } finally {
    rmSync(folder, { recursive: true })
  }
}

/** Compares the time to the first answer with a file with that of the store in memory. */
async function startFigures(folder: string): Promise<Figure[]> {
  const program = (...flags: string[]) => fake('--log-level', 'silent', ...flags)
  const programs: Record<string, (round: number) => Program> = {
    memory: () => program(),
    known: () => program('--store', join(folder, 'known.sqlite')),
    created: (round) => program('--store', join(folder, `created-${round}.sqlite`)),
  }
  // The first start of an installation writes the compiled code.
  for (const programOf of Object.values(programs)) await (await start(programOf(-1))).stop()
  const times: Record<string, number[]> = {}
  for (let round = 0; round < START_ROUNDS; round++) {
    const names = Object.keys(programs)
    for (const name of round % 2 === 0 ? names : names.toReversed()) {
      const running = await start((programs[name] as (round: number) => Program)(round))
      await running.stop()
      times[name] = [...(times[name] ?? []), running.startMs]
    }
  }
  const row = (what: string, name: string) => {
    const [own, least] = [times[name], times.memory] as [number[], number[]]
    const measured = `${median(own).toFixed(0)} ms, memory ${median(least).toFixed(0)} ms`
    const ratio = median(own.map((ms, round) => ms / (least[round] as number)))
    return figure(what, measured, ratio, { goal: 1.3, unit: ' × memory' })
  }
  return [
    row('start with a SQLite file', 'known'),
    row('start with a SQLite file that is created', 'created'),
  ]
}
