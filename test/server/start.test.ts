import { once } from 'node:events'
import { request as httpRequest } from 'node:http'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { DEMO_KEY } from '../../src/auth/keys.ts'
import { schedule as realSchedule, type Schedule } from '../../src/events/schedule.ts'
import { nextTurn } from '../../src/fastapi/turns.ts'
import { urlOf } from '../../src/server/server-url.ts'
import { type Server, startServer } from '../../src/server/start.ts'
import { DEFAULT_CONFIG, type ServerConfig } from '../../src/settings/config.ts'
import { StartError, UsageError } from '../../src/settings/start-error.ts'
import { ManualTimers } from '../events/timers.ts'
import { parseAnswers } from '../fuzz/wire.ts'
import { closeInTime } from './close.ts'

/** A silent server on a free port, closed when the test ends. */
async function start(t: Test, config: Partial<ServerConfig> = {}): Promise<Server> {
  const server = await startServer({ ...DEFAULT_CONFIG, port: 0, logLevel: 'silent', ...config })
  t.teardown(() => server.close())
  return server
}

async function failure(config: Partial<ServerConfig>): Promise<unknown> {
  return startServer({ ...DEFAULT_CONFIG, port: 0, logLevel: 'silent', ...config }).catch(
    (error: unknown) => error,
  )
}

const withKey = (key: string) => ({ headers: { authorization: `Bearer ${key}` } })

/** A socket that has sent a text to the server. */
async function send(t: Test, { url }: Server, text: string): Promise<Socket> {
  const { hostname, port } = new URL(url)
  const socket = connect(Number(port), hostname)
  t.teardown(() => socket.destroy())
  await new Promise<void>((resolve) => socket.write(text, () => resolve()))
  return socket
}

/** Returns all data that a server sends on a socket until it closes the connection. */
async function answer(socket: Socket): Promise<string> {
  let text = ''
  for await (const chunk of socket) text += chunk
  return text
}

t.test('a server on port 0 listens on a free port of its address and reports it', async (t) => {
  const { url, key } = await start(t)

  t.match(url, /^http:\/\/127\.0\.0\.1:\d+$/)
  t.equal(key, DEMO_KEY)
  t.equal((await fetch(`${url}/v1/secrets`, withKey(key))).status, 200)
})

t.test('the URL of a server that listens on all addresses points to this machine', async (t) => {
  t.equal(urlOf({ address: '0.0.0.0', port: 1 }), 'http://127.0.0.1:1')
  t.equal(urlOf({ address: '::', port: 1 }), 'http://[::1]:1')
  t.equal(urlOf({ address: '192.0.2.1', port: 1 }), 'http://192.0.2.1:1')
})

t.test('a server uses its keys file and its seed', async (t) => {
  const folder = t.testdir({
    'keys.txt': 'apk_user_first org-1',
    'seed.yaml':
      'organizations: [{ org_id: org-2, keys: [apk_second], secrets: [{ key: TOKEN, id: secret-1 }] }]',
  })
  const { url, key } = await start(t, {
    strictKeys: true,
    keysFile: join(folder, 'keys.txt'),
    seedFile: join(folder, 'seed.yaml'),
  })

  t.equal(key, 'apk_user_first')
  t.same(await (await fetch(`${url}/v1/secrets`, withKey('apk_user_first'))).json(), [])
  t.match(await (await fetch(`${url}/v1/secrets`, withKey('apk_second'))).json(), [{ id: 'secret-1' }])
  t.equal((await fetch(`${url}/v1/secrets`, withKey('apk_user_other'))).status, 403)
})

t.test('a body beyond the configured limit is answered 413', async (t) => {
  const { url, key } = await start(t, { maxJsonBytes: 10 })
  const { headers } = withKey(key)

  const { status } = await fetch(`${url}/v1/secrets`, { method: 'POST', headers, body: ' '.repeat(11) })

  t.equal(status, 413)
})

t.test('strict keys without any key are refused, since no key would work', async (t) => {
  const error = await failure({ strictKeys: true })

  t.type(error, UsageError)
  t.match(error, { message: '--strict-keys needs a key: give --keys FILE, or keys in the file of --seed' })
})

