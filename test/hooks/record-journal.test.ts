import t from 'tap'
import { buildApp } from '../../src/app.ts'
import { mintCogKeys } from '../../src/auth/cog-keys.ts'
import { KeyRegistry } from '../../src/auth/keys.ts'
import { DEFAULT_ORG_ID } from '../../src/auth/principal.ts'
import { randomIds } from '../../src/base/ids.ts'
import { JournalRecorder } from '../../src/hooks/record-journal.ts'
import { BODY_KEPT_MAX } from '../../src/journal/journal.ts'
import { Organizations } from '../../src/organization/organizations.ts'
import { memoryStore } from '../../src/store/memory.ts'
import { type Fake, frozenClock, KEY, NOW, OTHER_ORG_KEY, startFake } from '../fake.ts'

const recordedIn = ({ organization }: Fake) => organization.journal.list()

async function fakeWithOrganizations(t: Parameters<typeof startFake>[0], options = {}) {
  const organizations = new Organizations({ store: memoryStore(), clock: frozenClock, ids: randomIds })
  return { organizations, ...(await startFake(t, { organizations, ...options })) }
}

t.test('a request is recorded in the journal of its organization', async (t) => {
  const fake = await startFake(t)

  await fake.call('DELETE', '/v1/secrets/secret-1?a=1')

  const [entry] = recordedIn(fake)
  t.match(entry, {
    id: 1,
    at: NOW,
    orgId: DEFAULT_ORG_ID,
    method: 'DELETE',
    target: '/v1/secrets/secret-1?a=1',
    body: undefined,
    route: { method: 'DELETE', template: '/v1/secrets/{secret_id}' },
    status: 404,
    responseHeaders: { 'content-type': 'application/json' },
    payload: '{"detail":"Secret not found"}',
  })
  t.ok(entry?.rawHeaders.includes(`Bearer ${KEY}`))
  t.ok(entry !== undefined && entry.bytes > 600)
  t.ok(entry !== undefined && entry.micros > 0 && entry.micros < 600e6, 'since the arrival')
})

t.test('many short headers and fields count for at least half of their memory', async (t) => {
  const fake = await startFake(t)
  const names = Array.from({ length: 900 }, (_, n) => `h${n + 1_000_000}`)

  await fake.call('GET', '/v1/secrets', { headers: Object.fromEntries(names.map((name) => [name, 'v'])) })
  await fake.call('POST', '/v1/attachments', {
    payload: names.map((name) => `${name}=v`).join('&'),
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
  })

  const [headers, fields] = recordedIn(fake).map(({ bytes }) => bytes) as [number, number]
  // Measured with Node 24: a header takes 69 bytes, a field 54.
  t.ok(headers >= (900 * 69) / 2, `${headers}`)
  t.ok(fields >= (900 * 54) / 2, `${fields}`)
})

t.test('a body is recorded as sent, before validation', async (t) => {
  const fake = await startFake(t)

  await fake.send('POST', '/v1/sessions', { prompt: 'p', repos: [] })

  t.same(recordedIn(fake)[0]?.body, Buffer.from('{"prompt":"p","repos":[]}'))
})

t.test('an invalid JSON body is not recorded', async (t) => {
  const fake = await startFake(t)

  await fake.call('POST', '/v1/secrets', {
    payload: '{"value": "s3cr3t"',
    headers: { 'content-type': 'application/json' },
  })

  t.match(recordedIn(fake), [{ status: 422, body: undefined }])
})

t.test('the entry of a form has the names, types and sizes of files', async (t) => {
  const fake = await startFake(t)
  const part = (disposition: string, body: string, type = '') =>
    `--b\r\nContent-Disposition: form-data; ${disposition}\r\n${type}\r\n${body}\r\n`
  const payload = [
    part('name="file"; filename="a.txt"', 'abc', 'Content-Type: text/plain\r\n'),
    part('name="two"; filename="b"', '12'),
    part('name="two"', 'text'),
    '--b--\r\n',
  ].join('')

  await fake.call('POST', '/v1/attachments', {
    payload,
    headers: { 'content-type': 'multipart/form-data; boundary=b' },
  })

  t.same(recordedIn(fake)[0]?.body, {
    file: { filename: 'a.txt', content_type: 'text/plain', size: 3 },
    two: [{ filename: 'b', content_type: null, size: 2 }, 'text'],
  })
})

t.test('the size of an entry includes the fields of a form', async (t) => {
  const fake = await startFake(t)
  for (const length of [1, 1_001]) {
    await fake.call('POST', '/v1/attachments', {
      payload: `--b\r\nContent-Disposition: form-data; name="f"\r\n\r\n${'x'.repeat(length)}\r\n--b--\r\n`,
      headers: { 'content-type': 'multipart/form-data; boundary=b' },
    })
  }

  const [short, long] = recordedIn(fake).map(({ bytes }) => bytes) as [number, number]
  t.ok(long - short >= 1_000 && long - short < 1_010, `${short} and ${long} bytes`)
})

