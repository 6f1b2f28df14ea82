import { once } from 'node:events'
import type { Socket } from 'node:net'
import t from 'tap'
import { parseAnswers } from '../fuzz/wire.ts'
import { filler, isLast, KEY, LIMITS, NEVER, NEXT, read, run, SMUGGLED } from '../raw-connections.ts'

const AUTH = `host: localhost\r\nauthorization: Bearer ${KEY}\r\n`

/** Inputs that Node does not parse as a request, with the status of the answer. */
const NO_REQUESTS = {
  'nonsense\r\n\r\n': 400,
  [`GET /v1/secrets HTTP/1.1\r\n${AUTH}x: ${'y'.repeat(70_000)}`]: 431,
  [`POST /v1/secrets HTTP/1.1\r\n${AUTH}transfer-encoding: chunked\r\n\r\nzz\r\n`]: 400,
  [`delete /v1/secrets/a HTTP/1.1\r\n${AUTH}\r\n`]: 405,
}

t.test('a client that sends an invalid request and ignores the close is disconnected', async (t) => {
  const { open, asked } = await run(t)
  for (const [text, status] of Object.entries(NO_REQUESTS)) {
    for (const more of ['', SMUGGLED]) {
      const { client, server } = await open()
      const closed = once(server, 'close')
      client.write(text)
      const [answer] = await read(client, 1)
      t.match([answer?.status, isLast(answer)], [status, true])

      if (more !== '') client.write(more)
      await closed
    }
  }
  t.notOk(asked.includes('/smuggled'))
})

t.test(
  'a client that gets 408 and ignores the close is disconnected, which frees its connection slot',
  async (t) => {
    const { app, open } = await run(t, { limits: { ...LIMITS, connections: 1 } })
    const { client, server } = await open()
    client.write('GET /v1/secrets HTTP/1.1\r\nx: ')
    const closed = once(server, 'close')

    app.server.emit('clientError', Object.assign(new Error(), { code: 'ERR_HTTP_REQUEST_TIMEOUT' }), server)
    const [answer] = await read(client, 1)
    t.match([answer?.status, isLast(answer)], [408, true])
    client.write('a')
    await closed

    const next = await open()
    next.client.write(NEXT)
    t.equal((await read(next.client, 1))[0]?.status, 200)
  },
)

t.test('a connection is closed before the limit if its client closes after the last answer', async (t) => {
  const { open } = await run(t, { limits: { ...LIMITS, linger: { ms: NEVER, bytes: NEVER } } })
  const { client, server } = await open()
  const closed = once(server, 'close')
  client.write(`GET /v1/secrets HTTP/1.1\r\n${AUTH}connection: close\r\n\r\n`)

  t.equal((await read(client, 1))[0]?.status, 200)
  client.end()

  await closed
})

t.test('a client that keeps sending is disconnected at the byte limit', async (t) => {
  const { open } = await run(t, { limits: { ...LIMITS, linger: { ms: NEVER, bytes: 100_000 } } })
  const { client, server } = await open()
  const closed = once(server, 'close')
  client.write(`POST /v1/nothing HTTP/1.1\r\n${AUTH}content-length: 5000000\r\n\r\n`)
  t.equal((await read(client, 1))[0]?.status, 404)

  client.write(filler(5_000_000))

  await closed
})

t.test('input beyond the byte limit does not truncate an answer in progress', async (t) => {
  const { app, open } = await run(t, { limits: { ...LIMITS, linger: { ms: NEVER, bytes: 100_000 } } })
  await app.inject({ method: 'POST', url: '/_fake/faults', payload: { bytes_per_second: 20, times: 1 } })
  const { client, server } = await open()
  const closed = once(server, 'close')

  client.write(`GET /v1/nothing HTTP/1.1\r\n${AUTH}content-length: 5000000\r\n\r\n${filler(5_000_000)}`)

  t.equal(String((await read(client, 1))[0]?.body), '{"detail":"Not Found"}')
  await closed
})

t.test('the connection closes if the short rest of a body does not arrive', async (t) => {
  const { open } = await run(t)
  const { client, server } = await open()
  const closed = once(server, 'close')
  client.write(`POST /v1/nothing HTTP/1.1\r\n${AUTH}content-length: 10\r\n\r\n12345`)

  const [answer] = await read(client, 1)
  t.match([answer?.status, isLast(answer)], [404, false])

  await closed
})

t.test('the connection stays open if the short rest of a body arrives in time', async (t) => {
  const { open } = await run(t, { limits: { ...LIMITS, drain: { bytes: 10, ms: NEVER } } })
  const { client } = await open()
  client.write(`POST /v1/nothing HTTP/1.1\r\n${AUTH}content-length: 10\r\n\r\n12345`)
  t.equal((await read(client, 1))[0]?.status, 404)

  client.write(`12345${NEXT}`)

  t.equal((await read(client, 1))[0]?.status, 200)
})

