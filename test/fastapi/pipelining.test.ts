import { once } from 'node:events'
import { type AddressInfo, connect } from 'node:net'
import Fastify from 'fastify'
import t from 'tap'
import { TrustedProxies } from '../../src/fastapi/forwarded.ts'
import { LingeringClose } from '../../src/fastapi/lingering-close.ts'
import { fastApi, fastApiServerOptions } from '../../src/fastapi/plugin.ts'
import { StarletteRoutes } from '../../src/fastapi/routing.ts'
import { nextTurn } from '../../src/fastapi/turns.ts'

t.test('a request that came before the answer to the one before it waits for its turn', async (t) => {
  const routes = new StarletteRoutes()
  const services = { routes, closer: new LingeringClose(), proxies: new TrustedProxies() }
  const app = Fastify(fastApiServerOptions(services))
  await app.register(fastApi, { ...services, jsonLimit: 100, formLimit: 100 })
  const begun: string[] = []
  let answer: () => void = () => undefined
  const mayBeAnswered = new Promise<void>((resolve) => (answer = resolve))
  app.get('/items/:id', async ({ params }) => {
    const { id } = params as { id: string }
    begun.push(id)
    if (id === '1') await mayBeAnswered
    return { id }
  })
  await app.listen({ port: 0, host: '127.0.0.1' })
  t.teardown(() => app.close())
  const socket = connect((app.server.address() as AddressInfo).port, '127.0.0.1')
  socket.write([1, 2, 3].map((id) => `GET /items/${id} HTTP/1.1\r\nHost: h\r\n\r\n`).join(''))
  while (begun.length === 0) await nextTurn()
  for (let turn = 0; turn < 50; turn++) await nextTurn()

  t.same(begun, ['1'])

  answer()
  let text = ''
  socket.setEncoding('latin1').on('data', (data) => (text += data))
  while (!text.includes('{"id":"3"}')) await once(socket, 'data')
  t.match(text, /\{"id":"1"\}.*\{"id":"2"\}.*\{"id":"3"\}/s)
  t.same(begun, ['1', '2', '3'])
  socket.destroy()
})
