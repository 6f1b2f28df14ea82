// Sends requests alternately to two applications, one with ten secrets and one with a million. Prints
// microseconds per request for both, and bytes per secret. Run by scale.ts.
import { buildApp } from '../src/app.ts'
import { KeyRegistry } from '../src/auth/keys.ts'
import { DEFAULT_ORG_ID } from '../src/auth/principal.ts'
import { systemClock } from '../src/base/clock.ts'
import { randomIds } from '../src/base/ids.ts'
import { Organizations } from '../src/organization/organizations.ts'
import type { SecretRecord } from '../src/resources/secrets.ts'
import { memoryStore } from '../src/store/memory.ts'
import { aSecret } from './secret.ts'
import { median } from './statistics.ts'

const MILLION = 1_000_000
const ROUNDS = 41
const PER_ROUND = 250
const headers = { authorization: 'Bearer apk_user_bench' }

const ids = randomIds()
const gc = globalThis.gc as () => void

/** Returns the size of a secret's strings: a 16-byte header each, and the characters in units of 8 bytes. */
function bytesOfTexts({ id, key }: SecretRecord): number {
  return [id, key].reduce((sum, text) => sum + 16 + Math.ceil(text.length / 8) * 8, 0)
}

async function filled(count: number) {
  const organizations = new Organizations({
    store: memoryStore({ records: Number.POSITIVE_INFINITY, bytes: Number.POSITIVE_INFINITY }),
    clock: systemClock(),
    ids: randomIds,
  })
  const app = await buildApp({ keys: new KeyRegistry(), organizations })
  const { secrets } = organizations.get(DEFAULT_ORG_ID)
  let texts = 0
  gc()
  const before = process.memoryUsage().heapUsed
  for (let index = 0; index < count; index++) {
    const one = aSecret(`secret-${ids.hex()}`, index)
    texts += bytesOfTexts(one)
    await secrets.insert(one)
  }
  gc()
  const bytes = (process.memoryUsage().heapUsed - before - texts) / count
  return { app, secrets, bytes }
}

const few = await filled(10)
const many = await filled(MILLION)
let next = MILLION
const made: Record<string, string[]> = { few: [], many: [] }

const acts = {
  insert: async ({ app }: typeof few, name: string) => {
    const body = { type: 'key-value', key: `KEY_${++next}`, value: 'x', sensitive: true, note: '' }
    const response = await app.inject({ method: 'POST', url: '/v1/secrets', headers, payload: body })
    made[name]?.push(response.json().id)
  },
  remove: async ({ app }: typeof few, name: string) => {
    const id = made[name]?.pop()
    const { statusCode } = await app.inject({ method: 'DELETE', url: `/v1/secrets/${id}`, headers })
    if (statusCode !== 200) throw new Error(`DELETE answered ${statusCode}`)
  },
  // The vendor's list of secrets has no pages, so this reads a page from the store, as the paged lists do.
  page: ({ secrets }: typeof few) => secrets.list({ limit: 10, order: 'newest' }),
}

async function microsOf(act: (typeof acts)[keyof typeof acts], of: typeof few, name: string) {
  const before = performance.now()
  for (let count = 0; count < PER_ROUND; count++) await act(of, name)
  return ((performance.now() - before) * 1000) / PER_ROUND
}

const found: Record<string, [number, number]> = {}
for (const [name, act] of Object.entries(acts)) {
  const times: [number, number][] = []
  for (let round = 0; round < ROUNDS; round++) {
    times.push([await microsOf(act, few, 'few'), await microsOf(act, many, 'many')])
  }
  found[name] = [median(times.map(([ten]) => ten)), median(times.map(([, million]) => million))]
}
console.log(JSON.stringify({ ...found, bytes: many.bytes }))
process.exit()
