import t from 'tap'
import { DEFAULT_USER } from '../../../src/auth/principal.ts'
import type { SecretRecord } from '../../../src/resources/secrets.ts'
import { type Fake, OTHER_ORG_KEY, startFake } from '../../fake.ts'
import { aSecret } from '../../records.ts'
import { turnsDuring } from '../../turns.ts'

const params = { type: 'key-value', key: 'TOKEN', value: 's3cr3t', sensitive: true, note: 'for CI' }

async function fakeWith(test: Parameters<typeof startFake>[0], ...secrets: SecretRecord[]): Promise<Fake> {
  const fake = await startFake(test)
  for (const secret of secrets) await fake.organization.secrets.insert(secret)
  return fake
}

t.test('DELETE /v1/secrets/{secret_id} deletes the secret and confirms it', async (t) => {
  const { call, organization } = await fakeWith(t, aSecret())

  const res = await call('DELETE', '/v1/secrets/secret-1')

  t.equal(res.statusCode, 200)
  t.equal(res.headers['content-type'], 'application/json')
  t.equal(res.body, '{"message":"Secret deleted successfully"}')
  t.equal(await organization.secrets.get('secret-1'), undefined)
})

t.test('DELETE /v1/secrets/{secret_id} keeps the other secrets', async (t) => {
  const { call, organization } = await fakeWith(t, aSecret(), aSecret({ id: 'secret-2', key: 'OTHER' }))

  await call('DELETE', '/v1/secrets/secret-1')

  t.same(await organization.secrets.list(), [aSecret({ id: 'secret-2', key: 'OTHER' })])
})

t.test('DELETE /v1/secrets/{secret_id} answers 404 for an unknown secret', async (t) => {
  const { call } = await fakeWith(t, aSecret())

  const res = await call('DELETE', '/v1/secrets/secret-2')

  t.equal(res.statusCode, 404)
  t.same(res.json(), { detail: 'Secret not found' })
})

t.test('DELETE /v1/secrets/{secret_id} answers 404 for a deleted secret', async (t) => {
  const { call } = await fakeWith(t, aSecret())
  await call('DELETE', '/v1/secrets/secret-1')

  const res = await call('DELETE', '/v1/secrets/secret-1')

  t.equal(res.statusCode, 404)
  t.same(res.json(), { detail: 'Secret not found' })
})

t.test(
  'DELETE /v1/secrets/{secret_id} answers 404 for another organization’s secret and keeps it',
  async (t) => {
    const { call, organization } = await fakeWith(t, aSecret())

    const res = await call('DELETE', '/v1/secrets/secret-1', {
      headers: { authorization: `Bearer ${OTHER_ORG_KEY}` },
    })

    t.equal(res.statusCode, 404)
    t.same(res.json(), { detail: 'Secret not found' })
    t.ok(await organization.secrets.get('secret-1'))
  },
)

t.test('DELETE /v1/secrets/{secret_id} ignores a body, and a JSON content type without a body', async (t) => {
  for (const payload of ['', '{', '{"a":1}']) {
    const { call } = await fakeWith(t, aSecret())

    const res = await call('DELETE', '/v1/secrets/secret-1', {
      payload,
      headers: { 'content-type': 'application/json' },
    })

    t.equal(res.statusCode, 200, JSON.stringify(payload))
  }
})

t.test('DELETE /v1/secrets/{secret_id} percent-decodes the id once', async (t) => {
  const { call, organization } = await fakeWith(t, aSecret({ id: 'a%2Fé' }))

  const res = await call('DELETE', '/v1/secrets/a%252F%C3%A9')

  t.equal(res.statusCode, 200)
  t.same(await organization.secrets.list(), [])
})

t.test('DELETE /v1/secrets/{secret_id} succeeds once for ten concurrent requests', async (t) => {
  const { call } = await fakeWith(t, aSecret())

  const answers = await Promise.all(Array.from({ length: 10 }, () => call('DELETE', '/v1/secrets/secret-1')))

  t.same(answers.map((answer) => answer.statusCode).sort(), [200, ...Array(9).fill(404)])
})

t.test('DELETE /v1/secrets/{secret_id} requires a key', async (t) => {
  const { call, organization } = await fakeWith(t, aSecret())

  const none = await call('DELETE', '/v1/secrets/secret-1', { headers: { authorization: '' } })
  const wrong = await call('DELETE', '/v1/secrets/secret-1', { headers: { authorization: 'Bearer cog_x' } })

  t.equal(none.statusCode, 401)
  t.equal(wrong.statusCode, 403)
  for (const res of [none, wrong]) t.same(res.json(), { detail: 'Unauthorized' })
  t.ok(await organization.secrets.get('secret-1'))
})

t.test(
  'GET /v1/secrets lists id, type, name and time, but not value, note and flag, oldest first',
  async (t) => {
    const { call } = await fakeWith(t, aSecret(), aSecret({ id: 'secret-2', key: 'OLD', type: 'dictionary' }))

    const res = await call('GET', '/v1/secrets')

    t.equal(res.statusCode, 200)
    t.equal(res.headers['content-type'], 'application/json')
    t.same(res.json(), [
      { id: 'secret-1', type: 'key-value', key: 'TOKEN', created_at: '2026-01-02T03:04:05.678901Z' },
      { id: 'secret-2', type: 'dictionary', key: 'OLD', created_at: '2026-01-02T03:04:05.678901Z' },
    ])
  },
)

t.test('GET /v1/secrets returns an empty array if there are no secrets', async (t) => {
  const { call } = await fakeWith(t)

  t.equal((await call('GET', '/v1/secrets')).body, '[]')
})

