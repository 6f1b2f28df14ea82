import fc from 'fast-check'
import t from 'tap'
import { DEFAULT_ORG_ID } from '../../../src/auth/principal.ts'
import { type Fake, KEY, OTHER_ORG_KEY, startFake } from '../../fake.ts'

const OTHER_ORG = `org-${'b2'.repeat(16)}`
const asOther = { headers: { authorization: `Bearer ${OTHER_ORG_KEY}` } }
const unauthenticated = { headers: { authorization: '' } }

async function listed({ app }: Fake, query = '') {
  const res = await app.inject(`/_fake/requests${query}`)
  if (res.statusCode !== 200) throw new Error(res.body)
  return res.json()
}

const pathsOf = ({ requests }: { requests: { path: string }[] }) => requests.map(({ path }) => path)

t.test('GET /_fake/requests lists all requests with their responses, newest last', async (t) => {
  const fake = await startFake(t)
  await fake.send('POST', '/v1/knowledge', { name: 'n', body: 'b', trigger_description: 't', repos: [] })
  await fake.call('GET', '/v1/sessions', asOther)
  await fake.call('GET', '/v1/sessions?x=1', unauthenticated)

  const { requests, total, dropped } = await listed(fake)

  t.same([total, dropped], [3, 0])
  t.match(requests, [
    {
      id: 1,
      method: 'POST',
      path: '/v1/knowledge',
      route: '/v1/knowledge',
      headers: { authorization: 'Bearer apk_user_***' },
      body: { name: 'n', repos: [] },
      status: 200,
      response_body: { name: 'n' },
      unread_fields: ['body.repos'],
    },
    { id: 2, org_id: OTHER_ORG, unread_fields: [] },
    { id: 3, org_id: null, status: 401, unread_fields: ['query.x'] },
  ])
})

t.test('GET /_fake/requests filters by method, path, status, organization and start', async (t) => {
  const fake = await startFake(t)
  await fake.call('GET', '/v1/secrets')
  fake.advance(60)
  await fake.call('DELETE', '/v1/secrets/a')
  await fake.call('GET', '/v1/sessions', asOther)

  const cases: Record<string, string[]> = {
    '?method=DELETE': ['/v1/secrets/a'],
    '?path=/v1/secrets': ['/v1/secrets'],
    '?path=/v1/secrets/{secret_id}': ['/v1/secrets/a'],
    '?path=/v1/secrets/**': ['/v1/secrets', '/v1/secrets/a'],
    '?status=404': ['/v1/secrets/a'],
    '?status=2xx': ['/v1/secrets', '/v1/sessions'],
    [`?org_id=${OTHER_ORG}`]: ['/v1/sessions'],
    '?since=1': ['/v1/secrets/a', '/v1/sessions'],
    '?since=2026-01-02T03:05:00Z': ['/v1/secrets/a'],
    '?before=3': ['/v1/secrets', '/v1/secrets/a'],
    '?before=3&limit=1': ['/v1/secrets/a'],
    '?since=1&before=3': ['/v1/secrets/a'],
    '?method=GET&status=2xx&limit=1': ['/v1/sessions'],
    '?limit=0': [],
  }
  for (const [query, expected] of Object.entries(cases))
    t.same(pathsOf(await listed(fake, query)), expected, query)
  t.equal((await listed(fake, '?limit=1')).total, 3)
  t.equal((await listed(fake, '?before=3&limit=1')).total, 2)
})

t.test('GET /_fake/requests lists the requests of several organizations in their order', async (t) => {
  const fake = await startFake(t)
  for (const options of [{}, asOther, unauthenticated, {}, asOther]) {
    await fake.call('GET', '/v1/secrets', options)
  }

  const { requests } = await listed(fake)

  t.same(
    requests.map(({ id }: { id: number }) => id),
    [1, 2, 3, 4, 5],
  )
})

t.test('GET /_fake/requests returns the number of dropped entries', async (t) => {
  const fake = await startFake(t, { journal: { entries: 2 } })
  for (let count = 0; count < 5; count++) await fake.call('GET', '/v1/secrets')
  for (let count = 0; count < 3; count++) await fake.call('GET', '/v1/secrets', unauthenticated)

  t.match(await listed(fake), {
    total: 4,
    dropped: 4,
    requests: [{ id: 4 }, { id: 5 }, { id: 7 }, { id: 8 }],
  })
  t.match(await listed(fake, `?org_id=${OTHER_ORG}`), { total: 0, dropped: 0 })
})

