// Sends requests alternately to two applications with the same kind of store, one with ten secrets and one with more and more of them.
// Prints microseconds per request for both, by the number of secrets. Run by stores-growth.ts: `node growth.ts STORE OF-TEN OF-MANY COUNTS`
import { buildApp } from '../src/app.ts'
import { KeyRegistry } from '../src/auth/keys.ts'
import { DEFAULT_ORG_ID } from '../src/auth/principal.ts'
import { systemClock } from '../src/base/clock.ts'
import { randomIds } from '../src/base/ids.ts'
import { Organizations } from '../src/organization/organizations.ts'
import { openReplica } from '../src/persistence/open.ts'
import { StateService } from '../src/state/service.ts'
import { Snapshots } from '../src/state/snapshots.ts'
import { memoryStore } from '../src/store/memory.ts'
import { aSecret } from './secret.ts'
import { median } from './statistics.ts'

/** What stores-growth.ts asks for. */
export interface GrowthPlan {
  /** Where the two applications keep their states; `memory` for both in memory. */
  readonly few: string
  readonly many: string
  /** How many secrets there are at each measurement. */
  readonly counts: readonly number[]
}

/** The results: microseconds per request with ten secrets, and with this many. */
export interface Growth {
  readonly count: number
  readonly create: readonly [ten: number, many: number]
  readonly remove: readonly [ten: number, many: number]
}

const FEW = 10
const ROUNDS = 31
/** The rounds that compile, and fill the journals. */
const WARM_UP = 9
const PER_ROUND = 100
/** How many secrets a commit has while a store is filled. */
const FILLED_AT_ONCE = 5_000
const headers = { authorization: 'Bearer apk_user_bench' }

const plan = JSON.parse(process.argv[2] as string) as GrowthPlan
const unlimited = { records: Number.POSITIVE_INFINITY, bytes: Number.POSITIVE_INFINITY }
let made = 0

async function opened(location: string) {
  const store = memoryStore(unlimited)
  const organizations = new Organizations({ store, clock: systemClock(), ids: randomIds })
  const keys = new KeyRegistry()
  const stateService = new StateService({ organizations, keys })
  const snapshots = new Snapshots(stateService, organizations)
  const services = { organizations, keys, stateService, snapshots }
  const replica = location === 'memory' ? undefined : await openReplica(location, { store, ...services })
  const app = await buildApp({ ...services, ...(replica !== undefined && { replica }) })
  const nothing = async () => undefined
  await replica?.start(() => stateService.captureBaseline(), nothing)
  const fill = async (count: number) => {
    for (let left = count; left > 0; left -= FILLED_AT_ONCE) {
      await replica?.enter()
      const { secrets, ids } = organizations.get(DEFAULT_ORG_ID)
      for (let index = 0; index < Math.min(left, FILLED_AT_ONCE); index++) {
        await secrets.insert(aSecret(`secret-${ids.hex()}`, ++made))
      }
      await replica?.settle()
    }
  }
  return { app, fill, replica, created: [] as string[] }
}

type Opened = Awaited<ReturnType<typeof opened>>

const acts = {
  create: async ({ app, created }: Opened) => {
    const payload = { type: 'key-value', key: `KEY_${++made}`, value: 'x', sensitive: true, note: '' }
    created.push((await app.inject({ method: 'POST', url: '/v1/secrets', headers, payload })).json().id)
  },
  remove: async ({ app, created }: Opened) => {
    const url = `/v1/secrets/${created.pop()}`
    const { statusCode } = await app.inject({ method: 'DELETE', url, headers })
    if (statusCode !== 200) throw new Error(`DELETE answered ${statusCode}`)
  },
}

/** Returns the CPU time per request; that of a database in another process is not part of it, so then it is the time. */
async function microsOf(act: (typeof acts)['create'], of: Opened): Promise<number> {
  const isElsewhere = plan.many.includes('://')
  const now = () => (isElsewhere ? performance.now() * 1000 : cpuMicros())
  const before = now()
  for (let count = 0; count < PER_ROUND; count++) await act(of)
  return (now() - before) / PER_ROUND
}

function cpuMicros(): number {
  const { user, system } = process.cpuUsage()
  return user + system
}

const few = await opened(plan.few)
const many = await opened(plan.many)
await few.fill(FEW)
const found: Growth[] = []
let filled = 0
for (const count of plan.counts) {
  await many.fill(count - filled)
  filled = count
  const times: Record<keyof typeof acts, [number, number][]> = { create: [], remove: [] }
  for (let round = 0; round < WARM_UP + ROUNDS; round++) {
    for (const name of ['create', 'remove'] as const) {
      const pair = [await microsOf(acts[name], few), await microsOf(acts[name], many)] as [number, number]
      if (round >= WARM_UP) times[name].push(pair)
    }
  }
  const middle = (all: [number, number][]) =>
    [median(all.map(([ten]) => ten)), median(all.map(([, other]) => other))] as const
  found.push({ count, create: middle(times.create), remove: middle(times.remove) })
}
let loadMs: number | undefined
if (many.replica !== undefined) {
  await many.replica.close()
  const before = performance.now()
  const again = await opened(plan.many)
  loadMs = performance.now() - before
  await again.replica?.close()
  await few.replica?.close()
}
console.log(JSON.stringify({ found, loadMs }))
process.exit()