t.test('GET /v1/secrets returns nothing of another organization', async (t) => {
  const { call } = await fakeWith(t, aSecret())

  const res = await call('GET', '/v1/secrets', { headers: { authorization: `Bearer ${OTHER_ORG_KEY}` } })

  t.same(res.json(), [])
})

t.test('POST /v1/secrets stores the secret and returns its id', async (t) => {
  const { send, organization } = await fakeWith(t)

  const res = await send('POST', '/v1/secrets', params)

  t.equal(res.statusCode, 200)
  const { id } = res.json()
  t.match(id, /^secret-[0-9a-f]{32}$/)
  t.same(res.json(), { id })
  t.same(await organization.secrets.get(id), aSecret({ id, createdBy: DEFAULT_USER }))
})

t.test('POST /v1/secrets stores null for an omitted or null note', async (t) => {
  const { note, ...noteless } = params
  for (const body of [noteless, { ...params, note: null }]) {
    const { send, organization } = await fakeWith(t)

    const res = await send('POST', '/v1/secrets', body)

    t.equal(res.statusCode, 200)
    const { id } = res.json()
    t.same(await organization.secrets.get(id), aSecret({ id, note: null, createdBy: DEFAULT_USER }))
  }
})

t.test('POST /v1/secrets ignores unknown fields', async (t) => {
  const { send, organization } = await fakeWith(t)

  const res = await send('POST', '/v1/secrets', { ...params, id: 'secret-mine', owner: 'me' })

  const { id } = res.json()
  t.not(id, 'secret-mine')
  t.same(await organization.secrets.get(id), aSecret({ id, createdBy: DEFAULT_USER }))
})

t.test('POST /v1/secrets answers 409 for a name already used and stores nothing', async (t) => {
  const { send, organization } = await fakeWith(t, aSecret())

  const res = await send('POST', '/v1/secrets', { ...params, value: 'other' })

  t.equal(res.statusCode, 409)
  t.same(res.json(), { detail: 'Secret name is not unique' })
  t.same(await organization.secrets.list(), [aSecret()])
})

t.test('POST /v1/secrets accepts the name of a deleted secret', async (t) => {
  const { call, send } = await fakeWith(t, aSecret())
  await call('DELETE', '/v1/secrets/secret-1')

  t.equal((await send('POST', '/v1/secrets', params)).statusCode, 200)
})

t.test('POST /v1/secrets accepts a name that another organization uses', async (t) => {
  const { call } = await fakeWith(t, aSecret())

  const res = await call('POST', '/v1/secrets', {
    payload: JSON.stringify(params),
    headers: { authorization: `Bearer ${OTHER_ORG_KEY}` },
  })

  t.equal(res.statusCode, 200)
})

t.test('POST /v1/secrets answers 422 with all errors and stores nothing', async (t) => {
  const { send, organization } = await fakeWith(t)
  const body = { type: 'dictionary', key: 1, sensitive: 'maybe', note: 7 }

  const res = await send('POST', '/v1/secrets', body)

  t.equal(res.statusCode, 422)
  const expected = "'cookie', 'key-value' or 'totp'"
  t.same(res.json(), {
    detail: [
      {
        type: 'literal_error',
        loc: ['body', 'type'],
        msg: `Input should be ${expected}`,
        input: 'dictionary',
        ctx: { expected },
      },
      { type: 'string_type', loc: ['body', 'key'], msg: 'Input should be a valid string', input: 1 },
      { type: 'missing', loc: ['body', 'value'], msg: 'Field required', input: body },
      {
        type: 'bool_parsing',
        loc: ['body', 'sensitive'],
        msg: 'Input should be a valid boolean, unable to interpret input',
        input: 'maybe',
      },
      { type: 'string_type', loc: ['body', 'note'], msg: 'Input should be a valid string', input: 7 },
    ],
  })
  t.same(await organization.secrets.list(), [])
})

t.test('POST /v1/secrets succeeds once for ten concurrent requests with one name', async (t) => {
  const { send, organization } = await fakeWith(t)

  const answers = await Promise.all(Array.from({ length: 10 }, () => send('POST', '/v1/secrets', params)))

  t.same(answers.map((answer) => answer.statusCode).sort(), [200, ...Array(9).fill(409)])
  t.equal((await organization.secrets.list()).length, 1)
})

t.test('POST /v1/secrets answers 500 if the store fails', async (t) => {
  const { send, organization } = await fakeWith(t)
  Object.assign(organization.secrets, { insert: () => Promise.reject(new Error('disk full')) })

  const res = await send('POST', '/v1/secrets', params)

  t.same([res.statusCode, res.body], [500, 'Internal Server Error'])
})

t.test('POST /v1/secrets replaces lone surrogates, so that later GETs succeed', async (t) => {
  const { call, send } = await fakeWith(t)

  t.equal((await send('POST', '/v1/secrets', { ...params, key: 'K\ud83d', note: '\ude00' })).statusCode, 200)

  const res = await call('GET', '/v1/secrets')
  t.equal(res.statusCode, 200)
  t.match(res.json(), [{ key: 'K\ufffd' }])
})

t.test('GET /v1/secrets yields to the event loop while it lists thousands of secrets', async (t) => {
  const secrets = Array.from({ length: 10_000 }, (_, n) => aSecret({ id: `secret-${n}`, key: `KEY_${n}` }))
  const { call } = await fakeWith(t, ...secrets)

  const turns = await turnsDuring(async () => {
    const listed: { id: string }[] = (await call('GET', '/v1/secrets')).json()
    t.equal(listed.map(({ id }) => id).join(), secrets.map(({ id }) => id).join())
  })

  t.ok(turns >= 50)
})
