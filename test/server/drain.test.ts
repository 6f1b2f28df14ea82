import { EventEmitter, once } from 'node:events'
import { createServer, type Server as HttpServer, type RequestListener } from 'node:http'
import { type AddressInfo, connect, type Socket } from 'node:net'
import t, { type Test } from 'tap'
import { drain } from '../../src/server/drain.ts'
import { parseAnswers } from '../fuzz/wire.ts'

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

/** Returns the connection header of each answer received before the server hung up. */
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
    const drained = drain(server, 50)

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

t.test('an idle connection is closed', async (t) => {
  const { server, socket } = await connected(t)
  socket.write(GET)
  await once(socket, 'data')

  await drain(server)

  t.same(await answersOf(socket), [])
})

t.test('new connections are refused', async (t) => {
  const { server, socket } = await connected(t)
  const { port } = server.address() as AddressInfo
  socket.destroy()

  await drain(server, 1_000_000)

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

  await drain(server, 20)
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
