import { once } from 'node:events'
import { type AddressInfo, connect, type Socket } from 'node:net'
import t, { type Test } from 'tap'
import { type AppOptions, buildApp } from '../src/app.ts'
import { parseAnswers } from './fuzz/wire.ts'

async function listening(t: Test, options: AppOptions = {}) {
  const app = await buildApp(options)
  t.teardown(() => app.close())
  await app.listen({ port: 0, host: '127.0.0.1' })
  const { port } = app.server.address() as AddressInfo
  const open = (allowHalfOpen = false): Socket => {
    const socket = connect({ port, host: '127.0.0.1', allowHalfOpen })
    t.teardown(() => socket.destroy())
    return socket
  }
  return { app, open }
}

const GET = 'GET /v1/secrets HTTP/1.1\r\nhost: h\r\nauthorization: Bearer apk_user_test\r\n\r\n'

t.test(
  'no client may take for ever: for its headers, its body, between two requests, over an answer',
  async (t) => {
    const { app } = await listening(t)
    const { headersTimeout, requestTimeout, keepAliveTimeout, timeout } = app.server

    for (const bound of [headersTimeout, requestTimeout, keepAliveTimeout, timeout]) t.ok(bound > 0)
    t.ok(headersTimeout < requestTimeout && requestTimeout < timeout)
  },
)

t.test('connections beyond the limit are hung up on, and those within it go on', async (t) => {
  const { app, open } = await listening(t, { limits: { connections: 2 } })
  const sockets = [open(), open()]
  for (const socket of sockets) {
    socket.write(GET)
    await once(socket, 'data')
  }

  const third = open().resume()
  await once(app.server, 'drop')
  await once(third, 'close')

  t.equal(third.bytesRead, 0)
  sockets[0]?.write(GET)
  t.match(String(await once(sockets[0] as Socket, 'data')), /^HTTP\/1\.1 200 /)
  sockets[0]?.destroy()
  sockets[1]?.destroy()
})

t.test('a client that closes its half of the connection still gets every answer', async (t) => {
  const { open } = await listening(t)
  const socket = open(true)
  const body = '{"prompt":"p","structured_output_schema":{"type":"object"}}'
  const slow = GET.replace('GET /v1/secrets', 'POST /v1/sessions').replace(
    '\r\n\r\n',
    `\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
  )

  socket.end(GET + slow + GET)
  const received: Buffer[] = []
  for await (const chunk of socket) received.push(chunk)

  t.same(
    parseAnswers(Buffer.concat(received)).map(({ status }) => status),
    [200, 200, 200],
  )
})