t.test('requests that do not reach a handler are recorded', async (t) => {
  const fake = await fakeWithOrganizations(t)
  const requests = [
    ['GET', '/v1/nothing'],
    ['PATCH', '/v1/secrets'],
    ['GET', '/v1/secrets/'],
    ['POST', '/v1/secrets'],
    ['GET', '/openapi.json'],
  ] as const
  for (const [method, url] of requests) await fake.call(method, url)

  t.same(
    recordedIn(fake).map(({ method, target, route, status }) => [
      method,
      target,
      route?.template ?? null,
      status,
    ]),
    [
      ['GET', '/v1/nothing', null, 404],
      ['PATCH', '/v1/secrets', null, 405],
      ['GET', '/v1/secrets/', null, 307],
      ['POST', '/v1/secrets', '/v1/secrets', 422],
      ['GET', '/openapi.json', '/openapi.json', 200],
    ],
  )
  t.equal(recordedIn(fake)[0]?.responseHeaders['content-type'], 'application/json')
  t.same(fake.organizations.journals.of(null).list(), [])
})

t.test('requests without a valid key are recorded without an organization', async (t) => {
  const fake = await fakeWithOrganizations(t)

  await fake.call('GET', '/v1/secrets', { headers: { authorization: 'Bearer cog_wrong' } })
  await fake.call('GET', '/v1/nothing', { headers: { authorization: '' } })

  const unowned = fake.organizations.journals.of(null).list()
  t.same(
    unowned.map(({ orgId, at, status }) => [orgId, at, status]),
    [
      [null, NOW, 403],
      [null, NOW, 404],
    ],
  )
  t.same(recordedIn(fake), [])
})

t.test(
  'a request with the key of a deleted organization is recorded without one, and does not create it again',
  async (t) => {
    const fake = await fakeWithOrganizations(t)
    const { organizations } = fake
    const headers = { authorization: `Bearer ${OTHER_ORG_KEY}` }
    await fake.call('GET', '/v1/secrets', { headers })
    const [orgId = ''] = organizations.all().flatMap(({ orgId }) => (orgId === DEFAULT_ORG_ID ? [] : [orgId]))
    await organizations.delete(orgId)

    for (const url of ['/v1/secrets', '/v1/nothing']) await fake.call('GET', url, { headers })

    t.equal(organizations.find(orgId), undefined)
    const unowned = organizations.journals.of(null).list()
    t.same(
      unowned.map(({ orgId, target, status }) => [orgId, target, status]),
      [
        [null, '/v1/secrets', 403],
        [null, '/v1/nothing', 404],
      ],
    )
  },
)

t.test(
  'a request to the enterprise with the key of an organization is recorded in its journal',
  async (t) => {
    const fake = await fakeWithOrganizations(t)
    const orgId = `org-${'a'.repeat(32)}`
    const { service } = mintCogKeys(orgId, randomIds())
    fake.organizations.get(orgId)

    const { statusCode } = await fake.app.inject({
      url: '/v3/enterprise/organizations',
      headers: { authorization: `Bearer ${service}` },
    })

    t.equal(statusCode, 403)
    t.match(fake.organizations.journals.read(orgId).entries, [{ status: 403 }])
  },
)

t.test('a request that is refused before authentication creates no organization', async (t) => {
  const fake = await fakeWithOrganizations(t)
  const { organizations } = fake
  const created = organizations.all().length

  await fake.call('GET', '/v1/nothing', { headers: { authorization: `Bearer ${OTHER_ORG_KEY}` } })

  t.equal(organizations.all().length, created)
  t.match(organizations.journals.read().entries, [{ target: '/v1/nothing', orgId: /^org-/ }])
})

t.test('a journal has only the requests of its organization, with ids of the whole server', async (t) => {
  const fake = await fakeWithOrganizations(t)

  await fake.call('GET', '/v1/secrets')
  await fake.call('GET', '/v1/secrets', { headers: { authorization: `Bearer ${OTHER_ORG_KEY}` } })
  await fake.call('GET', '/v1/secrets')

  t.same(
    recordedIn(fake).map(({ id }) => id),
    [1, 3],
  )
})

t.test('calls of the control plane are not recorded, whether they exist or not', async (t) => {
  const fake = await fakeWithOrganizations(t)

  for (const path of ['/_fake/health', '/_fake/nothing', '/%5Ffake/nothing', '/_fake/health/'])
    await fake.call('GET', path)

  t.same([recordedIn(fake), fake.organizations.journals.of(null).list()], [[], []])
})

t.test('a journal with a limit of 0 registers no hook', async (t) => {
  const fake = await startFake(t, { journal: { entries: 0 } })
  const seen: string[] = []
  const recorder = new JournalRecorder({ keys: new KeyRegistry(), organizations: offOrganizations() })
  const app = { addHook: (name: string) => seen.push(name), decorateRequest: () => undefined }
  recorder.trackTiming(app as never)
  recorder.recordResponses(app as never)
  recorder.recordAborted({} as never)

  await fake.call('GET', '/v1/secrets')

  t.same([recordedIn(fake), seen], [[], []])
})

