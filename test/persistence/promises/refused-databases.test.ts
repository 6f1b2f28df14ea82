import { once } from 'node:events'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { Client } from 'pg'
import t, { type Test } from 'tap'
import { testDatabase } from '../../postgres.ts'
import { freePort } from '../../postmaster.ts'
import { checkRefused } from './refused-start.ts'
import { startReplica } from './replica-process.ts'

/** Listens on a free port until the test ends. Returns the URL of a database there. */
async function listening(t: Test, onConnection: (socket: Socket) => void): Promise<string> {
  const server = createServer().on('connection', onConnection).listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => void server.close())
  return `postgres://ada:s3cr3t-word@127.0.0.1:${(server.address() as AddressInfo).port}/db`
}

t.test('a server does not start while another process holds the database for too long', async (t) => {
  const store = await testDatabase(t)
  await (await startReplica(t, store)).stop()
  const client = new Client({ connectionString: store })
  client.on('error', () => {})
  await client.connect()
  t.teardown(() => client.end())
  await client.query('BEGIN; LOCK TABLE fake_devin_world IN EXCLUSIVE MODE')

  await checkRefused(t, store, /another process has not finished within ten seconds/)
})

t.test('a server does not start with a wrong password, database or address of PostgreSQL', async (t) => {
  const store = await testDatabase(t)
  const changed = (change: (url: URL) => void) => {
    const url = new URL(store)
    change(url)
    return url.href
  }
  const wrongPassword = changed((url) => {
    url.password = 's3cr3t-word'
  })
  const wrongDatabase = changed((url) => {
    url.pathname = '/missing'
  })
  const port = await freePort()

  await checkRefused(t, wrongPassword, /the password is wrong/)
  await checkRefused(t, wrongDatabase, /there is no such database/)
  await checkRefused(t, `postgres://ada:s3cr3t-word@127.0.0.1:${port}/db`, /no server listens there/)
  await checkRefused(t, 'postgres://ada:s3cr3t-word@nowhere.invalid/db', /there is no such host/)
})

t.test('a server does not start if no PostgreSQL server answers at the address', async (t) => {
  const web = await listening(t, (socket) => void socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'))
  const silent = await listening(t, () => undefined)
  const closed = await listening(t, (socket) => void socket.destroy())

  await checkRefused(t, web, /./)
  await checkRefused(t, silent, /no PostgreSQL server has answered in time/)
  await checkRefused(t, closed, /has closed the connection/)
})