t.test('GET /_fake/requests rejects invalid filters', async (t) => {
  const { app } = await startFake(t)

  for (const query of [
    'path=v1',
    'since=noon',
    'before=0',
    'before=2026-01-02T03:05:00Z',
    'status=6xx',
    'status=99',
    'method=get',
    'limit=-1',
    'metod=GET',
  ]) {
    t.equal((await app.inject(`/_fake/requests?${query}`)).statusCode, 422, query)
  }
  t.same((await app.inject('/_fake/requests?path=v1')).json().detail, [
    {
      type: 'value_error',
      loc: ['query', 'path'],
      msg: 'Value error, a path starts with / or *',
      input: 'v1',
      ctx: { error: {} },
    },
  ])
  t.match((await app.inject('/_fake/requests?since=noon')).json().detail, [
    { loc: ['query', 'since'], input: 'noon' },
  ])
})

t.test('GET /_fake/requests can show any request that a client sends', async (t) => {
  const fake = await startFake(t)
  const bodies = [
    `${'['.repeat(9_000)}${']'.repeat(9_000)}`,
    '[NaN, -Infinity, 123456789012345678901234567890, 1e999]',
    '{"a": "\\ud800", "\\udfff": 1, "__proto__": 2}',
    '\uffff',
  ]
  for (const payload of bodies) {
    for (const type of ['application/json', 'text/plain']) {
      await fake.call('POST', '/v1/playbooks', { payload, headers: { 'content-type': type } })
    }
  }
  await fake.call('GET', '/v1/%ff/%zz?%ff=%zz&a=%00')

  t.equal((await listed(fake)).total, 9)
})

t.test('DELETE /_fake/requests removes the entries of one organization, or all', async (t) => {
  const fake = await startFake(t)
  await fake.call('GET', '/v1/secrets')
  await fake.call('GET', '/v1/sessions', asOther)
  await fake.call('GET', '/v1/playbooks', unauthenticated)

  const res = await fake.app.inject({ method: 'DELETE', url: `/_fake/requests?org_id=${OTHER_ORG}` })

  t.same([res.statusCode, res.body], [204, ''])
  t.same(pathsOf(await listed(fake)), ['/v1/secrets', '/v1/playbooks'])
  await fake.app.inject({ method: 'DELETE', url: '/_fake/requests' })
  t.same(await listed(fake), { requests: [], total: 0, dropped: 0 })
})

t.test('POST /_fake/reset without an org_id also removes unauthenticated requests', async (t) => {
  const { app, send } = await startFake(t)
  await app.inject('/v1/secrets')
  await send('POST', '/_fake/reset', { org_id: DEFAULT_ORG_ID })
  t.equal((await app.inject('/_fake/requests')).json().total, 1)

  await app.inject({ method: 'POST', url: '/_fake/reset' })

  t.equal((await app.inject('/_fake/requests')).json().total, 0)
})

t.test('POST /_fake/requests/verify returns whether the expected requests were received', async (t) => {
  const fake = await startFake(t)
  for (const prompt of ['a', 'b']) await fake.send('POST', '/v1/sessions', { prompt, tags: [prompt] })
  await fake.call('GET', '/v1/secrets', unauthenticated)
  const verified = async (expected: object) => {
    const { verified, count } = (await fake.send('POST', '/_fake/requests/verify', expected)).json()
    return [verified, count]
  }

  t.same(await verified({}), [true, 3])
  t.same(await verified({ path: '/v1/sessions', method: 'POST' }), [true, 2])
  t.same(await verified({ body: { tags: ['b'] } }), [true, 1])
  t.same(await verified({ body: null }), [false, 0])
  t.same(await verified({ status: 401, times: 1 }), [true, 1])
  t.same(await verified({ status: '4xx', times: 0 }), [false, 1])
  t.same(await verified({ path: '/v1/sessions', at_least: 3 }), [false, 2])
  t.same(await verified({ path: '/v1/sessions', at_most: 1 }), [false, 2])
  t.same(await verified({ path: '/v1/sessions', at_least: 1, at_most: 2 }), [true, 2])
  t.same(await verified({ path: '/v1/sessions', at_least: 2, at_most: 2 }), [true, 2])
  t.same(await verified({ path: '/v1/playbooks', at_most: 1 }), [true, 0])
  t.same(await verified({ org_id: OTHER_ORG }), [false, 0])
})

t.test('POST /_fake/requests/verify returns the expectation and the nearest requests', async (t) => {
  const fake = await startFake(t)
  await fake.call('GET', '/v1/secrets?a=1')

  const res = await fake.send('POST', '/_fake/requests/verify', { method: 'GET', query: { a: '2' } })

  t.equal(res.statusCode, 200)
  t.match(res.json(), {
    verified: false,
    count: 0,
    expected: 'at least 1 request with method GET, query {"a":"2"}',
    nearest: [{ request: { path: '/v1/secrets' }, differences: ['query.a: expected "2", got "1"'] }],
  })
})