function offOrganizations(): Organizations {
  const organizations = new Organizations({ store: memoryStore(), clock: frozenClock, ids: randomIds })
  organizations.journals.limit({ bytes: 0 })
  return organizations
}

t.test('the number and the size of entries can be limited', async (t) => {
  const [few, small] = [
    await startFake(t, { journal: { entries: 1 } }),
    await startFake(t, { journal: { bytes: 100 } }),
  ]
  for (const fake of [few, small])
    for (const url of ['/v1/secrets', '/v1/sessions']) await fake.call('GET', url)

  t.match([recordedIn(few), few.organization.journal.dropped], [[{ target: '/v1/sessions' }], 1])
  t.same([recordedIn(small), small.organization.journal.dropped], [[], 2])
})

t.test('an aborted request is recorded without a response', async (t) => {
  const organizations = new Organizations({ store: memoryStore(), clock: frozenClock, ids: randomIds })
  const keys = new KeyRegistry()
  const recorder = new JournalRecorder({ keys, organizations })
  const app = await buildApp({ organizations, keys })
  t.teardown(() => app.close())
  app.addHook('onSend', (request, _reply, _payload, done) => {
    recorder.recordAborted(request)
    done()
  })

  for (const url of ['/v1/secrets/a', '/v1/nothing', '/_fake/nothing']) {
    await app.inject({ url, method: 'DELETE', headers: { authorization: `Bearer ${KEY}` } })
  }

  const aborted = organizations
    .get(DEFAULT_ORG_ID)
    .journal.list()
    .filter(({ status }) => status === null)
  t.match(aborted, [
    { route: { method: 'DELETE', template: '/v1/secrets/{secret_id}' }, payload: null, responseHeaders: {} },
    { route: null, target: '/v1/nothing' },
  ])
  t.equal(aborted.length, 2)
})

t.test('an empty response has no payload', async (t) => {
  const fake = await startFake(t)

  await fake.call('GET', '/v1/secrets/')

  t.match(recordedIn(fake), [{ status: 307, payload: null }])
})

t.test('consecutive entries with equal headers share them', async (t) => {
  const fake = await startFake(t)

  for (const trace of ['a', 'a', 'b', 'a']) {
    await fake.call('GET', '/v1/secrets', { headers: { 'x-trace': trace } })
  }
  await fake.call('GET', '/v1/secrets')

  const [first, second, third, fourth, fifth] = recordedIn(fake).map(({ rawHeaders }) => rawHeaders)
  t.equal(second, first)
  t.not(third, second)
  t.match([third?.includes('b'), fourth?.includes('b')], [true, false])
  t.same(fourth, first)
  t.notOk(fifth?.includes('x-trace'))
})

t.test('a long body is replaced by its length', async (t) => {
  const fake = await startFake(t)
  const body = 'é'.repeat(BODY_KEPT_MAX)
  await fake.send('POST', '/v1/secrets', {
    type: 'key-value',
    key: 'K',
    value: body,
    sensitive: true,
    note: '',
  })
  await fake.send('POST', '/v1/knowledge', { name: 'n', body, trigger_description: 't' })
  await fake.call('GET', '/v1/knowledge')
  const fields = Array.from(
    { length: 3 },
    () => `--b\r\nContent-Disposition: form-data; name="f"\r\n\r\n${'x'.repeat(500_000)}\r\n`,
  )
  await fake.call('POST', '/v1/attachments', {
    payload: `${fields.join('')}--b--\r\n`,
    headers: { 'content-type': 'multipart/form-data; boundary=b' },
  })

  const entries = (await fake.app.inject('/_fake/requests')).json().requests
  const shown =
    (await fake.call('GET', '/v1/knowledge')).rawPayload.length - '{"knowledge":[],"folders":[]}'.length

  const omitted = (bytes: number) =>
    `(not kept: ${bytes} bytes; bodies are kept up to ${BODY_KEPT_MAX} bytes)`
  const sent = entries.map(({ body_bytes }: { body_bytes: number }) => body_bytes)
  t.match(entries, [
    { status: 200, body: omitted(sent[0]), unread_fields: [] },
    {
      status: 200,
      body: omitted(sent[1]),
      response_body: omitted(shown),
    },
    { status: 200, route: '/v1/knowledge' },
    { status: 422, body: `(not kept: bodies are kept up to ${BODY_KEPT_MAX} bytes)` },
  ])
  t.equal(entries[2].response_body, undefined, 'it was streamed')
  t.equal(entries[1].response_headers['content-length'], String(shown))
  t.ok(sent[0] > 2 * BODY_KEPT_MAX)
  for (const { bytes } of recordedIn(fake)) t.ok(bytes < 10_000)
})
