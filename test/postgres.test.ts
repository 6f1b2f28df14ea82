import { existsSync } from 'node:fs'
import { Client } from 'pg'
import t, { type Test } from 'tap'
import { startPostgres, testDatabase } from './postgres.ts'

/** Connects to a database until the test ends. */
async function connect(t: Test, url: string): Promise<Client> {
  const client = new Client({ connectionString: url })
  // A server that ends tells its clients.
  client.on('error', () => {})
  t.teardown(() => client.end())
  await client.connect()
  return client
}

/** Runs a statement with a connection of its own and resolves with the first column of its rows. */
async function query(url: string, statement: string): Promise<unknown[]> {
  const client = new Client({ connectionString: url })
  await client.connect()
  try {
    const { rows } = await client.query<unknown[]>({ text: statement, rowMode: 'array' })
    return rows.map(([value]) => value)
  } finally {
    await client.end()
  }
}

t.test(
  'a server has separate databases, listens on 127.0.0.1 only, and is the same everywhere',
  async (t) => {
    const server = await startPostgres(t)
    const [first, second] = await Promise.all([server.createDatabase(), server.createDatabase()])
    await query(first, 'CREATE TABLE names (name text)')

    t.same(await query(first, 'SELECT * FROM names'), [])
    await t.rejects(query(second, 'SELECT * FROM names'), { code: '42P01' })
    t.equal(new URL(first).host, new URL(server.url).host)
    t.match(server.url, /^postgres:\/\/postgres:\w+@127\.0\.0\.1:\d+\/postgres$/)
    await t.rejects(query(first.replace(/:\w+@/, ':wrong@'), 'SELECT 1'), { code: '28P01' })
    for (const [setting, value] of Object.entries({
      listen_addresses: '127.0.0.1',
      unix_socket_directories: '',
      server_encoding: 'UTF8',
      lc_messages: 'C',
      TimeZone: 'UTC',
      max_connections: '300',
      fsync: 'off',
    })) {
      t.match(await query(first, `SHOW ${setting}`), [value], setting)
    }
    t.same(await query(first, "SELECT * FROM (VALUES ('a'), ('B'), ('i'), ('I')) v (x) ORDER BY x"), [
      'B',
      'I',
      'a',
      'i',
    ])
  },
)

t.test('a killed server loses its sessions, but nothing that was committed', async (t) => {
  const server = await startPostgres(t, { durable: true })
  const url = await server.createDatabase()
  const client = await connect(t, url)
  await client.query('CREATE TABLE numbers (n integer)')
  await client.query('INSERT INTO numbers SELECT generate_series(1, 1000)')
  await client.query('BEGIN')
  await client.query('INSERT INTO numbers VALUES (0)')
  const waiting = client.query('SELECT pg_sleep(600)')

  await Promise.all([t.rejects(waiting), server.kill()])
  await t.rejects(query(url, 'SELECT 1'), { code: 'ECONNREFUSED' })
  await server.start()

  t.same(await query(url, 'SELECT count(*)::integer FROM numbers'), [1000])
  t.same(await query(url, 'SHOW fsync'), ['on'])
})

t.test('a stopped server ends its sessions, and restarts with its data any number of times', async (t) => {
  const server = await startPostgres(t)
  const url = await server.createDatabase()
  await query(url, 'CREATE TABLE numbers (n integer)')
  await t.rejects(server.start(), { message: 'PostgreSQL is already running' })

  for (const n of [1, 2]) {
    const client = await connect(t, url)
    await client.query(`INSERT INTO numbers VALUES (${n})`)
    await server.stop()
    await server.stop()
    await t.rejects(client.query('SELECT 1'))
    await t.rejects(server.createDatabase(), { code: 'ECONNREFUSED' })
    await server.start()
  }

  t.same(await query(url, 'SELECT n FROM numbers ORDER BY n'), [1, 2])
})

t.test('a server and its files are removed after its test, even if the server was killed', async (t) => {
  for (const end of ['no', 'kill'] as const) {
    const at = { url: '', folder: '' }
    await t.test(end, async (t) => {
      const server = await startPostgres(t)
      const [folder] = await query(server.url, 'SHOW data_directory')
      Object.assign(at, { url: server.url, folder })
      t.ok(existsSync(at.folder))
      if (end !== 'no') await server[end]()
    })

    await t.rejects(query(at.url, 'SELECT 1'), { code: 'ECONNREFUSED' }, end)
    t.notOk(existsSync(at.folder), end)
  }
})

t.test('a test database is empty and is dropped at the end of its test, with its sessions', async (t) => {
  const urls: string[] = []
  for (const name of ['first', 'second']) {
    await t.test(name, async (t) => {
      const url = await testDatabase(t)
      urls.push(url)
      const client = new Client({ connectionString: url })
      client.on('error', () => {})
      await client.connect()
      await client.query('CREATE TABLE names (name text)')
      t.teardown(() => client.end())
    })
  }

  const [first = '', second = ''] = urls
  t.not(first, second)
  t.equal(new URL(first).host, new URL(second).host)
  for (const url of urls) await t.rejects(query(url, 'SELECT 1'), { code: '3D000' })
})

t.test('TEST_POSTGRES_URL names the server of test databases', async (t) => {
  const server = await startPostgres(t)
  const { TEST_POSTGRES_URL: saved } = process.env
  t.teardown(() => {
    if (saved === undefined) delete process.env.TEST_POSTGRES_URL
    else process.env.TEST_POSTGRES_URL = saved
  })
  process.env.TEST_POSTGRES_URL = server.url
  const databases = () => query(server.url, "SELECT datname FROM pg_database WHERE datname LIKE 'test%'")

  await t.test('while a test uses one', async (t) => {
    const url = await testDatabase(t)
    t.equal(new URL(url).host, new URL(server.url).host)
    t.same(await databases(), [new URL(url).pathname.slice(1)])
  })

  t.same(await databases(), [])
})
