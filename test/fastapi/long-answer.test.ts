import { once } from 'node:events'
import { type AddressInfo, connect } from 'node:net'
import Fastify from 'fastify'
import t, { type Test } from 'tap'
import { encodeJson } from '../../src/fastapi/json/encode.ts'
import { joined, listTexts, objectTexts, sendTexts, WHOLE_MAX, wrap } from '../../src/fastapi/long-answer.ts'
import { nextTurn } from '../../src/fastapi/turns.ts'
import { turnsDuring } from '../turns.ts'

/** An application that answers with these texts. */
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

t.test('texts are joined to JSON', async (t) => {
  const value = { a: [1, 'é', [2]], b: null, c: [], d: { e: [1] } }

  t.equal([...objectTexts(value)].join(''), encodeJson(value))
  t.equal([...objectTexts({})].join(''), '{}')
  t.equal([...joined([list([1, 2]), list([])])].join(''), '[1,2][]')
})

t.test('a short answer goes out like any other', async (t) => {
  const { body, headers } = await appOf(t, () => list(['é', 1])).inject('/')

  t.equal(body, '["é",1]')
  t.match(headers, { 'content-type': 'application/json', 'content-length': '8' })
})

t.test('an answer up to a mebibyte has a length, and others their turns while it is made', async (t) => {
  const items = Array.from({ length: 5_000 }, (_, n) => ({ n, text: 'a'.repeat(100) }))
  const app = appOf(t, () => list(items))

  const { body, headers } = await app.inject('/')

  t.same(JSON.parse(body), items)
  t.equal(headers['content-length'], String(body.length))
  t.ok((await turnsDuring(() => app.inject('/'))) >= 10)
})

t.test('a longer answer goes out piece by piece, whole', async (t) => {
  const items = Array.from({ length: 30_000 }, (_, n) => ({ n, text: '😀'.repeat(50) }))
  const app = appOf(t, () => list(items))

  const { body, headers } = await app.inject('/')

  t.ok(body.length > WHOLE_MAX)
  t.same(JSON.parse(body), items)
  t.equal(headers['content-length'], undefined)
  t.equal(headers['content-type'], 'application/json')
  t.ok((await turnsDuring(() => app.inject('/'))) >= 50)
})

t.test('where a text takes long, a turn makes as few as it is told', async (t) => {
  const app = appOf(t, () => list(Array(50).fill(1)), 1)

  t.ok((await turnsDuring(() => app.inject('/'))) >= 50)
})

t.test('no more is made of an answer than its client takes, and nothing once it has hung up', async (t) => {
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

  // What is between two programs is the system's, and may be several megabytes.
  t.ok(made < 500, `${made} texts of 64 KiB`)
  socket.destroy()
  await once(response, 'close')
  const before = made
  await untilSettled(() => made)
  t.ok(made <= before + 1)
})

/** Waits until a count stays the same for five hundred turns of the event loop. */
async function untilSettled(count: () => number): Promise<void> {
  for (let before = -1; before !== count(); ) {
    before = count()
    for (let turn = 0; turn < 500; turn++) await nextTurn()
  }
}