t.test('POST /_fake/requests/verify compares headers, and masks those with credentials', async (t) => {
  const fake = await startFake(t)
  await fake.call('GET', '/v1/secrets', {
    headers: { authorization: 'Bearer apk_user_s3cr3t', 'user-agent': 'bot/1', 'x-trace': ['a', 'b'] },
  })
  const verify = async (headers: object) =>
    (await fake.send('POST', '/_fake/requests/verify', { headers })).json()
  const differencesOf = async (headers: object) => (await verify(headers)).nearest[0].differences

  t.match(await verify({ 'User-Agent': 'bot/1', 'x-trace': 'a, b' }), { verified: true, count: 1 })
  t.match(await verify({ authorization: 'Bearer apk_user_s3cr3t' }), { verified: true, count: 1 })
  t.same(await differencesOf({ 'User-Agent': 'bot/2', 'x-none': 'a' }), [
    'headers.User-Agent: expected "bot/2", got "bot/1"',
    'headers.x-none: expected "a", got nothing',
  ])
  t.same(await differencesOf({ authorization: 'Basic 0ther' }), [
    'headers.authorization: expected "Basic ***", got "Bearer apk_user_***"',
  ])
  const refused = await verify({ authorization: 'Bearer apk_user_0ther' })
  t.equal(refused.expected, 'at least 1 request with headers {"authorization":"Bearer apk_user_***"}')
  t.same(refused.nearest[0].differences, ['headers.authorization: not the expected value, which is masked'])
  t.notMatch(JSON.stringify(refused), /s3cr3t|0ther/)
  const many = Object.fromEntries(Array.from({ length: 60 }, (_, n) => [`x-${n}`, 'a']))
  t.equal((await differencesOf(many)).length, 50)
})

t.test('POST /_fake/requests/verify rejects contradictory and invalid expectations', async (t) => {
  const { send } = await startFake(t)
  const invalid = [
    { paht: '/v1/secrets' },
    { path: '/v1/:secret_id' },
    { method: 'GOT' },
    { status: '6xx' },
    { times: 1, at_least: 1 },
    { times: 1, at_most: 1 },
    { at_least: 2, at_most: 1 },
    { times: -1 },
    { query: { a: 1 } },
    { headers: { a: 1 } },
  ]
  for (const expected of invalid) {
    t.equal(
      (await send('POST', '/_fake/requests/verify', expected)).statusCode,
      422,
      JSON.stringify(expected),
    )
  }
})

t.test(
  'property: GET /_fake/requests never shows a key or a secret value, wherever it was sent',
  async (t) => {
    const fake = await startFake(t)
    // Starts with a unique prefix.
    const text = fc.stringMatching(/^Zq9[A-Za-z0-9+/=._~-]{9,40}$/)
    const key = fc.tuple(fc.constantFrom('apk_user_', 'apk_', 'cog_'), text)
    const secretBody = (secret: string) => [
      { type: 'totp', key: 'K', value: secret, sensitive: true, note: '' },
      { value: { deep: [secret] } },
      [{ value: secret }],
      { key: { a: secret }, secret: { value: secret } },
      secret,
    ]
    const sessionBody = (secret: string) => [
      { prompt: 'p', session_secrets: [{ key: 'K', value: secret }] },
      { session_secrets: [{ key: 5, value: [secret] }, secret] },
      { session_secrets: { K: secret }, sessionSecrets: secret },
      { data: { session_secrets: [{ value: secret }] } },
      secret,
    ]
    await fc.assert(
      fc.asyncProperty(
        key,
        text,
        fc.constantFrom('application/json', 'text/plain'),
        async ([prefix, tail], secret, type) => {
          await fake.app.inject({ method: 'DELETE', url: '/_fake/requests' })
          const whole = prefix + tail
          const encoded = encodeURIComponent(whole)
          const headers = { authorization: `Bearer ${KEY}`, 'content-type': type, 'x-odd': `a ${whole} b` }
          for (const url of [
            `/v1/${encoded}`,
            `/v1/secrets/${encoded}`,
            `/v1/sessions?tags=${whole}&${encoded}=1`,
          ]) {
            await fake.call('GET', url, {
              headers: { authorization: `Bearer ${whole}`, 'x-api-key': tail, cookie: `a=${tail}` },
            })
          }
          const plain = { name: whole, body: { [whole]: [whole] }, [whole]: whole }
          await fake.call('POST', '/v1/knowledge', { payload: JSON.stringify(plain), headers })
          for (const [url, bodies] of [
            ['/v1/secrets', secretBody(secret)],
            ['/v1/sessions', sessionBody(secret)],
          ] as const) {
            for (const body of bodies) {
              const payload = JSON.stringify(body)
              await fake.call('POST', url, { payload, headers })
              await fake.call('POST', url, { payload: payload.slice(0, -1), headers })
            }
          }
          await fake.call('POST', `/v1/secrets?value=${secret}`, { headers })

          const { body } = await fake.app.inject('/_fake/requests')

          t.equal(JSON.parse(body).total, 25)
          for (const hidden of [tail, encodeURIComponent(tail), secret, encodeURIComponent(secret)]) {
            t.notOk(body.includes(hidden), hidden)
          }
        },
      ),
      { numRuns: 15 },
    )
  },
)
