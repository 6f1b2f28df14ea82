import t from 'tap'
import { DEFAULT_ORG_ID } from '../../src/auth/principal.ts'
import { startServer } from '../../src/server/start.ts'
import { DEFAULT_CONFIG } from '../../src/settings/config.ts'
import { parseAnswers } from '../fuzz/wire.ts'
import { call } from '../server/tls/call.ts'
import { errorOf, type Faulty, PLAYBOOK, raw, startFaulty, until } from './start.ts'

t.test('requests in a pipeline are answered up to the one that is hung up on', async (t) => {
  for (const abort of ['before', 'after', 'mid-body']) {
    const fake = await startFaulty(t)
    await fake.add({ delay_ms: 50, method: 'GET' })
    await fake.add({ abort, method: 'POST' })
    const requests = [
      raw('GET', '/v1/secrets'),
      raw('POST', '/v1/playbooks', PLAYBOOK),
      raw('GET', '/v1/secrets'),
    ]

    const [first = '', second = ''] = String(await fake.talk(requests.join(''))).split(/(?<=\r\n\r\n\[\])/)

    t.match(first, /^HTTP\/1\.1 200 OK\r\n[\s\S]*\r\n\r\n\[\]$/, abort)
    t.match(second, abort === 'mid-body' ? /\r\n\r\n\{"playbook_id":"[^}]*$/ : /^$/, abort)
  }
})

t.test('many requests in a pipeline can be hung up on', async (t) => {
  const fake = await startFaulty(t)
  await fake.add({ delay_ms: 50, method: 'GET' })
  await fake.add({ abort: 'before', method: 'DELETE' })
  const warnings: Error[] = []
  const warn = (warning: Error) => warnings.push(warning)
  process.on('warning', warn)
  t.teardown(() => process.off('warning', warn))

  const bytes = await fake.talk(raw('GET', '/v1/secrets') + raw('DELETE', '/v1/secrets/a').repeat(50))

  t.match(String(bytes), /^HTTP\/1\.1 200 OK\r\n[\s\S]*\r\n\r\n\[\]$/)
  t.same(warnings, [])
})

t.test('a body that nobody reads is not taken for the next request', async (t) => {
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

  const answers = parseAnswers(await fake.talk(...bodies))

  t.same(
    answers.map(({ status }) => status),
    [503, 503, 503, 503, 200],
  )
  t.same(
    (await fake.journal()).map(({ method }) => method),
    ['POST', 'GET', 'POST', 'POST', 'GET'],
  )
})

t.test('a body that is longer than the API reads ends the connection', async (t) => {
  const fake = await startFaulty(t, { limits: { jsonBytes: 100, uploadBytes: 200 } })
  await fake.add({ status: 503 })

  for (const [path, limit] of [
    ['/v1/playbooks', 100],
    ['/v1/nothing', 100],
    ['/v1/attachments', 200],
  ] as const) {
    const [tooLong] = parseAnswers(await fake.talk(raw('POST', path, 'x'.repeat(limit + 1))))
    t.match([tooLong?.status, tooLong?.headers.get('connection')], [503, 'close'], path)
    const another = raw('GET', '/', '', 'Connection: close')
    const answers = parseAnswers(await fake.talk(raw('POST', path, 'x'.repeat(limit)) + another))
    t.equal(answers.length, 2, path)
  }
})

t.test('a client that hangs up before the end of its body gets nothing', async (t) => {
  const fake = await startFaulty(t)
  await fake.add({ status: 503 })

  await fake.leave(raw('POST', '/v1/playbooks', PLAYBOOK).slice(0, -3))

  await until(async () => (await fake.journal()).length === 1)
  t.match(await fake.journal(), [{ status: null }])
})

t.test('faults strike over TLS as they do without', async (t) => {
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

t.test('a server that is closed cuts off what faults hold up', async (t) => {
  const server = await startServer({ ...DEFAULT_CONFIG, port: 0, logLevel: 'silent' })
  const add = (payload: object) => server.app.inject({ method: 'POST', url: '/_fake/faults', payload })
  await add({ delay_ms: 600_000, times: 1 })
  await add({ bytes_per_second: 1, times: 1 })
  const whole = async () => (await fetch(`${server.url}/v1/nothing`)).text()
  const ends = Promise.all([errorOf(whole()), errorOf(whole())])
  await until(async () => (await server.app.inject('/_fake/faults')).json().faults.length === 0)

  await server.close()

  t.same(await ends, ['UND_ERR_SOCKET', 'UND_ERR_SOCKET'])
})

t.test('downloads from the storage are struck, also by the faults of whose they are', async (t) => {
  const fake = await startFaulty(t)
  const address = new URL(await signedAddress(fake))
  const strike = async (fault: object) => {
    await fake.add({ ...fault, times: 1 })
    return fetch(address)
  }

  const cut = await strike({ malformed_json: true, org_id: DEFAULT_ORG_ID })
  t.match([cut.status, cut.headers.get('content-disposition')], [200, /a\.json/])
  t.equal(await cut.text(), '{"a"')
  t.equal(await errorOf((await strike({ abort: 'mid-body' })).text()), 'UND_ERR_SOCKET')
  t.equal(await (await strike({ bytes_per_second: 100 })).text(), '{"a": 1}')
  t.equal((await strike({ status: 503, path: '/_fake/storage/**' })).status, 503)
  t.equal((await fetch(address)).status, 200)
})

t.test('whose a download is, only an address that the server has signed says', async (t) => {
  const fake = await startFaulty(t)
  const address = new URL(await signedAddress(fake))
  address.searchParams.set('signature', 'x')
  await fake.add({ status: 503, org_id: DEFAULT_ORG_ID })

  t.equal((await fetch(address)).status, 403)
  t.equal((await fetch(new URL(address.pathname, address))).status, 422)
})

/** Makes an attachment, and gives where the API sends whoever asks for it. */
async function signedAddress(fake: Faulty): Promise<string> {
  const file = { name: 'a.json', contentType: 'application/json', bytes: Buffer.from('{"a": 1}') }
  await fake.organization.attachments.insert({ ...file, id: 'uuid-1', createdAt: 0 })
  const res = await fake.get('/v1/attachments/uuid-1/a.json', { redirect: 'manual' })
  return new URL(String(res.headers.get('location')), fake.url).href
}
