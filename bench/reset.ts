// What a reset costs: `npx node bench/reset.ts`. Medians of many rounds, in microseconds.
import { buildApp } from '../src/app.ts'
import { KeyRing } from '../src/auth/keys.ts'
import { DEFAULT_ORG_ID } from '../src/auth/principal.ts'
import { systemClock } from '../src/clock.ts'
import { randomIds } from '../src/ids.ts'
import { StateKeeper } from '../src/state/keeper.ts'
import { memoryStore } from '../src/store/memory.ts'
import { Universes } from '../src/universe.ts'

const ROUNDS = 31

/** The median of many rounds of what happens after `arrange`, in microseconds. */
async function median(arrange: () => Promise<unknown>, act: () => Promise<unknown>): Promise<string> {
  const times: number[] = []
  for (let round = 0; round < ROUNDS; round++) {
    await arrange()
    const before = performance.now()
    await act()
    times.push((performance.now() - before) * 1000)
  }
  return (times.sort((a, b) => a - b)[(ROUNDS - 1) / 2] ?? 0).toFixed(1).padStart(10)
}

async function aServer() {
  const universes = new Universes({ store: memoryStore(), clock: systemClock(), ids: randomIds })
  const keys = new KeyRing()
  const keeper = new StateKeeper({ universes, keys })
  const fill = async (count: number) => {
    const { secrets } = universes.of(DEFAULT_ORG_ID)
    for (let index = 0; index < count; index++) {
      const texts = { key: `KEY_${index}`, value: 'x', note: '' }
      await secrets.insert({
        id: `secret-${index}`,
        type: 'key-value',
        sensitive: true,
        createdAt: 0,
        ...texts,
      })
    }
  }
  return { universes, keys, keeper, fill }
}

let map = new Map<number, object>()
const fillMap = async () => {
  for (let index = 0; index < 10_000; index++) map.set(index, { index })
}
const dropMap = async () => {
  map = new Map()
}
console.log(`${await median(fillMap, dropMap)}  map = new Map(), after 10,000 entries`)

for (const count of [0, 100, 10_000, 100_000]) {
  const { keeper, fill } = await aServer()
  await keeper.keepBaseline()
  console.log(
    `${await median(
      () => fill(count),
      () => keeper.reset(),
    )}  reset, after ${count} records`,
  )
}

for (const count of [100, 10_000]) {
  const { keeper, fill } = await aServer()
  await fill(count)
  await keeper.keepBaseline()
  console.log(
    `${await median(
      async () => {},
      () => keeper.reset(),
    )}  reset to a seed of ${count} records`,
  )
}

const { universes, keys, keeper, fill } = await aServer()
const app = await buildApp({ universes, keys, keeper })
const url = await app.listen({ port: 0, host: '127.0.0.1' })
const get = async () => (await fetch(`${url}/_fake/health`)).text()
console.log(`${await median(get, get)}  GET /_fake/health over a socket, to compare`)
const post = async () => (await fetch(`${url}/_fake/reset`, { method: 'POST' })).text()
console.log(
  `${await median(() => fill(10_000), post)}  POST /_fake/reset over a socket, after 10,000 records`,
)
await app.close()
