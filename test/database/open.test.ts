// Tests src/database/open.ts and postgres-errors.ts: locations, and the messages for those that cannot be opened.
import { createServer } from 'node:net'
import { join, resolve } from 'node:path'
import t, { type Test } from 'tap'
import { describeLocation, openDatabase } from '../../src/database/open.ts'
import { OpenError, UnavailableError } from '../../src/database/types.ts'
import { startPostgres } from '../postgres.ts'
import { open } from './contract.ts'
import { operator } from './operator.ts'
import { startProxy } from './proxy.ts'
import { contents, look, row, write } from './rows.ts'

const server = await startPostgres(t)

/** Returns the message of an error, which must be of a class, on one line and without the password. */
async function messageOf(
  t: Test,
  location: string,
  errorClass: new (message: string) => Error = OpenError,
): Promise<string> {
  try {
    await (await openDatabase(location)).close()
    return 'opened'
  } catch (error) {
    t.type(error, errorClass)
    const { message } = error as Error
    t.notMatch(message, /secret|\n/)
    return message
  }
}

t.test(
  'a location is described as an absolute path, or as a URL without its password and parameters',
  (t) => {
    t.equal(describeLocation('world.db'), resolve('world.db'))
    t.equal(describeLocation(':memory:'), resolve(':memory:'))
    t.equal(describeLocation('postgres://u@host:5432/db'), 'postgres://u@host:5432/db')
    t.equal(describeLocation('PostgreSQL://u:secret@host/db?x=secret#secret'), 'PostgreSQL://u@host/db')
    t.equal(describeLocation('postgres://:secr@et@host/db'), 'postgres://host/db')
    t.equal(describeLocation('postgres://u:sec#ret@host/db'), 'postgres://…')
    t.equal(describeLocation('postgres://u:1/ret@host/db'), 'postgres://…')
    t.equal(describeLocation('postgres://host'), 'postgres://host')
    t.equal(describeLocation('postgres:///db?host=/run&password=secret'), 'postgres:///db')
    t.equal(describeLocation('mysql://u:secret@host/db'), 'mysql://u@host/db')
    t.end()
  },
)

t.test('a location with another scheme is refused', async (t) => {
  t.equal(
    await messageOf(t, 'mysql://root:secret@localhost/db'),
    'mysql:// is not supported: use postgres://… for PostgreSQL, or the path of a file for SQLite',
  )
})

t.test('a relative path is relative to the working folder', async (t) => {
  const path = join(t.testdir({}), 'world.db').slice(process.cwd().length + 1)
  await write(await open(t, path), { puts: [row('a')] })
  t.equal(await messageOf(t, path), `${resolve(path)} is in use by another process`)
})

t.test('a connection that PostgreSQL refuses is reported with the reason', async (t) => {
  const url = new URL(await server.createDatabase())
  const sql = await operator(t, url.href)
  const { host } = url
  await sql(`CREATE ROLE poor PASSWORD 'secret' LOGIN; CREATE ROLE busy PASSWORD 'secret' LOGIN CONNECTION LIMIT 0;
    CREATE ROLE locked PASSWORD 'secret'`)

  t.equal(
    await messageOf(t, `postgres://postgres:secretly@${host}/postgres`),
    `postgres://postgres@${host}/postgres: the password is wrong, or there is no such user`,
  )
  t.match(await messageOf(t, `postgres://nobody:secret@${host}/postgres`), /the password is wrong, or/)
  t.match(await messageOf(t, `postgres://postgres@${host}/postgres`), /the server asks for a password/)
  t.match(await messageOf(t, url.href.replace(/[^/]+$/, 'none')), /there is no such database/)
  t.match(await messageOf(t, `postgres://locked:secret@${host}/postgres`), /the server refuses this user/)
  t.match(
    await messageOf(t, `postgres://poor:secret@${host}/postgres`),
    /this user may not create or use the/,
  )
  t.match(
    await messageOf(t, `postgres://busy:secret@${host}/postgres`, UnavailableError),
    /the server has too many connections/,
  )
  t.match(
    await messageOf(t, `${url.href}?options=-c%20search_path%3Dnone`),
    /the schema of the search path does not exist/,
  )
  t.match(await messageOf(t, `${url.href}?sslmode=verify-full`), /the server does not support TLS/)
  t.match(
    await messageOf(t, `${url.href}?options=-c%20nonsense%3D1`),
    /: unrecognized configuration parameter/,
  )
})

t.test('an unreachable PostgreSQL server is reported', async (t) => {
  const other = createServer((socket) =>
    socket
      .on('error', () => undefined)
      .resume()
      .end('HTTP/1.1 400 Bad Request\r\n\r\n'),
  )
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve))
  const { port } = other.address() as { port: number }
  const silent = await startProxy(t, await server.createDatabase())
  silent.mode = 'swallow'

  t.match(
    await messageOf(t, `postgres://u:secret@127.0.0.1:${port}/db`),
    /the server has closed the connection/,
  )
  t.match(
    await messageOf(t, `postgres://u:secret@127.0.0.1:${port}/db?ssl=1`),
    /no PostgreSQL server answers/,
  )
  await new Promise((resolve) => other.close(resolve))
  t.equal(
    await messageOf(t, `postgres://u:secret@127.0.0.1:${port}/db`),
    `postgres://u@127.0.0.1:${port}/db: no server listens there`,
  )
  t.match(await messageOf(t, `postgres://u:secret@${'x'.repeat(64)}.invalid/db`), /there is no such host/)
  t.match(await messageOf(t, 'postgres://u:secret@[::1/db'), /the URL is not valid/)
  t.match(await messageOf(t, silent.url), /no PostgreSQL server has answered in time/)
})

t.test('a table of another program with the same name is not touched', async (t) => {
  const url = await server.createDatabase()
  const sql = await operator(t, url)
  await sql('CREATE TABLE fake_devin_entries (id int)')

  t.match(await messageOf(t, url), /relation "fake_devin_entries" already exists/)
  t.same(await sql("SELECT to_regclass('fake_devin_migrations') AS table"), [{ table: null }])
})

t.test('several processes can open an empty database at the same time', async (t) => {
  const url = await server.createDatabase()
  const databases = await Promise.all(Array.from({ length: 5 }, () => open(t, url)))
  await Promise.all(databases.map((database, index) => write(database, { puts: [row(`${index}`)] })))

  for (const database of databases) {
    await look(database)
    t.equal((await contents(database)).length, 5)
  }
  const sql = await operator(t, url)
  t.same(await sql('SELECT name FROM fake_devin_migrations'), [{ name: '0001_entries' }])
})

t.test('a database of a newer version is refused', async (t) => {
  const url = await server.createDatabase()
  await (await openDatabase(url)).close()
  const sql = await operator(t, url)
  await sql("INSERT INTO fake_devin_migrations VALUES ('0999_future', '2099-01-01T00:00:00.000Z')")

  t.match(await messageOf(t, url), /was written by a newer version of fake-devin: update this one/)
})
