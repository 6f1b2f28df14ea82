// Tests src/database/postgres.ts, postgres-changes.ts and postgres-link.ts.
import t, { type Test } from 'tap'
import { describeLocation } from '../../src/database/open.ts'
import { Connection } from '../../src/database/postgres-connection.ts'
import { UnavailableError } from '../../src/database/types.ts'
import { startPostgres } from '../postgres.ts'
import { open, packagesFor, testDatabase } from './contract.ts'
import { Counter } from './counter.ts'
import { again, nextCommit, openTwo as openTwoOf, untilWaiting } from './operator.ts'
import { changes, contents, look, row, write } from './rows.ts'

const server = await startPostgres(t)
const openTwo = (t: Test) => openTwoOf(t, server)

testDatabase(t, () => server.createDatabase())

t.test('a transaction waits for the end of that of another process', async (t) => {
  const { one, other, sql } = await openTwo(t)
  const order: string[] = []
  await one.begin()
  const waiting = other.begin().then((missed) => order.push(`other ${JSON.stringify(missed)}`))
  await untilWaiting(sql)
  order.push('one')
  await one.commit(changes({ events: ['{}'] }))
  await waiting
  await other.rollback()

  t.same(order, ['one', 'other [{"puts":[],"deletes":[],"events":["{}"]}]'])
  t.equal(one.isExclusive, false)
})

t.test('commits of others arrive in order, with their rows, bytes and events', async (t) => {
  const { one, other } = await openTwo(t)
  const first = changes({
    puts: [
      row('a', { bytes: new Uint8Array([0, 1, 255]) }),
      row('b', { data: JSON.stringify('\0\ud800"\\{},') }),
      row('c', { bytes: new Uint8Array(), position: Number.MAX_SAFE_INTEGER }),
      row('d', { bytes: new Uint8Array([7]) }),
    ],
    events: ['{"n":1}', '{"n":"\\u0000\\ud800"}'],
  })
  const second = changes({
    deletes: [row('a'), row('x', { kind: 'secret', orgId: '' })],
    events: ['{"n":3}'],
  })
  await write(one, first)
  await write(one, second)

  const keys = second.deletes.map(({ kind, orgId, id }) => ({ kind, orgId, id }))
  t.strictSame(await write(other, { puts: [row('e')] }), [first, { ...second, deletes: keys }])
  t.strictSame(await look(one), [changes({ puts: [row('e')] })])
  t.same(await look(other), [])
})

t.test('a process that has missed more commits than are kept reads everything again', async (t) => {
  const { one, other, sql } = await openTwo(t)
  await write(one, { puts: [row('a')] })
  await sql('UPDATE fake_devin_changes SET version = version + 1996 WHERE version = 2')
  await look(one)
  await sql(`INSERT INTO fake_devin_changes SELECT (json_populate_record(change,
      json_build_object('version', number, 'id', number))).*
    FROM fake_devin_changes AS change, generate_series(900, 1997) AS number WHERE version = 1998`)
  const versions = async () => sql('SELECT min(version), max(version) FROM fake_devin_changes')

  await write(one, { puts: [row('b')] })
  t.same(await versions(), [{ min: '1', max: '1999' }])
  await write(one, { puts: [row('c')] })
  t.same(await versions(), [{ min: '1001', max: '2000' }])
  t.equal(await look(other), 'all')
  t.equal((await contents(other)).length, 3)
  await write(one, { puts: [row('d')] })
  t.same(await look(other), [changes({ puts: [row('d')] })])
})

t.test(
  'a process that knows a commit that the database has lost, as after a restored backup, reads everything again',
  async (t) => {
    const { one, other, sql } = await openTwo(t)
    await write(one, { puts: [row('a')] })
    await look(other)
    await sql("UPDATE fake_devin_changes SET id = 'another history'")

    t.equal(await look(other), 'all')
    t.same(await look(other), [])
  },
)

