import { Client } from 'pg'
import t, { type Test } from 'tap'
import { testDatabase } from '../../postgres.ts'
import {
  createSecrets,
  type ReplicaProcess,
  range,
  secretNamed,
  secretNames,
  startTwo,
  until,
} from './replica-process.ts'

/** Connects to a database until the test ends. */
async function connect(t: Test, store: string): Promise<Client> {
  const client = new Client({ connectionString: store })
  client.on('error', () => {})
  await client.connect()
  t.teardown(() => client.end())
  return client
}

/** Stops a process in the middle of a batch: its session has a transaction that does not end. */
async function freezeInBatch(victim: ReplicaProcess, client: Client): Promise<void> {
  const hasBegun = async () => {
    const { rowCount } = await client.query(
      `SELECT FROM pg_stat_activity WHERE datname = current_database() AND state = 'idle in transaction'`,
    )
    return rowCount === 1
  }
  await until('it stops in the middle of a batch', async () => {
    victim.signal('SIGSTOP')
    // The queries that were already sent are answered first.
    for (const _ of range(10)) {
      if (await hasBegun()) continue
      victim.signal('SIGCONT')
      return false
    }
    return true
  })
}

t.test(
  'a replica that is suspended in the middle of a batch blocks the other one for only a few seconds',
  async (t) => {
    const store = await testDatabase(t)
    const [victim, survivor] = await startTwo(t, store)
    const client = await connect(t, store)
    let isOver = false
    const clients = range(10).map((n) => createSecrets(victim, `victim-${n}`, () => isOver))
    await freezeInBatch(victim, client)

    const statuses = new Set<number>()
    await until('the other one goes on', async () => {
      const { status } = await survivor.ask('POST', '/v1/secrets', secretNamed('survivor'))
      statuses.add(status)
      return status === 200
    })
    t.same(
      [...statuses].filter((status) => ![200, 503].includes(status)),
      [],
    )

    victim.signal('SIGCONT')
    await until('it goes on, too', async () => (await victim.ask('GET', '/v1/secrets')).status === 200)
    isOver = true
    const acknowledged = (await Promise.all(clients)).flat()
    const names = await secretNames(survivor)
    t.same(await secretNames(victim), names)
    const found = new Set(names)
    t.same(
      [...acknowledged, 'survivor'].filter((name) => !found.has(name)),
      [],
    )
  },
)
