import { buildApp } from '../src/app.ts'
import { KeyRegistry } from '../src/auth/keys.ts'
import { DEFAULT_ORG_ID } from '../src/auth/principal.ts'
import { systemClock } from '../src/base/clock.ts'
import { randomIds } from '../src/base/ids.ts'
import { Organizations } from '../src/organization/organizations.ts'
import { StateService } from '../src/state/service.ts'
import { memoryStore } from '../src/store/memory.ts'
import { type Figure, figure } from './figures.ts'
import { aSecret } from './secret.ts'
import { timed } from './statistics.ts'

const ROUNDS = 31
const TARGET = { goal: 2, stretch: 0.2, unit: ' ms' }

async function aServer() {
  const organizations = new Organizations({
    store: memoryStore({ records: Number.POSITIVE_INFINITY, bytes: Number.POSITIVE_INFINITY }),
    clock: systemClock(),
    ids: randomIds,
  })
  const keys = new KeyRegistry()
  const stateService = new StateService({ organizations, keys })
  const fill = async (count: number) => {
    const { secrets } = organizations.get(DEFAULT_ORG_ID)
    for (let index = 0; index < count; index++) await secrets.insert(aSecret(`secret-${index}`, index))
  }
  return { organizations, keys, stateService, fill }
}

/** Measures a reset, run from the sources: in this process, and over a socket. */
export async function resetFigures(): Promise<Figure[]> {
  const figures: Figure[] = []
  for (const count of [0, 10_000, 100_000]) {
    const { stateService, fill } = await aServer()
    await stateService.captureBaseline()
    const ms = await timed(
      ROUNDS,
      () => fill(count),
      () => stateService.reset(),
    )
    figures.push(figure(`reset of ${count} records`, '', ms, TARGET))
  }
  const { stateService, fill } = await aServer()
  await fill(10_000)
  await stateService.captureBaseline()
  const seeded = await timed(
    ROUNDS,
    () => undefined,
    () => stateService.reset(),
  )
  figures.push(figure('reset to a seed of 10000 records', '', seeded, TARGET))
  figures.push(await overSocket())
  return figures
}

async function overSocket(): Promise<Figure> {
  const { organizations, keys, stateService, fill } = await aServer()
  const app = await buildApp({ organizations, keys, stateService })
  const url = await app.listen({ port: 0, host: '127.0.0.1' })
  const get = async () => (await fetch(`${url}/_fake/health`)).text()
  const post = async () => (await fetch(`${url}/_fake/reset`, { method: 'POST' })).text()
  const health = await timed(ROUNDS, get, get)
  const ms = await timed(ROUNDS, () => fill(10_000), post)
  await app.close()
  const measured = `GET /_fake/health ${health.toFixed(2)} ms`
  return figure('reset of 10000 records, POST /_fake/reset', measured, ms, TARGET)
}
