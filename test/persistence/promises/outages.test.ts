import { Client } from 'pg'
import t, { type Test } from 'tap'
import { DEFAULT_ORG_ID } from '../../../src/auth/principal.ts'
import { type PostgresServer, startPostgres } from '../../postgres.ts'
import {
  type Answer,
  type ReplicaProcess,
  range,
  secretNamed,
  secretNames,
  startTwo,
  until,
} from './replica-process.ts'

/** What each request answers while there is no database. */
const REFUSED = [
  ['GET', '/v1/secrets', 'application/json'],
  ['POST', '/v1/secrets', 'application/json'],
  ['GET', '/v1/unknown', 'application/json'],
  ['GET', `/v3/organizations/${DEFAULT_ORG_ID}/secrets`, 'application/problem+json'],
  ['POST', `/v3/organizations/${DEFAULT_ORG_ID}/secrets`, 'application/problem+json'],
  ['GET', '/v3/self', 'application/problem+json'],
  ['POST', '/_fake/reset', 'application/json'],
  ['GET', '/_fake/state', 'application/json'],
] as const

/** Checks the answer to a request while there is no database. */
function checkRefused(t: Test, { status, headers, body, text }: Answer, type: string, secret: string): void {
  t.equal(status, 503, text)
  t.equal(headers.get('content-type'), type)
  t.equal(headers.get('retry-after'), '1')
  t.type(body?.detail, 'string')
  t.notMatch(text, secret)
  t.notMatch(text, / at .*:\d+/)
  if (type !== 'application/problem+json') t.same(Object.keys(body), ['detail'])
  else t.match(body, { type: 'about:blank', title: 'Service Unavailable', status: 503 })
}

/** Starts a database server and two replicas. */
async function startAll(t: Test): Promise<{
  database: PostgresServer
  both: [ReplicaProcess, ReplicaProcess]
  password: string
  store: string
}> {
  const database = await startPostgres(t)
  const store = await database.createDatabase()
  const both = await startTwo(t, store, ['--journal-entries', '100000'])
  return { database, both, password: new URL(store).password, store }
}

/** Resolves when servers answer again. */
async function back(servers: readonly ReplicaProcess[]): Promise<void> {
  for (const { ask } of servers)
    await until('it answers again', async () => (await ask('GET', '/v1/secrets')).status === 200)
}

t.test(
  'a server without its database answers 503 in the format of each generation, and recovers later',
  async (t) => {
    const { database, both, password } = await startAll(t)
    await both[0].ask('POST', '/v1/secrets', secretNamed('BEFORE'))

    for (const end of ['stop', 'kill'] as const) {
      await database[end]()
      for (const { ask } of both) {
        for (const [method, path, type] of REFUSED) {
          const body = method === 'POST' ? secretNamed('REFUSED') : undefined
          checkRefused(t, await ask(method, path, body), type, password)
        }
      }
      await database.start()
      await back(both)
      for (const server of both) t.same(await secretNames(server), ['BEFORE'])
    }
    for (const server of both) t.notMatch(server.output(), password)
  },
)

/** What clients were told while the database came and went. */
interface Told {
  readonly statuses: Map<number, number>
  readonly acknowledged: Set<string>
}

/** Creates secrets until it is over. */
async function write({ attempt }: ReplicaProcess, told: Told, client: number, isOver: () => boolean) {
  for (let n = 0; !isOver(); n += 1) {
    const name = `${client}-${n}`
    const { status } = await attempt('POST', '/v1/secrets', secretNamed(name))
    told.statuses.set(status, (told.statuses.get(status) ?? 0) + 1)
    if (status === 200) told.acknowledged.add(name)
  }
}

t.test(
  'while the database is stopped, killed and restarted, each request succeeds or is refused',
  async (t) => {
    const { database, both } = await startAll(t)
    const told: Told = { statuses: new Map(), acknowledged: new Set() }
    let isOver = false
    const clients = range(8).map((client) =>
      write(both[client % 2] as ReplicaProcess, told, client, () => isOver),
    )
    const more = async () => {
      const enough = told.acknowledged.size + 40
      await until('there are more answers', () => told.acknowledged.size > enough)
    }
    const refusals = () => told.statuses.get(503) ?? 0
    for (const end of ['stop', 'kill', 'kill', 'stop'] as const) {
      await more()
      const before = refusals()
      await database[end]()
      await until('requests are refused', () => refusals() > before)
      await database.start()
    }
    await more()
    isOver = true
    await Promise.all(clients)

    t.same([...told.statuses.keys()].sort(), [200, 503])
    const lists = await Promise.all(both.map(secretNames))
    t.same(lists[0], lists[1])
    const found = new Set(lists[0])
    t.same(
      [...told.acknowledged].filter((name) => !found.has(name)),
      [],
    )
    const { body } = await both[0].ask('GET', '/_fake/requests?method=POST&status=200')
    const recorded = new Set(body.requests.map(({ body }: { body: { key: string } }) => body.key))
    t.same(
      [...told.acknowledged].filter((name) => !recorded.has(name)),
      [],
    )
  },
)

t.test('the live events of a server continue after an outage of its database', async (t) => {
  const { database, both } = await startAll(t)
  const stop = new AbortController()
  const response = await fetch(`${both[0].url}/_fake/events`, { signal: stop.signal })
  let text = ''
  const read = async () => {
    for await (const bytes of response.body ?? []) text += Buffer.from(bytes).toString()
  }
  const ended = read().catch(() => undefined)
  await until('the stream begins', () => text.includes('"resync"'))
  for (const n of range(5)) await (both[n % 2] as ReplicaProcess).ask('GET', '/v1/knowledge')
  const requests = () => text.match(/"kind":"request".*"path":"\/v1\/knowledge"/g)?.length
  await until('the requests arrive', () => requests() === 5)

  await database.kill()
  await database.start()
  await back([both[1]])
  await both[1].ask('POST', '/v1/secrets', secretNamed('AFTER'))

  // The server may not know what it has missed, so that its clients have to read everything.
  await until('the event arrives', () =>
    /"collection":"secrets"|"kind":"re(?:set|sync)".*"kind":"re(?:set|sync)"/s.test(text),
  )
  t.equal(requests(), 5)
  stop.abort()
  await ended
})

t.test('a replica recovers by itself after an administrator terminates its connections', async (t) => {
  const { database, both, store } = await startAll(t)
  const client = new Client({ connectionString: database.url })
  client.on('error', () => {})
  await client.connect()
  t.teardown(() => client.end())
  const told: Told = { statuses: new Map(), acknowledged: new Set() }
  let isOver = false
  const clients = range(8).map((client) =>
    write(both[client % 2] as ReplicaProcess, told, client, () => isOver),
  )
  for (const _ of range(10)) {
    const enough = told.acknowledged.size + 20
    await until('there are more answers', () => told.acknowledged.size > enough)
    await client.query('SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1', [
      new URL(store).pathname.slice(1),
    ])
  }
  isOver = true
  await Promise.all(clients)
  await back(both)

  t.same(
    [...told.statuses.keys()].filter((status) => ![200, 503].includes(status)),
    [],
  )
  const lists = await Promise.all(both.map(secretNames))
  t.same(lists[0], lists[1])
  const found = new Set(lists[0])
  t.same(
    [...told.acknowledged].filter((name) => !found.has(name)),
    [],
  )
})
