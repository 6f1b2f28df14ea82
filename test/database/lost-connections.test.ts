// Tests what src/database/postgres.ts and postgres-link.ts do when connections are lost and while the server is away.

import t, { type Test } from 'tap'
import { systemClock } from '../../src/base/clock.ts'
import { openDatabase } from '../../src/database/open.ts'
import { Connection } from '../../src/database/postgres-connection.ts'
import { Link } from '../../src/database/postgres-link.ts'
import { UnavailableError } from '../../src/database/types.ts'
import { startPostgres } from '../postgres.ts'
import { open } from './contract.ts'
import { Counter } from './counter.ts'
import { again, nextCommit, openTwo as openTwoOf, operator, TERMINATE } from './operator.ts'
import { startProxy } from './proxy.ts'
import { changes, contents, KINDS, look, row, write } from './rows.ts'

const server = await startPostgres(t)
const openTwo = (t: Test) => openTwoOf(t, server)

t.test(
  'instances whose connections are ended at any moment lose nothing and write nothing twice',
  async (t) => {
    const url = await server.createDatabase()
    const sql = await operator(t, url)
    const counters = await Promise.all([1, 2, 3].map(async () => new Counter(await open(t, url))))
    let isDone = false
    const counting = Promise.all(counters.map((counter) => counter.countUp(60))).finally(() => {
      isDone = true
    })
    while (!isDone) await sql(`${TERMINATE} AND random() < 0.02`)
    await counting

    const acknowledged = counters.flatMap((counter) => counter.acknowledged)
    t.equal(new Set(acknowledged).size, 180, 'no number was written twice')
    const [last] = await contents(await open(t, url))
    const count = Number(last?.data)
    const failures = counters.reduce((total, { failed }) => total + failed, 0)
    t.ok(count >= 180 && count <= 180 + failures, `${count} with ${failures} failures`)
    for (const counter of counters) {
      await again(() => counter.look())
      t.equal(counter.value, count)
    }
  },
)

t.test(
  'a transaction whose connection is lost fails at its end, and the next one returns the missed commits',
  async (t) => {
    const { one, other, sql } = await openTwo(t)
    await one.begin()
    const told = nextCommit(one)
    await sql(TERMINATE)
    // When it has noticed.
    await told
    await t.rejects(one.commit(changes({ puts: [row('a')] })), UnavailableError)

    await again(() => write(other, { puts: [row('b')] }))
    t.same(await again(() => look(one)), [changes({ puts: [row('b')] })])
    t.same(await contents(one), [row('b')])
  },
)

t.test(
  'a lost connection is replaced without a call, and `onCommit` is called because commits may be missed',
  async (t) => {
    const { one, sql } = await openTwo(t)
    const told = nextCommit(one)
    await sql(TERMINATE)
    await told

    t.same(await look(one), [])
  },
)

t.test('everything has to be read again after a load fails', async (t) => {
  const url = await server.createDatabase()
  const [database, sql] = [await open(t, url), await operator(t, url)]
  const load = () => database.load(KINDS, () => undefined)
  t.equal(await database.begin(), 'all')
  await sql(TERMINATE)
  await t.rejects(load(), UnavailableError)

  t.equal(await again(() => database.begin()), 'all')
  await database.rollback()
  await sql('ALTER TABLE fake_devin_entries RENAME TO entries')
  t.equal(await again(() => database.begin()), 'all')
  await t.rejects(load(), /relation "fake_devin_entries" does not exist/)
  await sql('ALTER TABLE entries RENAME TO fake_devin_entries')
  t.equal(await again(() => look(database)), 'all')
  t.same(await look(database), [])
})

t.test('everything has to be read again after a commit without an answer', async (t) => {
  const { url, other } = await openTwo(t)
  const proxy = await startProxy(t, url)
  const database = await open(t, proxy.url)
  await look(database)
  await database.begin()
  proxy.mode = 'cut'
  await t.rejects(database.commit(changes({ puts: [row('a')] })), /the server has closed the connection/)
  proxy.mode = 'pass'

  t.equal(await again(() => look(database)), 'all')
  t.same(await contents(database), await contents(other))
})