t.test('a commit that fails changes nothing, and the next transaction works', async (t) => {
  const { url, one, other, sql } = await openTwo(t)
  await sql(`CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS
      $$ BEGIN RAISE EXCEPTION 'refused'; END $$;
    CREATE TRIGGER refuse BEFORE INSERT ON fake_devin_entries FOR EACH ROW WHEN (new.id = 'refused')
      EXECUTE FUNCTION refuse()`)
  await write(one, { puts: [row('a')] })

  const failing = write(one, { puts: [row('b'), row('refused')], deletes: [row('a')], events: ['{}'] })
  await t.rejects(failing, new UnavailableError(`${describeLocation(url)}: refused`))
  t.same(await write(one, { puts: [row('c')] }), [], 'it is known that nothing was written')
  t.same(await contents(other), [row('a'), row('c')])
})

t.test('instances that count up at the same time lose nothing', async (t) => {
  const url = await server.createDatabase()
  const counters = await Promise.all(
    Array.from({ length: 4 }, async () => {
      const database = await open(t, url)
      return new Counter(database)
    }),
  )
  await Promise.all(counters.map((counter) => counter.countUp(50)))

  const [last] = await contents(await open(t, url))
  t.equal(last?.data, '200')
  t.equal(counters.flatMap(({ acknowledged }) => acknowledged).length, 200)
})

t.test('`onCommit` is called after the commits of others, and only for the same world', async (t) => {
  const { url, one, other, sql } = await openTwo(t)
  await sql('CREATE SCHEMA second')
  const elsewhere = await open(t, `${url}?options=-c%20search_path%3Dsecond`)
  const calls: string[] = []
  one.onCommit = () => calls.push('one')
  elsewhere.onCommit = () => calls.push('elsewhere')
  const told = nextCommit(other)

  await write(elsewhere, { puts: [row('z')] })
  await write(one, { puts: [row('a')] })
  await told
  // The server delivers the notifications of earlier commits before it answers the next query.
  await look(one)
  await look(elsewhere)
  t.same(calls, [])
  await write(other, { events: ['{}'] })
  await look(one)
  await look(one)
  t.same(calls, ['one'])
  t.same(await contents(elsewhere), [row('z')])
})

t.test('a transaction that waits can be cancelled by the server', async (t) => {
  const { one, other, sql } = await openTwo(t)
  await one.begin()
  const waiting = t.rejects(other.begin(), /a statement took too long, or was cancelled/)
  await untilWaiting(sql)
  await sql('SELECT pg_cancel_backend(pid) FROM pg_locks WHERE NOT granted')
  await waiting

  await one.rollback()
  t.same(await again(() => look(other)), [])
})

t.test('a database that a newer version has migrated meanwhile is no longer used', async (t) => {
  const { one, sql } = await openTwo(t)
  await sql("INSERT INTO fake_devin_migrations VALUES ('0999_future', '2099-01-01T00:00:00.000Z')")

  await t.rejects(look(one), /was written by a newer version of fake-devin: update this one/)
  await sql("DELETE FROM fake_devin_migrations WHERE name = '0999_future'")
  t.same(await again(() => look(one)), [])
})

t.test('a session has the settings that protect other processes, regardless of the URL', async (t) => {
  const connection = await Connection.open(`${await server.createDatabase()}?options=-c%20lock_timeout%3D0`)
  t.teardown(() => connection.close())
  const { rows } = await connection.client.query(`SELECT current_setting('lock_timeout') AS lock,
    current_setting('idle_in_transaction_session_timeout') AS idle, current_setting('synchronous_commit') AS commit,
    current_setting('application_name') AS name`)

  t.same(rows, [{ lock: '10s', idle: '15s', commit: 'on', name: 'fake-devin' }])
})

t.test('opening a current database loads neither Kysely nor SQLite', async (t) => {
  const url = await server.createDatabase()
  t.match(packagesFor(url), 'kysely')

  const packages = packagesFor(url).split('\n')
  t.ok(packages.includes('pg'))
  t.notOk(packages.includes('kysely') || packages.includes('node:sqlite'))
})
