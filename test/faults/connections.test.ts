// Faults on real connections, and the automatic retries of clients after them.

import { Agent, request } from 'node:http'
import t, { type Test } from 'tap'
import { DEFAULT_ORG_ID } from '../../src/auth/principal.ts'
import { ClientRetries, RETRIES_MAX, RETRY_WINDOW } from '../../src/faults/client-retries.ts'
import type { Fault } from '../../src/faults/fault.ts'
import { startServer } from '../../src/server/start.ts'
import { DEFAULT_CONFIG } from '../../src/settings/config.ts'
import { KEY } from '../fake.ts'
import { parseAnswers } from '../fuzz/wire.ts'
import { call } from '../server/tls/call.ts'
import { errorOf, type Faulty, PLAYBOOK, raw, startFaulty, waitUntil } from './start.ts'

t.test('pipelined requests before an aborted one are answered', async (t) => {
  for (const abort of ['before', 'after', 'mid-body']) {
    const fake = await startFaulty(t)
    await fake.add({ delay_ms: 50, method: 'GET' })
    await fake.add({ abort, method: 'POST' })
    const requests = [
      raw('GET', '/v1/secrets'),
      raw('POST', '/v1/playbooks', PLAYBOOK),
      raw('GET', '/v1/secrets'),
    ]

    const [first = '', second = ''] = String(await fake.exchange(requests.join(''))).split(
      /(?<=\r\n\r\n\[\])/,
    )

    t.match(first, /^HTTP\/1\.1 200 OK\r\n[\s\S]*\r\n\r\n\[\]$/, abort)
    t.match(second, abort === 'mid-body' ? /\r\n\r\n\{"playbook_id":"[^}]*$/ : /^$/, abort)
  }
})

t.test('many pipelined requests can be aborted', async (t) => {
  const fake = await startFaulty(t)
  await fake.add({ delay_ms: 50, method: 'GET' })
  await fake.add({ abort: 'before', method: 'DELETE' })
  const warnings: Error[] = []
  const warn = (warning: Error) => warnings.push(warning)
  process.on('warning', warn)
  t.teardown(() => process.off('warning', warn))

  const bytes = await fake.exchange(raw('GET', '/v1/secrets') + raw('DELETE', '/v1/secrets/a').repeat(50))

  t.match(String(bytes), /^HTTP\/1\.1 200 OK\r\n[\s\S]*\r\n\r\n\[\]$/)
  t.same(warnings, [])
})

t.test('an unread request body is not parsed as the next request', async (t) => {
  const fake = await startFaulty(t)
  await fake.add({ status: 503, times: 4 })
  const smuggled = raw('DELETE', '/v1/playbooks/x')
  const bodies = [
    raw('POST', '/v1/playbooks', smuggled),
    raw('GET', '/v1/playbooks', smuggled),
    raw('POST', '/v1/attachments', smuggled, 'Content-Type: multipart/form-data; boundary=b'),
    `${raw('POST', '/v1/playbooks', '', 'Transfer-Encoding: chunked')}5\r\nGET /\r\n0\r\n\r\n`,
    raw('GET', '/v1/secrets', '', 'Connection: close'),
  ]

  const answers = parseAnswers(await fake.exchange(...bodies))

  t.same(
    answers.map(({ status }) => status),
    [503, 503, 503, 503, 200],
  )
  t.same(
    (await fake.journal()).map(({ method }) => method),
    ['POST', 'GET', 'POST', 'POST', 'GET'],
  )
})

t.test('the journal has the body of a request that fails, with or without a length', async (t) => {
  const fake = await startFaulty(t)
  await fake.add({ status: 503 })
  const chunked = raw('POST', '/v1/playbooks', '', 'Transfer-Encoding: chunked')

  await fake.exchange(
    raw('POST', '/v1/playbooks', PLAYBOOK),
    `${chunked}${PLAYBOOK.length.toString(16)}\r\n${PLAYBOOK}\r\n0\r\n\r\n`,
    raw('GET', '/v1/secrets', '', 'Connection: close'),
  )

  const body = JSON.parse(PLAYBOOK)
  t.same(
    (await fake.journal()).map((entry) => entry.body),
    [body, body, null],
  )
})

t.test('a request body beyond the limit closes the connection', async (t) => {
  const fake = await startFaulty(t, { limits: { jsonBytes: 100, uploadBytes: 200 } })
  await fake.add({ status: 503 })

  for (const [path, limit] of [
    ['/v1/playbooks', 100],
    ['/v1/nothing', 100],
    ['/v1/attachments', 200],
  ] as const) {
    const [tooLong] = parseAnswers(await fake.exchange(raw('POST', path, 'x'.repeat(limit + 1))))
    t.match([tooLong?.status, tooLong?.headers.get('connection')], [503, 'close'], path)
    const another = raw('GET', '/', '', 'Connection: close')
    const answers = parseAnswers(await fake.exchange(raw('POST', path, 'x'.repeat(limit)) + another))
    t.equal(answers.length, 2, path)
  }
})

t.test('a client that disconnects before the end of its body gets no response', async (t) => {
  const fake = await startFaulty(t)
  await fake.add({ status: 503 })

  await fake.sendAndDisconnect(raw('POST', '/v1/playbooks', PLAYBOOK).slice(0, -3))

  await waitUntil(async () => (await fake.journal()).length === 1)
  t.match(await fake.journal(), [{ status: null }])
})

t.test('faults apply over TLS', async (t) => {
  const settings = { ...DEFAULT_CONFIG, port: 0, logLevel: 'silent', tls: true, tlsPort: 0 } as const
  const server = await startServer(settings)
  t.teardown(() => server.close())
  const { app, tlsUrl = '', caPem: ca = '' } = server
  const get = async (fault: object) => {
    await app.inject({ method: 'POST', url: '/_fake/faults', payload: { ...fault, times: 1 } })
    return call(`${tlsUrl}/v1/secrets`, { ca })
  }

  for (const abort of ['before', 'after', 'mid-body']) {
    t.equal(await errorOf(get({ abort })), 'ECONNRESET', abort)
  }
  t.equal((await get({ bytes_per_second: 50 })).text, '[]')
  t.match(await get({ status: 503, delay_ms: 1 }), { status: 503, text: '{"detail":"Service Unavailable"}' })
  t.equal((await get({ malformed_json: true })).text, '[')
})

t.test('closing the server cuts off responses that faults delay', async (t) => {
  const server = await startServer({ ...DEFAULT_CONFIG, port: 0, logLevel: 'silent' })
  const add = (payload: object) => server.app.inject({ method: 'POST', url: '/_fake/faults', payload })
  await add({ delay_ms: 600_000, times: 1 })
  await add({ bytes_per_second: 1, times: 1 })
  const whole = async () => (await fetch(`${server.url}/v1/nothing`)).text()
  const ends = Promise.all([errorOf(whole()), errorOf(whole())])
  await waitUntil(async () => (await server.app.inject('/_fake/faults')).json().faults.length === 0)

  await server.close()

  t.same(await ends, ['UND_ERR_SOCKET', 'UND_ERR_SOCKET'])
})

t.test(
  'faults apply to downloads from the storage, including those of the owning organization',
  async (t) => {
    const fake = await startFaulty(t)
    const url = new URL(await signedUrl(fake))
    const download = async (fault: object) => {
      await fake.add({ ...fault, times: 1 })
      return fetch(url)
    }

    const cut = await download({ malformed_json: true, org_id: DEFAULT_ORG_ID })
    t.match([cut.status, cut.headers.get('content-disposition')], [200, /a\.json/])
    t.equal(await cut.text(), '{"a"')
    t.equal(await errorOf((await download({ abort: 'mid-body' })).text()), 'UND_ERR_SOCKET')
    t.equal(await (await download({ bytes_per_second: 100 })).text(), '{"a": 1}')
    t.equal((await download({ status: 503, path: '/_fake/storage/**' })).status, 503)
    t.equal((await fetch(url)).status, 200)
  },
)

t.test('only a signed URL determines the organization of a download', async (t) => {
  const fake = await startFaulty(t)
  const url = new URL(await signedUrl(fake))
  url.searchParams.set('signature', 'x')
  await fake.add({ status: 503, org_id: DEFAULT_ORG_ID })

  t.equal((await fetch(url)).status, 403)
  t.equal((await fetch(new URL(url.pathname, url))).status, 422)
})

/** Creates an attachment and returns the signed URL that the API redirects to. */
async function signedUrl(fake: Faulty): Promise<string> {
  const file = { name: 'a.json', contentType: 'application/json', bytes: Buffer.from('{"a": 1}') }
  await fake.organization.attachments.insert({ ...file, id: 'uuid-1', createdAt: 0 })
  const res = await fake.get('/v1/attachments/uuid-1/a.json', { redirect: 'manual' })
  return new URL(String(res.headers.get('location')), fake.url).href
}

const FAULT = { spec: {} } as Fault
const TARGET = { method: 'GET', path: '/v1/secrets' }

t.test('a retry is expected once, within the retry window, and only for an identical request', async (t) => {
  const retries = new ClientRetries()
  t.ok(retries.isEmpty)
  retries.expect(FAULT, TARGET, 0)
  t.notOk(retries.isEmpty)
  t.equal(retries.take({ ...TARGET, method: 'POST' }, 1), undefined)
  t.equal(retries.take({ ...TARGET, path: '/v1/sessions' }, 1), undefined)
  t.equal(retries.take({ ...TARGET, identity: 'k' }, 1), undefined)
  t.equal(retries.take(TARGET, RETRY_WINDOW), FAULT)
  t.equal(retries.take(TARGET, RETRY_WINDOW), undefined)

  retries.expect(FAULT, TARGET, 0)
  t.equal(retries.take(TARGET, RETRY_WINDOW + 1), undefined)
  t.ok(retries.isEmpty, 'an expired retry is removed')
})

t.test('retries are removed with their fault, and the oldest is evicted beyond the maximum', async (t) => {
  const retries = new ClientRetries()
  const other = { spec: {} } as Fault
  retries.expect(FAULT, TARGET, 0)
  retries.expect(other, { ...TARGET, method: 'POST' }, 0)
  retries.forget((candidate) => candidate === FAULT)
  t.equal(retries.take(TARGET, 0), undefined)
  t.equal(retries.take({ ...TARGET, method: 'POST' }, 0), other)

  for (let n = 0; n <= RETRIES_MAX; n++) retries.expect(FAULT, { ...TARGET, path: `/${n}` }, 0)
  t.equal(retries.take({ ...TARGET, path: '/0' }, 0), undefined)
  t.equal(retries.take({ ...TARGET, path: '/1' }, 0), FAULT)
})

/**
 * Returns a client that retries a request if a reused connection closes, like curl, Go and Java. It resolves with the
 * status or the error code.
 */
function retryingClientOf(t: Test, { url }: Faulty) {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  t.teardown(() => agent.destroy())
  const send = (method: string, path: string): Promise<number | string> =>
    new Promise((resolve) => {
      const headers = { authorization: `Bearer ${KEY}`, 'content-type': 'application/json' }
      const sent = request(url + path, { agent, method, headers }, (answer) => {
        answer.resume().on('end', () => resolve(answer.statusCode as number))
      })
      sent.on('error', (error: NodeJS.ErrnoException) => {
        resolve(sent.reusedSocket ? send(method, path) : String(error.code))
      })
      sent.end(method === 'POST' ? PLAYBOOK : undefined)
    })
  return (method = 'GET', path = '/v1/playbooks') => send(method, path)
}

/** Returns a client that keeps connections alive and never retries. It resolves with the status or `'failed'`. */
function simpleClientOf(t: Test, { url }: Faulty) {
  const agent = new Agent({ keepAlive: true })
  t.teardown(() => agent.destroy())
  return (path = '/v1/playbooks') =>
    new Promise((resolve) => {
      const headers = { authorization: `Bearer ${KEY}` }
      const sent = request(url + path, { agent, headers }, (answer) =>
        answer.resume().on('end', () => resolve(answer.statusCode)),
      )
      sent.on('error', () => resolve('failed')).end()
    })
}

/** Waits for one turn of the event loop, after which the agent reuses a connection. */
const settled = () => new Promise((resolve) => setImmediate(resolve))

async function outcomes(ask: () => Promise<number | string>, times: number): Promise<(number | string)[]> {
  const results = []
  for (let time = 0; time < times; time++) {
    results.push(await ask())
    await settled()
  }
  return results
}

t.test('without include_retries an automatic retry hides the fault from the client', async (t) => {
  const fake = await startFaulty(t)
  await fake.add({ abort: 'before', after: 1, times: 1 })
  const ask = retryingClientOf(t, fake)
  t.same(await outcomes(ask, 3), [200, 200, 200])
})

t.test('broken-connection fails a client with automatic retries, and is counted once', async (t) => {
  const fake = await startFaulty(t)
  const id = await fake.add({ preset: 'broken-connection', after: 1, times: 2 })
  const ask = retryingClientOf(t, fake)

  t.same(await outcomes(ask, 2), [200, 'ECONNRESET'])
  t.match(await fake.faults(), [{ matched: 2, struck: 1, left: 1 }])
  t.same(
    (await fake.journal()).map(({ fault, status }) => [fault, status]),
    [
      [undefined, 200],
      [id, null],
      [id, null],
    ],
  )
  t.same(await outcomes(ask, 2), ['ECONNRESET', 200], 'the first request on a connection is not retried')
})

t.test('after abort "after" the retry is aborted as well, and the operation has run twice', async (t) => {
  const fake = await startFaulty(t)
  await fake.add({ abort: 'after', include_retries: true, method: 'POST', times: 1 })
  const ask = retryingClientOf(t, fake)

  t.same(await outcomes(ask, 1), [200])
  t.equal(await ask('POST'), 'ECONNRESET')
  t.equal(await fake.playbooks(), 2)
  t.equal(await ask('POST'), 200)
})

t.test('other requests do not count as the retry', async (t) => {
  const fake = await startFaulty(t)
  await fake.add({ preset: 'broken-connection', path: '/v1/playbooks', after: 1 })
  const send = simpleClientOf(t, fake)
  t.equal(await send('/v1/playbooks'), 200)
  await settled()
  t.equal(await send('/v1/playbooks'), 'failed')
  t.same([await send('/v1/playbooks?limit=1'), await send('/v1/secrets')], [200, 200])
})

t.test('a retry succeeds once the fault is removed', async (t) => {
  for (const remove of ['/_fake/faults', '/_fake/faults/{id}']) {
    const fake = await startFaulty(t)
    const id = await fake.add({ preset: 'broken-connection', after: 1, times: 2 })
    const send = simpleClientOf(t, fake)
    t.equal(await send(), 200)
    await settled()
    t.equal(await send(), 'failed')
    await fake.call('DELETE', remove.replace('{id}', id))
    t.equal(await send(), 200, remove)
  }
})

t.test('include_retries is rejected unless the connection closes without a response', async (t) => {
  const fake = await startFaulty(t)
  for (const more of [{ status: 503 }, { abort: 'mid-body' }, { delay_ms: 1 }]) {
    const res = await fake.send('POST', '/_fake/faults', { include_retries: true, ...more })
    t.equal(res.statusCode, 422, JSON.stringify(more))
    t.match(res.json().detail, [{ loc: ['body', 'include_retries'], input: true }])
  }
  t.match((await fake.send('POST', '/_fake/faults', { status: 503, include_retries: false })).statusCode, 201)
})