t.test('a permanent failure does not make an instance reconnect in a loop', async (t) => {
  const { one, sql } = await openTwo(t)
  await sql("INSERT INTO fake_devin_migrations VALUES ('0999_future', '2099-01-01T00:00:00.000Z')")
  const times: number[] = []
  const third = new Promise<void>((resolve) => {
    one.onCommit = () => {
      if (times.push(performance.now()) === 3) resolve()
      void look(one).catch(() => undefined)
    }
  })
  await t.rejects(look(one), /newer version/)
  await third

  const [first = 0, , last = 0] = times
  t.ok(last - first > 1_900, `${times}`)
})

t.test('a call to a server that does not answer fails after its time limit', async (t) => {
  const connection = await Connection.open(await server.createDatabase())
  const lost = new Promise<void>((resolve) => {
    connection.onLost = resolve
  })

  await t.rejects(connection.within(connection.client.query('SELECT pg_sleep(60)'), 10), /terminated/)
  await lost
  t.equal(connection.isOpen, false)
})

t.test(
  'the next transaction after a restart of the server works and returns the missed commits',
  async (t) => {
    const url = await server.createDatabase()
    const database = await open(t, url)
    await write(database, { puts: [row('a')] })
    await server.stop()
    await t.rejects(look(database), UnavailableError)
    await server.start()
    const other = await open(t, url)
    await write(other, { puts: [row('b')] })
    await nextCommit(database)

    t.same(await look(database), [{ puts: [row('b')], deletes: [], events: [] }])
  },
)

t.test('everything is read again after a crash of the server, with every commit', async (t) => {
  const url = await server.createDatabase()
  const database = await open(t, url)
  await write(database, { puts: [row('a')] })
  await server.kill()
  await server.start()
  const other = await open(t, url)
  t.same(await contents(other), [row('a')])
  await write(other, { puts: [row('b')] })
  await nextCommit(database)

  t.equal(await look(database), 'all')
  t.same(await contents(database), [row('a'), row('b')])
})

t.test(
  'calls fail at once while the server is unreachable, and only some of them try to connect',
  async (t) => {
    let now = 0
    const proxy = await startProxy(t, await server.createDatabase())
    const database = await openDatabase(proxy.url, { now: () => now })
    t.teardown(() => database.close())
    await look(database)
    await server.stop()
    await t.rejects(look(database), UnavailableError)
    // The attempt to replace the lost connection, which has failed or is about to.
    await t.rejects(look(database), UnavailableError)
    const { count } = proxy
    for (let call = 0; call < 10; call++) await t.rejects(look(database), UnavailableError)
    t.equal(proxy.count, count)
    now += 300_000
    await t.rejects(look(database), UnavailableError)
    t.equal(proxy.count, count + 1)

    await server.start()
    now += 300_000
    t.same(await look(database), [])
  },
)

t.test('a database can be closed while the server is unreachable or does not answer', async (t) => {
  const proxy = await startProxy(t, await server.createDatabase())
  const [one, other] = [await openDatabase(proxy.url), await openDatabase(proxy.url)]
  await server.stop()
  await t.rejects(look(one), UnavailableError)
  await one.close()
  await server.start()
  await t.rejects(look(one), /the database is closed/)

  const before = proxy.count
  const connecting = t.rejects(look(other), UnavailableError)
  t.ok(proxy.count >= before)
  await other.close()
  await connecting
})

t.test('a connection that is established while its database is closed is closed, too', async (t) => {
  const url = await server.createDatabase()
  const first = await Connection.open(url)
  const link = new Link(url, 'the database', systemClock(), first)
  first.destroy()
  const connecting = t.rejects(link.connection(), { message: 'the database: the database is closed' })
  await link.close()
  await connecting
})
