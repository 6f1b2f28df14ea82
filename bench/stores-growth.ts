import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { type Figure, figure, note } from './figures.ts'
import type { Growth, GrowthPlan } from './growth.ts'
import type { Postgres } from './stores-postgres.ts'

const COUNTS = [1_000, 100_000, 1_000_000]
/** PostgreSQL takes a minute to add a million rows. */
const POSTGRES_MAX = 100_000

/** Compares the cost of requests to stores with more and more secrets with that of ten. */
export async function growthFigures(folder: string, postgres: Postgres | undefined): Promise<Figure[]> {
  const fileOf = (name: string) => join(folder, `${name}.sqlite`)
  const counts = COUNTS
  const plans: Record<string, GrowthPlan> = {
    memory: { few: 'memory', many: 'memory', counts },
    SQLite: { few: fileOf('few'), many: fileOf('many'), counts },
    ...(postgres !== undefined && {
      PostgreSQL: {
        few: await postgres.createDatabase(),
        many: await postgres.createDatabase(),
        counts: counts.filter((count) => count <= POSTGRES_MAX),
      },
    }),
  }
  const figures: Figure[] = []
  for (const [name, plan] of Object.entries(plans)) figures.push(...(await rowsOf(name, plan)))
  return figures
}

async function rowsOf(name: string, plan: GrowthPlan): Promise<Figure[]> {
  const script = fileURLToPath(new URL('growth.ts', import.meta.url))
  const args = ['--max-old-space-size=8192', '--disable-warning=ExperimentalWarning', script]
  const { stdout } = await promisify(execFile)(process.execPath, [...args, JSON.stringify(plan)])
  const { found, loadMs } = JSON.parse(stdout) as { found: Growth[]; loadMs?: number }
  const most = found.at(-1)?.count ?? 0
  return [
    ...found.flatMap(({ count, create, remove }) =>
      [['DELETE', remove] as const, ['create', create] as const].map(([act, [ten, many]]) => {
        const what = `${act} with ${count} secrets: ${name}`
        const target = { goal: 1.1, unit: ' × of ten' }
        return figure(what, `${many.toFixed(0)} µs, of ten ${ten.toFixed(0)} µs`, many / ten, target)
      }),
    ),
    ...(loadMs === undefined
      ? []
      : [note(`reading ${most} secrets at the start: ${name}`, '', `${(loadMs / 1000).toFixed(1)} s`)]),
  ]
}
