// `npm run bench:sessions`: measures the cost of ten thousand sessions that are not read. They should
// cost only memory: no timers and no CPU time.
import { setTimeout } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { startServer } from '../src/server/start.ts'
import { readConfig } from '../src/settings/config.ts'
import { builtInScenarios } from '../src/simulation/scenarios.ts'

const COUNT = 10_000
const IDLE_MS = 3000
const SETTLE_MS = 1000

const server = await startServer({ ...readConfig({ argv: ['--port', '0'], env: {} }), logLevel: 'silent' })
setFlagsFromString('--expose-gc')
const collect: () => void = runInNewContext('gc')

/** Measures the heap and active handles of the process, and its CPU time while idle. */
async function look() {
  // V8 continues to compile and sweep for a moment.
  collect()
  await setTimeout(SETTLE_MS)
  collect()
  const heap = process.memoryUsage().heapUsed
  const handles = Map.groupBy(process.getActiveResourcesInfo(), (name) => name)
  const before = process.cpuUsage()
  await setTimeout(IDLE_MS)
  const { user, system } = process.cpuUsage(before)
  const names = [...handles].map(([name, all]) => `${all.length} ${name}`).sort()
  return { heap, cpuMs: (user + system) / 1000, handles: names.join(', ') }
}

async function create(prompt: string): Promise<void> {
  const url = '/v1/sessions'
  const headers = { authorization: `Bearer ${server.key}` }
  const res = await server.app.inject({ method: 'POST', url, headers, payload: { prompt } })
  if (res.statusCode !== 200) throw new Error(res.body)
}

/** Returns the duration of a GET in milliseconds. */
async function timeOf(url: string): Promise<number> {
  const before = performance.now()
  await server.app.inject({ url, headers: { authorization: `Bearer ${server.key}` } })
  return performance.now() - before
}

const names = Object.keys(builtInScenarios).filter((name) => name !== 'out-of-quota')
// Warms up, so that one-off loading and compiling is not counted for the ten thousand.
for (const name of names) await create(`warm up [fake:${name}]`)
await timeOf('/v1/sessions')

const without = await look()
const started = performance.now()
for (let index = 0; index < COUNT; index++) {
  await create(`Fix bug ${index} [fake:${names[index % names.length]}]`)
}
const creationMs = performance.now() - started
const withSessions = await look()
const listMs = await timeOf('/v1/sessions')
await server.close()

const row = (what: string, one: string, other: string) =>
  console.log(`${what.padEnd(28)}${one.padStart(32)}${other.padStart(32)}`)
const megabytes = ({ heap }: { heap: number }) => `${(heap / 1e6).toFixed(1)} MB`
const milliseconds = ({ cpuMs }: { cpuMs: number }) => `${cpuMs.toFixed(1)} ms`
row('', 'no sessions', `${COUNT} sessions`)
row('active handles', without.handles, withSessions.handles)
row(`CPU time in ${IDLE_MS / 1000} s of idling`, milliseconds(without), milliseconds(withSessions))
row('heap', megabytes(without), megabytes(withSessions))
row('heap for each session', '', `${Math.round((withSessions.heap - without.heap) / COUNT)} bytes`)
row('to create one', '', `${((creationMs / COUNT) * 1000).toFixed(0)} µs`)
row('GET /v1/sessions (100)', '', `${listMs.toFixed(1)} ms`)