t.test('data after a last answer is not parsed as a request', async (t) => {
  const { open, asked } = await run(t)
  const first = {
    'without a host': 'GET /v1/secrets HTTP/1.1\r\n\r\n',
    'before a tunnel': `GET /v1/secrets HTTP/1.1\r\n\r\nCONNECT /smuggled HTTP/1.1\r\n${AUTH}\r\n`,
    'refused while it waits': `GET /v1/secrets HTTP/1.1\r\n${AUTH}expect: 100-continue\r\ncontent-length: 5\r\n\r\n`,
    'that closes': `GET /v1/secrets HTTP/1.1\r\n${AUTH}connection: close\r\n\r\n`,
    'of HTTP/1.0': `GET /v1/secrets HTTP/1.0\r\n${AUTH}\r\n`,
    'of HTTP/1.0, with a long body': `GET /v1/secrets HTTP/1.0\r\n${AUTH}content-length: 5000000\r\n\r\n`,
  }
  for (const [name, text] of Object.entries(first)) {
    const { client, server } = await open()
    const closed = once(server, 'close')
    client.write(text + (name.includes('waits') ? '' : SMUGGLED))
    const answers = await read(client, 2)
    client.write(SMUGGLED)
    await closed
    t.match([answers.length, isLast(answers[0])], [1, true], name)
  }
  t.notOk(asked.includes('/smuggled'))
})

t.test('a client gets 100 Continue if its body is read, and not if the request is refused', async (t) => {
  const { open } = await run(t)
  const body = '{"title":"a","body":"b"}'
  const head = (path: string) =>
    `POST ${path} HTTP/1.1\r\n${AUTH}expect: 100-continue\r\ncontent-length: ${body.length}\r\n\r\n`

  const refused = await open()
  refused.client.write(head('/v1/nothing'))
  t.match(String((await once(refused.client, 'data'))[0]), /^HTTP\/1\.1 404 [\s\S]*connection: close/i)

  const { client } = await open()
  client.write(head('/v1/playbooks'))
  t.equal(String((await once(client, 'data'))[0]), 'HTTP/1.1 100 Continue\r\n\r\n')
  client.write(body)
  const [answer] = await read(client, 1)
  t.match([answer?.status, isLast(answer)], [200, false])
})

t.test('a body that is malformed after its headers is answered once', async (t) => {
  const { open, asked } = await run(t)
  const { client } = await open()

  client.write(`DELETE /v1/secrets/a HTTP/1.1\r\n${AUTH}transfer-encoding: chunked\r\n\r\nzz\r\n`)

  const answers = await read(client, 2)
  t.match(
    answers.map(({ status }) => status),
    [400],
  )
  t.same(asked, [], 'and does nothing')
})

t.test('a request that times out while its answer is sent is not answered again', async (t) => {
  const { app, open } = await run(t, { limits: { ...LIMITS, drain: { bytes: 1_000, ms: NEVER } } })
  await app.inject({ method: 'POST', url: '/_fake/faults', payload: { bytes_per_second: 20, times: 1 } })
  const { client, server } = await open()
  client.write(`GET /v1/nothing HTTP/1.1\r\n${AUTH}content-length: 10\r\n\r\n12345`)
  const first = await once(client, 'data')

  app.server.emit('clientError', Object.assign(new Error(), { code: 'ERR_HTTP_REQUEST_TIMEOUT' }), server)
  const rest: Buffer[] = [first[0]]
  for await (const chunk of client) rest.push(chunk)

  const answers = parseAnswers(Buffer.concat(rest))
  t.same(
    answers.map(({ status, body }) => [status, String(body)]),
    [[404, '{"detail":"Not Found"}']],
  )
})

t.test('a CONNECT is answered after earlier requests, and then its connection is closed', async (t) => {
  const { open } = await run(t)
  const body = '{"title":"a","body":"b"}'
  const post = `POST /v1/playbooks HTTP/1.1\r\n${AUTH}content-length: ${body.length}\r\n\r\n${body}`
  const connect = `CONNECT a:1 HTTP/1.1\r\n${AUTH}\r\n`
  for (const text of [connect, post + connect, post + connect + SMUGGLED]) {
    const { client, server } = await open()
    const closed = once(server, 'close')
    client.write(text)

    const answers = await read(client, 2)

    t.match([answers.at(-1)?.status, isLast(answers.at(-1))], [404, true])
    t.equal(answers.length, text.startsWith('POST') ? 2 : 1)
    await closed
  }
})

t.test('a connection that is aborted before its CONNECT is answered does not affect others', async (t) => {
  const { app, open } = await run(t)
  await app.inject({ method: 'POST', url: '/_fake/faults', payload: { abort: 'before', times: 1 } })
  const { client, server } = await open()
  const closed = once(server, 'close')

  client.write(`GET /v1/secrets HTTP/1.1\r\n${AUTH}\r\nCONNECT a:1 HTTP/1.1\r\n${AUTH}\r\n`)
  await closed

  const next: { client: Socket } = await open()
  next.client.write(NEXT)
  t.equal((await read(next.client, 1))[0]?.status, 200)
})

t.test('a client that half-closes a TLS connection still gets its answers', async (t) => {
  const { open } = await run(t, { isTls: true })
  const { client } = await open()
  const body = '{"title":"a","body":"b"}'
  client.end(`POST /v1/playbooks HTTP/1.1\r\n${AUTH}content-length: ${body.length}\r\n\r\n${body}${NEXT}`)

  t.same(
    (await read(client, 2)).map(({ status }) => status),
    [200, 200],
  )
})