t.test('an invalid file prevents the server from starting', async (t) => {
  const error = await failure({ keysFile: '/nowhere/keys.txt' })

  t.type(error, StartError)
  t.match(error, { message: '/nowhere/keys.txt: no such file' })
})

t.test('a port in use is reported with advice', async (t) => {
  const other = createServer()
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve))
  t.teardown(() => other.close())
  const { port } = other.address() as AddressInfo

  t.match(await failure({ port }), {
    message: `port ${port} of 127.0.0.1 is in use: stop what listens there, or choose another with --port (0 picks a free one)`,
    exitCode: 1,
  })
})

t.test('an address that does not belong to this machine is reported with advice', async (t) => {
  t.match(await failure({ host: '192.0.2.1' }), {
    message: '192.0.2.1 is not an address of this machine: choose another with --host',
  })
})

t.test('any other listen error is reported with its address and port', async (t) => {
  t.match(await failure({ port: -1 }), { message: /^cannot listen on 127\.0\.0\.1 port -1: ./ })
})

t.test(
  'closing waits for a request in flight, also after a pause, and then closes its connection',
  async (t) => {
    const server = await start(t)
    const body = JSON.stringify({ type: 'key-value', key: 'TOKEN', value: '', sensitive: true, note: '' })
    const request = httpRequest(`${server.url}/v1/secrets`, {
      method: 'POST',
      headers: {
        'content-length': body.length,
        'content-type': 'application/json',
        ...withKey(server.key).headers,
      },
    })
    const arrived = new Promise<void>((resolve) => server.app.server.once('request', () => resolve()))
    request.flushHeaders()
    await arrived

    const timers = new ManualTimers()
    const closed = server.close({ schedule: timers.schedule })
    // As after a pause of the process, however long.
    timers.pass()
    const answered = new Promise<number | undefined>((resolve) =>
      request.on('response', (response) => resolve(response.resume().statusCode)),
    )
    request.end(body)

    t.equal(await answered, 200)
    await closed
    await t.rejects(fetch(server.url))
  },
)

t.test('closing sends all answers to requests that came together', async (t) => {
  const server = await start(t)
  const get = `GET /v1/secrets HTTP/1.1\r\nhost: a\r\nauthorization: Bearer ${server.key}\r\n\r\n`
  const socket = await send(t, server, get.repeat(4))
  // Looks for idle connections in each turn of the event loop.
  const schedule: Schedule = (ms, callback) => {
    if (ms < 100) setImmediate(callback)
    return () => undefined
  }

  await server.close({ schedule })

  t.equal(parseAnswers(Buffer.from(await answer(socket))).length, 4)
})

t.test('closing does not wait for an idle connection, and closing twice closes once', async (t) => {
  const server = await start(t)
  const { key } = server
  const socket = await send(
    t,
    server,
    `GET /v1/secrets HTTP/1.1\r\nhost: a\r\nauthorization: Bearer ${key}\r\n\r\n`,
  )
  await new Promise((resolve) => socket.once('data', resolve))
  const { schedule } = new ManualTimers()

  await Promise.all([server.close({ schedule }), server.close()])

  t.notOk(server.app.server.listening, 'although no timer ends')
})

t.test('closing cuts a request that never ends, within a second', async (t) => {
  const server = await start(t)
  const socket = await send(t, server, 'POST /v1/secrets HTTP/1.1\r\nhost: a\r\ncontent-length: 9\r\n\r\n')
  await new Promise((resolve) => server.app.server.once('request', resolve))

  await closeInTime(t, server)

  t.equal(await answer(socket), '')
})

const MEGABYTE = 'x'.repeat(1_000_000)

