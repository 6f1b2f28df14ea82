import { EventEmitter, once } from 'node:events'
import { createServer, type Server, type ServerResponse } from 'node:http'
import { type AddressInfo, connect, type Socket } from 'node:net'
import { setImmediate } from 'node:timers/promises'
import t, { type Test } from 'tap'
import { batchWrites } from '../../src/hooks/batch-writes.ts'
import { parseAnswers } from '../fuzz/wire.ts'

type Handler = (response: ServerResponse, socket: Socket, path: string) => void

/** Starts a server that batches its writes. Returns a function that sends requests for some paths at once, and resolves with the answers. */
async function serve(t: Test, handle: Handler) {
  const server = createServer((request, response) => handle(response, request.socket, request.url as string))
  batchWrites({ server })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  t.teardown(() => server.close())
  const { port } = server.address() as AddressInfo
  return async (...paths: string[]) => {
    const socket = connect(port, '127.0.0.1')
    t.teardown(() => socket.destroy())
    const isLast = (index: number) => (index === paths.length - 1 ? 'connection: close\r\n' : '')
    socket.write(
      paths.map((path, index) => `GET ${path} HTTP/1.1\r\nhost: h\r\n${isLast(index)}\r\n`).join(''),
    )
    const answers = parseAnswers(Buffer.concat(await socket.toArray()))
    return answers.map(({ body }) => String(body))
  }
}

t.test('an answer is sent at the end of the turn of the event loop', async (t) => {
  const sent: Promise<number>[] = []
  const ask = await serve(t, (response, socket) => {
    response.end('whole')
    sent.push(Promise.resolve(socket.bytesWritten))
    sent.push(setImmediate().then(() => socket.bytesWritten))
  })

  t.same(await ask('/'), ['whole'])

  const [inTurn, afterTurn] = await Promise.all(sent)
  t.equal(inTurn, 0)
  t.ok((afterTurn as number) > 0)
})

t.test('answers to requests that are sent at once keep their order', async (t) => {
  const ask = await serve(t, (response, _, path) => {
    if (path === '/later') void setImmediate().then(() => response.end(path))
    else response.end(path)
  })

  t.same(await ask('/a', '/later', '/b', '/c'), ['/a', '/later', '/b', '/c'])
})

t.test('an answer in several parts arrives whole', async (t) => {
  const part = 'x'.repeat(100_000)
  const ask = await serve(t, (response) => {
    for (let count = 0; count < 10; count++) response.write(part)
    response.end('end')
  })

  t.same(await ask('/'), [`${part.repeat(10)}end`])
})

t.test('a long part of an answer is sent at once', async (t) => {
  const sent: number[] = []
  const ask = await serve(t, (response, socket) => {
    response.writeHead(200, { 'content-length': 100_000 }).flushHeaders()
    void setImmediate().then(() => {
      const before = socket.bytesWritten
      response.end(Buffer.alloc(100_000))
      sent.push(socket.bytesWritten - before)
    })
  })

  t.same(
    (await ask('/')).map(({ length }) => length),
    [100_000],
  )
  t.same(sent, [100_000])
})

t.test('data written to a connection is sent before the connection is destroyed', async (t) => {
  const ask = await serve(t, (response, socket) => {
    response.end('the last words')
    socket.destroy()
  })

  t.same(await ask('/'), ['the last words'])
})

t.test('connections that end do not affect the answers on others', async (t) => {
  const ask = await serve(t, (response, socket, path) => {
    if (path === '/destroyed') socket.destroy()
    else response.end(path)
  })

  t.same(await Promise.all(['/a', '/destroyed', '/b'].map((path) => ask(path))), [['/a'], [], ['/b']])
})

t.test('a socket that cannot write several chunks at once, as in other runtimes, stays unchanged', (t) => {
  const server = new EventEmitter()
  batchWrites({ server: server as Server })
  const socket = { _write: () => undefined, _destroy: () => undefined }

  server.emit('connection', socket)

  t.same(Object.keys(socket), ['_write', '_destroy'])
  t.end()
})
