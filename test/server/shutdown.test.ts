// Tests drain.ts, and the end of a server under load.

import { EventEmitter, once } from 'node:events'
import { createServer, type Server as HttpServer, type RequestListener } from 'node:http'
import { type AddressInfo, connect, type Socket } from 'node:net'
import t, { type Test } from 'tap'
import { nextTurn } from '../../src/fastapi/turns.ts'
import { drain } from '../../src/server/drain.ts'
import { startProgram } from '../cli/program.ts'
import { ManualTimers } from '../events/timers.ts'
import { parseAnswers, type WireAnswer } from '../fuzz/wire.ts'

const CONNECTIONS = 50

/** The batch that each client sends at once, repeatedly. */
const BATCH = 4

const LISTENING = /listening on http:\/\/127\.0\.0\.1:(\d+)/

/** The results of one client. */
interface Fate {
  /** The number of requests sent. */
  readonly sent: number
  readonly answers: readonly WireAnswer[]
}

let names = 0

function aRequest(): string {
  const body = JSON.stringify({ type: 'totp', key: `K${++names}`, value: 'v', sensitive: true, note: '' })
  const head = `POST /v1/secrets HTTP/1.1\r\nhost: h\r\nauthorization: Bearer apk_user_test\r\n`
  return `${head}content-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`
}

/** Sends batches on one connection, each after the answers to the previous one, until the server closes the connection. */
function load(port: number, onAnswer: () => void): Promise<Fate> {
  return new Promise((resolve) => {
    const received: Buffer[] = []
    let sent = 0
    const socket = connect(port, '127.0.0.1', send)
    socket.on('data', (data: Buffer) => {
      received.push(data)
      onAnswer()
      if (answersIn(received).length < sent) return
      send()
    })
    socket.on('error', () => undefined)
    socket.on('close', () => resolve({ sent, answers: parseAnswers(Buffer.concat(received)) }))
    function send() {
      if (answersIn(received).at(-1)?.headers.get('connection') === 'close' || !socket.writable) return
      sent += BATCH
      socket.write(Array.from({ length: BATCH }, aRequest).join(''))
    }
  })
}

/** Returns the answers, or an empty list while one is incomplete. */
function answersIn(received: Buffer[]): WireAnswer[] {
  const all = Buffer.concat(received)
  try {
    return parseAnswers(all)
  } catch {
    return []
  }
}

/** Loads a server until it has answered for a while, sends it a signal, and resolves with the results of all clients. */
async function stopUnderLoad(t: Test, signal: NodeJS.Signals) {
  const program = startProgram(t, ['--port', '0', '--log-level', 'error'])
  const [, port] = await program.says(LISTENING)
  let answers = 0
  const fates = await Promise.all(
    Array.from({ length: CONNECTIONS }, () =>
      load(Number(port), () => {
        if (++answers === CONNECTIONS * 3) program.kill(signal)
      }),
    ),
  )
  return { fates, outcome: await program.ended }
}

for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  t.test(
    `${signal} under load: every received request is answered, each client is told, and the exit code is 0`,
    async (t) => {
      const { fates, outcome } = await stopUnderLoad(t, signal)

      t.match(outcome, { code: 0, stderr: '' })
      t.match(outcome.stdout, /^fake-devin listening on \S+\n$/, 'nothing went wrong')
      t.equal(fates.length, CONNECTIONS)
      const statuses = fates.flatMap(({ answers }) => answers.map(({ status }) => status))
      t.same([...new Set(statuses)], [200])
      const ids = fates.flatMap(({ answers }) => answers.map(({ body }) => JSON.parse(body.toString()).id))
      t.equal(new Set(ids).size, ids.length)
      for (const { sent, answers } of fates) {
        t.equal(answers.length % BATCH, 0, 'of what came at once all is answered, or nothing came')
        t.ok(sent - answers.length <= BATCH)
      }
      const told = fates.filter(({ answers }) => answers.at(-1)?.headers.get('connection') === 'close')
      const late = fates.filter(({ sent, answers }) => sent > answers.length)
      t.equal(told.length + late.length, CONNECTIONS, 'who was not told had sent nothing when it was over')
    },
  )
}

const GET = 'GET / HTTP/1.1\r\nhost: h\r\n\r\n'

/** Starts a server with one connected client. */
async function connected(
  t: Test,
  listener: RequestListener = (_request, response) => void response.end('x'),
) {
  const server = createServer(listener)
  t.teardown(() => server.close())
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1')
  t.teardown(() => socket.destroy())
  await once(server, 'connection')
  return { server, socket }
}

