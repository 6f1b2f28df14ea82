// Limits on the memory for answers: streaming, pipelined requests and unread answers.

import { EventEmitter, once } from 'node:events'
import type { ServerResponse } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import Fastify from 'fastify'
import t, { type Test } from 'tap'
import { TrustedProxies } from '../../src/fastapi/forwarded.ts'
import { encodeJson } from '../../src/fastapi/json/encode.ts'
import { LingeringClose } from '../../src/fastapi/lingering-close.ts'
import { joined, listTexts, objectTexts, sendTexts, WHOLE_MAX, wrap } from '../../src/fastapi/long-answer.ts'
import { fastApi, fastApiServerOptions } from '../../src/fastapi/plugin.ts'
import { StarletteRoutes } from '../../src/fastapi/routing.ts'
import { nextTurn } from '../../src/fastapi/turns.ts'
import { UnreadAnswers } from '../../src/fastapi/unread.ts'
import { turnsDuring } from '../turns.ts'

/** Creates an application that answers with the given texts. */
function appOf(t: Test, texts: () => Iterable<string>, perTurn?: number) {
  const app = Fastify()
  app.get('/', (_request, reply) => sendTexts(reply, texts(), perTurn === undefined ? {} : { perTurn }))
  t.teardown(() => app.close())
  return app
}

const list = (items: unknown[]) =>
  wrap(
    '[',
    listTexts(items, (item) => item),
    ']',
  )

t.test('joined texts are the same JSON as from encodeJson', async (t) => {
  const value = { a: [1, 'é', [2]], b: null, c: [], d: { e: [1] } }

  t.equal([...objectTexts(value)].join(''), encodeJson(value))
  t.equal([...objectTexts({})].join(''), '{}')
  t.equal([...joined([list([1, 2]), list([])])].join(''), '[1,2][]')
})

t.test('a short answer has a content-length', async (t) => {
  const { body, headers } = await appOf(t, () => list(['é', 1])).inject('/')

  t.equal(body, '["é",1]')
  t.match(headers, { 'content-type': 'application/json', 'content-length': '8' })
})

t.test(
  'an answer up to a mebibyte has a content-length and yields to the event loop while it is generated',
  async (t) => {
    const items = Array.from({ length: 5_000 }, (_, n) => ({ n, text: 'a'.repeat(100) }))
    const app = appOf(t, () => list(items))

    const { body, headers } = await app.inject('/')

    t.same(JSON.parse(body), items)
    t.equal(headers['content-length'], String(body.length))
    t.ok((await turnsDuring(() => app.inject('/'))) >= 10)
  },
)

t.test('a longer answer is complete and streamed without a content-length', async (t) => {
  const items = Array.from({ length: 30_000 }, (_, n) => ({ n, text: '😀'.repeat(50) }))
  const app = appOf(t, () => list(items))

  const { body, headers } = await app.inject('/')

  t.ok(body.length > WHOLE_MAX)
  t.same(JSON.parse(body), items)
  t.equal(headers['content-length'], undefined)
  t.equal(headers['content-type'], 'application/json')
  t.ok((await turnsDuring(() => app.inject('/'))) >= 50)
})

t.test('perTurn limits the number of texts per turn of the event loop', async (t) => {
  const app = appOf(t, () => list(Array(50).fill(1)), 1)

  t.ok((await turnsDuring(() => app.inject('/'))) >= 50)
})

t.test(
  'an answer is generated only as fast as its client reads, and not at all after a disconnect',
  async (t) => {
    const text = 'a'.repeat(65_536)
    let made = 0
    const app = appOf(t, function* () {
      for (; made < 10_000; made++) yield text
    })
    await app.listen({ port: 0, host: '127.0.0.1' })
    const socket = connect((app.server.address() as AddressInfo).port, '127.0.0.1')
    const [[, response]] = await Promise.all([
      once(app.server, 'request'),
      once(socket, 'connect').then(() => socket.pause().write('GET / HTTP/1.1\r\nHost: h\r\n\r\n')),
    ])

    while (made === 0) await nextTurn()
    await untilSettled(() => made)

    // The socket buffers of the operating system may hold several megabytes.
    t.ok(made < 500, `${made} texts of 64 KiB`)
    socket.destroy()
    await once(response, 'close')
    const before = made
    await untilSettled(() => made)
    t.ok(made <= before + 1)
  },
)

/** Resolves when a count has not changed for five hundred turns of the event loop. */
async function untilSettled(count: () => number): Promise<void> {
  for (let before = -1; before !== count(); ) {
    before = count()
    for (let turn = 0; turn < 500; turn++) await nextTurn()
  }
}

t.test('a pipelined request is handled only after the answer to the previous one', async (t) => {
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

const MEBIBYTE = 1_048_576

/** Creates a response that records whether it was destroyed. */
function stubResponse() {
  const response = Object.assign(new EventEmitter(), {
    destroyed: false,
    destroy() {
      response.destroyed = true
      response.emit('close')
    },
  })
  return response
}

const add = (unread: UnreadAnswers, length: number) => {
  const response = stubResponse()
  unread.add(response as unknown as ServerResponse, length)
  return response
}

t.test('the oldest unread answers are evicted beyond the limit', async (t) => {
  const unread = new UnreadAnswers(3 * MEBIBYTE)
  const responses = Array.from({ length: 5 }, () => add(unread, MEBIBYTE))

  t.same(
    responses.map(({ destroyed }) => destroyed),
    [true, true, false, false, false],
  )
})

t.test('a sent answer no longer counts towards the limit', async (t) => {
  const unread = new UnreadAnswers(2 * MEBIBYTE)
  const first = add(unread, MEBIBYTE)
  add(unread, MEBIBYTE).emit('close')
  add(unread, MEBIBYTE)

  t.equal(first.destroyed, false)
})

t.test('short answers do not count, and a single answer beyond the limit is still sent', async (t) => {
  const unread = new UnreadAnswers(MEBIBYTE)
  const short = Array.from({ length: 100 }, () => add(unread, 100_000))
  const long = add(unread, 5 * MEBIBYTE)

  t.notOk([...short, long].some(({ destroyed }) => destroyed))
})