/** Functions that store 20 megabytes and return the path of the answer with them. */
const LONG_ANSWERS: Readonly<Record<string, (server: Server) => Promise<string>>> = {
  async whole({ url, key }) {
    const body = new FormData()
    body.set('file', new Blob(Array(20).fill(MEGABYTE)), 'f')
    const uploaded = await fetch(`${url}/v1/attachments`, { method: 'POST', body, ...withKey(key) })
    const { pathname } = new URL(String(await uploaded.json()))
    const { headers } = await fetch(url + pathname, { redirect: 'manual', ...withKey(key) })
    const location = new URL(String(headers.get('location')))
    return location.pathname + location.search
  },
  async streamed({ url, key }) {
    const body = JSON.stringify({ name: 'n', body: MEGABYTE, trigger_description: '' })
    const headers = { ...withKey(key).headers, 'content-type': 'application/json' }
    for (let n = 0; n < 20; n++) await fetch(`${url}/v1/knowledge`, { method: 'POST', body, headers })
    return '/v1/knowledge'
  },
}

/** Starts a server, and a client that has requested a long answer and reads none of it. */
async function startWithSlowReader(t: Test, prepare: (server: Server) => Promise<string>) {
  const server = await start(t)
  const path = await prepare(server)
  const requested = once(server.app.server, 'request')
  const get = `GET ${path} HTTP/1.1\r\nhost: a\r\nauthorization: Bearer ${server.key}\r\n\r\n`
  const socket = await send(t, server, get)
  const [{ socket: connection }, response] = await requested
  // By then, the operating system takes no more.
  while (!response.headersSent || connection.writableLength === 0) await nextTurn()
  return { server, socket }
}

for (const [kind, prepare] of Object.entries(LONG_ANSWERS)) {
  t.test(
    `closing waits less than a second for a client that does not read its answer, which is ${kind}`,
    async (t) => {
      const { server, socket } = await startWithSlowReader(t, prepare)

      await closeInTime(t, server)

      const received = await answer(socket).catch(() => '')
      t.ok(received.length < 20_000_000, `${received.length}`)
    },
  )

  t.test(
    `closing sends a long answer to a client that begins to read in time, also if it is ${kind}`,
    async (t) => {
      const { server, socket } = await startWithSlowReader(t, prepare)
      // Without the time limit, which a pause of this process would exceed.
      const schedule: Schedule = (ms, callback) => (ms < 100 ? realSchedule(ms, callback) : () => undefined)

      const closed = server.close({ schedule })
      const received = await answer(socket)

      t.ok(received.length > 20_000_000, `${received.length}`)
      await closed
    },
  )
}

t.test('the clock, the ids and the scenarios follow the configuration', async (t) => {
  const scenariosFile = `${t.testdir({ 'rules.json': '[{"scenario": "never"}]' })}/rules.json`
  const start = async () => {
    const clock = 1_000_000
    const config = {
      ...DEFAULT_CONFIG,
      port: 0,
      logLevel: 'silent',
      clock,
      seedIds: 7,
      scenariosFile,
      controlToken: 't',
    } as const
    const server = await startServer({ ...config, speed: 'instant' })
    t.teardown(() => server.close())
    const headers = { authorization: `Bearer ${server.key}` }
    const created = await fetch(`${server.url}/v1/sessions`, {
      method: 'POST',
      body: '{"prompt":"x"}',
      headers: { ...headers, 'content-type': 'application/json' },
    })
    const { session_id } = (await created.json()) as { session_id: string }
    return (await fetch(`${server.url}/v1/sessions/${session_id}`, { headers })).text()
  }

  const one = await start()

  t.equal(await start(), one, 'byte for byte')
  t.match(JSON.parse(one), { created_at: '1970-01-01T00:00:01.000000Z', status_enum: 'working' })
})

t.test('the storage limits follow the configuration', async (t) => {
  const { url, key } = await start(t, { maxRecords: 1, journalEntries: 2 })
  const create = async (prompt: string) => {
    const body = JSON.stringify({ prompt })
    const headers = { ...withKey(key).headers, 'content-type': 'application/json' }
    return (await fetch(`${url}/v1/sessions`, { method: 'POST', body, headers })).status
  }

  t.same([await create('a'), await create('b'), await create('c')], [200, 507, 507])

  const journal = (await (await fetch(`${url}/_fake/requests`)).json()) as { total: number; dropped: number }
  t.match(journal, { total: 2, dropped: 1 })
})