/** Returns the connection header of each answer received before the server closed the connection. */
async function answersOf(socket: Socket) {
  const received: Buffer[] = []
  for await (const chunk of socket) received.push(chunk)
  return parseAnswers(Buffer.concat(received)).map(({ headers }) => headers.get('connection'))
}

t.test(
  'requests that arrive together are all answered, and the last answer ends the connection',
  async (t) => {
    const { server, socket } = await connected(t)
    socket.write(GET + GET + GET)
    await once(server, 'request')
    const first = await once(socket, 'data')
    t.match(String(first), /keep-alive/)

    socket.write(GET + GET + GET)
    const drained = drain(server, { idleMs: 50 })

    t.same(await answersOf(socket), ['keep-alive', 'keep-alive', 'close'])
    await drained
  },
)

t.test('a request in progress is answered, and then its connection ends', async (t) => {
  const { promise, resolve } = Promise.withResolvers<void>()
  const { server, socket } = await connected(t, (_request, response) => {
    void promise.then(() => response.end('x'))
  })
  socket.write(GET)
  await once(server, 'request')

  const drained = drain(server)
  resolve()

  t.equal((await answersOf(socket)).length, 1)
  await drained
})

t.test('requests on connections that the server has yet to accept are answered', async (t) => {
  const { server, socket } = await connected(t)
  const { port } = server.address() as AddressInfo
  socket.destroy()
  const sockets = Array.from({ length: 20 }, () => connect(port, '127.0.0.1'))
  for (const each of sockets) each.write(GET)
  await Promise.all(sockets.map((each) => once(each, 'connect')))

  // Without the time limit, which a pause of this process would exceed.
  const { schedule } = new ManualTimers()
  const drained = drain(server, { schedule })

  t.same(await Promise.all(sockets.map(answersOf)), Array(20).fill(['close']))
  await drained
})

t.test('an idle connection is closed', async (t) => {
  const { server, socket } = await connected(t)
  socket.write(GET)
  await once(socket, 'data')

  await drain(server)

  t.same(await answersOf(socket), [])
})

t.test('an idle connection stays open until a period has passed without any request', async (t) => {
  const { server, socket: idle } = await connected(t)
  const other = connect((server.address() as AddressInfo).port, '127.0.0.1')
  t.teardown(() => other.destroy())
  for (const socket of [idle, other]) {
    socket.write(GET)
    await once(socket, 'data')
    socket.resume()
  }
  const timers = new ManualTimers()
  const isWaiting = () => timers.times.includes(60_000)
  /** Resolves when the drain waits for the next period, or has closed the idle connection. */
  const settled = async () => {
    while (!isWaiting() && !idle.closed) await nextTurn()
    return { isWaiting: isWaiting(), isOpen: !idle.closed }
  }

  const drained = drain(server, { idleMs: 60_000, schedule: timers.schedule })
  t.same(await settled(), { isWaiting: true, isOpen: true })
  other.write(GET)
  await once(other, 'close')
  timers.pass()
  t.same(await settled(), { isWaiting: true, isOpen: true })
  timers.pass()

  t.same(await settled(), { isWaiting: false, isOpen: false })
  timers.pass()
  await drained
})

t.test('new connections are refused', async (t) => {
  const { server, socket } = await connected(t)
  const { port } = server.address() as AddressInfo
  socket.destroy()

  await drain(server, { idleMs: 1_000_000 })

  const [error] = await once(connect(port, '127.0.0.1'), 'error')
  t.equal(error.code, 'ECONNREFUSED')
})

t.test('clients that reconnect for every request do not prevent the drain from ending', async (t) => {
  const { server, socket } = await connected(t)
  const { port } = server.address() as AddressInfo
  socket.destroy()
  let isOver = false
  const again = () => {
    if (isOver) return
    const client = connect(port, '127.0.0.1', () => client.write(GET))
    client.on('data', () => client.destroy()).on('error', () => undefined)
    client.on('close', () => setImmediate(again))
  }
  for (let n = 0; n < 10; n++) again()

  await drain(server, { idleMs: 20 })
  isOver = true

  t.notOk(server.listening)
})

t.test("a server that is not a net.Server, like Bun's, is closed with its own method", async (t) => {
  const calls: string[] = []
  const server = Object.assign(new EventEmitter(), {
    closeIdleConnections: () => calls.push('closeIdleConnections'),
    close: (done: () => void) => {
      calls.push('close')
      setImmediate(done)
    },
  })

  await drain(server as unknown as HttpServer)

  t.equal(calls[0], 'close')
  t.ok(calls.includes('closeIdleConnections'))
})
