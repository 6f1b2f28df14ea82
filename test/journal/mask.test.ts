// Masking of keys and credentials, and the rules for fields with secrets.
import fc from 'fast-check'
import t from 'tap'
import { DEPTH_MAX, maskHeaders, maskJson, maskQuery, maskText } from '../../src/journal/mask.ts'
import { HIDDEN, redactionOf, SHOWN } from '../../src/journal/secret-fields.ts'
import { allRoutes } from '../registered-routes.ts'

const routes = await allRoutes()

/** Returns the rules for requests of an operation. */
function rulesOf(operation: string) {
  const { schema } = routes.find(({ method, path }) => `${method} ${path}` === operation) ?? {}
  return redactionOf({ schema: schema ?? {} })
}

const SECRET = rulesOf('POST /v1/secrets')

t.test('a key in a string is masked except for its prefix', (t) => {
  t.equal(maskText('a apk_user_x+/=.~-9, "apk_y" COG_z(cog_a)'), 'a apk_user_***, "apk_***" COG_***(cog_***)')
  t.equal(maskText('xapk_user_1apk_2'), 'xapk_user_***')
  t.equal(maskText('an apk_ file, 100 %'), 'an apk_ file, 100 %')
  t.end()
})

t.test('an escaped key is masked, and other escapes stay', (t) => {
  t.equal(maskText('/v1/%61pk%5Fuser_x%2By'), '/v1/apk_user_***')
  t.equal(maskText('/v1/apk_user_x%2By/%41'), '/v1/apk_user_***')
  t.equal(maskText('/v1/%41?b=%zz'), '/v1/%41?b=%zz')
  t.end()
})

t.test('lone surrogates in a string are replaced', (t) => {
  t.equal(maskText('a\ud800'), 'a\ufffd')
  t.end()
})

t.test('strings and names of a JSON value are masked at every level', (t) => {
  const value = { apk_user_a: [1, { b: 'apk_c' }], n: null, t: true, big: 12345678901234567890n }

  t.same(maskJson(value), {
    'apk_user_***': [1, { b: 'apk_***' }],
    n: null,
    t: true,
    big: 12345678901234567890n,
  })
  t.end()
})

t.test('a JSON value is shown without what a response cannot contain', (t) => {
  t.same(maskJson([Number.NaN, Number.NEGATIVE_INFINITY, 'x\udc00']), ['NaN', '-Infinity', 'x\ufffd'])
  t.same(Object.keys(Object(maskJson(JSON.parse('{"__proto__": 1}')))), ['__proto__'])
  t.end()
})

t.test('a JSON value is shown down to a maximum depth', (t) => {
  let value: unknown = 'deepest'
  for (let level = 0; level < 9_000; level++) value = [value]
  let shown = maskJson(value)
  let levels = 0
  for (; Array.isArray(shown); levels++) shown = shown[0]

  t.same([levels, shown], [DEPTH_MAX, `(nested more than ${DEPTH_MAX} levels deep)`])
  t.end()
})

t.test('a hidden value is masked, whatever its type', (t) => {
  for (const value of [1, null, 'x', { a: 1 }, ['x']]) t.equal(maskJson(value, HIDDEN), '***')
  t.end()
})

t.test('header names are in lower case, and values of the same name are joined', (t) => {
  t.same(
    maskHeaders([
      ['X-One', 'a'],
      ['x-one', 'b apk_c'],
      ['X-apk_user_Z', ''],
      ['__proto__', 'd'],
    ]),
    Object.fromEntries([
      ['x-one', 'a, b apk_***'],
      ['x-apk_user_***', ''],
      ['__proto__', 'd'],
    ]),
  )
  t.end()
})

t.test('credentials in headers are masked except for the scheme and the prefix of a key', (t) => {
  const cases: [string, string, string][] = [
    ['Authorization', 'Bearer apk_user_abc', 'Bearer apk_user_***'],
    ['Authorization', 'bearer  cog_abc', 'bearer  cog_***'],
    ['Authorization', 'Bearer devin-session-token$a.b.c', 'Bearer devin-session-token$***'],
    ['Authorization', 'Bearer s3cr3t and more', 'Bearer ***'],
    ['Authorization', 's3cr3t and more', '***'],
    ['Proxy-Authorization', 'Basic czNjcjN0', 'Basic ***'],
    ['Cookie', 'session=s3cr3t', '***'],
    ['Set-Cookie', 's3cr3t', '***'],
    ['X-Api-Key', 'apk_s3cr3t', 'apk_***'],
    ['X-Auth-Token', 's3cr3t', '***'],
  ]
  for (const [name, value, masked] of cases) {
    t.same(maskHeaders([[name, value]]), { [name.toLowerCase()]: masked }, `${name}: ${value}`)
  }
  t.end()
})

t.test('a query is shown raw and decoded', (t) => {
  t.same(maskQuery('tags=a+b&tags=%C3%A9&bare&=x&&', SHOWN), {
    raw: 'tags=a+b&tags=%C3%A9&bare&=x',
    pairs: [
      ['tags', 'a b'],
      ['tags', 'é'],
      ['bare', ''],
      ['', 'x'],
    ],
  })
  t.same(maskQuery('', SHOWN), { raw: '', pairs: [] })
  t.end()
})

t.test('keys in a query are masked in both forms, including their plus signs and equals signs', (t) => {
  t.same(maskQuery('k=apk_user_a+b==&%61pk_x%20y&apk_=s3cr3t&ok=1', SHOWN), {
    raw: 'k=apk_user_***&apk_***%20y&apk_=***&ok=1',
    pairs: [
      ['k', 'apk_user_***'],
      ['apk_*** y', ''],
      ['apk_', '***'],
      ['ok', '1'],
    ],
  })
  t.end()
})

t.test('a key that starts in the name of a parameter is masked, even after an incomplete escape', (t) => {
  for (const name of ['apk_', '%61pk_', '%capk_', '%c%61pk_', '%2561pk_', 'cog_']) {
    t.notMatch(JSON.stringify(maskQuery(`${name}=s3cr3t`, SHOWN)), 's3cr3t', name)
  }
  t.end()
})

t.test('fields of a body are masked in a query as in the body', (t) => {
  t.same(maskQuery('key=K&value=s3cr3t&secret', SECRET), {
    raw: 'key=K&value=***&secret',
    pairs: [
      ['key', 'K'],
      ['value', '***'],
      ['secret', ''],
    ],
  })
  t.end()
})

t.test('no key is shown, in whatever encoding or position of a string or query', (t) => {
  const tail = fc.stringMatching(/^[A-Za-z0-9+/=._~-]{8,40}$/)
  const prefix = fc.constantFrom('apk_user_', 'apk_', 'cog_')
  const encode = fc.constantFrom(
    (text: string) => text,
    encodeURIComponent,
    (text: string) => text.replaceAll(/./g, (char) => `%${char.charCodeAt(0).toString(16)}`),
  )
  fc.assert(
    fc.property(prefix, tail, encode, fc.string(), fc.string(), (start, rest, encoded, before, after) => {
      const key = encoded(start + rest)
      for (const text of [`${before}${key}`, `${key} ${after}`, `a=${key}`, `${key}=b`, `a=b&${key}`]) {
        const { raw, pairs } = maskQuery(text, SHOWN)
        const shown = [maskText(text), raw, ...pairs.flat()].join('\n')
        t.notOk(shown.includes(rest), text)
        t.notOk(decodeURIComponent(shown.replaceAll(/%(?![0-9a-f]{2})|%[89a-f]./gi, '')).includes(rest), text)
      }
    }),
  )
  t.end()
})

t.test('the value of a parameter with a name of credentials is masked', async (t) => {
  for (const name of ['api_key', 'apikey', 'access_token', 'password', 'client_secret', 'x%2Dapi%2Dkey']) {
    t.notMatch(JSON.stringify(maskQuery(`${name}=s3cr3t`, SHOWN)), 's3cr3t', name)
  }
  t.same(maskHeaders([['api_key', 's3cr3t']]), { api_key: '***' })
})

t.test('an unknown name in the query of a secret is masked with its value', async (t) => {
  t.equal(maskQuery('s3cr3t=s3cr3t&key=K', SECRET).raw, '***=***&key=K')
})

const shownOf = (operation: string, body: unknown) => maskJson(body, rulesOf(operation))

t.test('POST /v1/secrets shows the harmless fields if they are scalars', (t) => {
  const secret = { type: 'totp', key: 'K', note: 'n', sensitive: true, value: 's3cr3t' }

  t.same(shownOf('POST /v1/secrets', secret), { ...secret, value: '***' })
  t.same(shownOf('POST /v1/secrets', { key: { k: 's3cr3t' }, note: ['s3cr3t'] }), {
    key: { '***': '***' },
    note: ['***'],
  })
  t.end()
})

t.test('POST /v1/secrets hides values in the wrong place or with the wrong name or type', (t) => {
  t.same(shownOf('POST /v1/secrets', { value: { a: ['s3cr3t'] }, Value: 's3cr3t', secret: { value: 1 } }), {
    value: '***',
    '***': '***',
    secret: '***',
  })
  t.same(shownOf('POST /v1/secrets', [{ key: 'K', value: 's3cr3t' }, 's3cr3t', null]), [
    { key: 'K', value: '***' },
    '***',
    '***',
  ])
  t.equal(shownOf('POST /v1/secrets', 's3cr3t'), '***')
  t.end()
})

t.test('POST /v1/sessions shows everything except the values of secrets', (t) => {
  t.same(
    shownOf('POST /v1/sessions', {
      prompt: 'p',
      tags: ['a'],
      secret_ids: ['secret-1'],
      structured_output_schema: { properties: { secret: { type: 'string' } } },
      session_secrets: [{ key: 'K', value: 's3cr3t', sensitive: false, valeu: 's3cr3t' }, 's3cr3t'],
      repos: [{ url: 'u' }],
    }),
    {
      prompt: 'p',
      tags: ['a'],
      secret_ids: ['secret-1'],
      structured_output_schema: { properties: { secret: { type: 'string' } } },
      session_secrets: [{ key: 'K', value: '***', sensitive: false, '***': '***' }, '***'],
      repos: [{ url: 'u' }],
    },
  )
  const withNamesOfSecrets = { prompt: 'p', type: 'a', key: 'K', note: 'n' }
  t.same(shownOf('POST /v1/sessions', withNamesOfSecrets), withNamesOfSecrets)
  t.end()
})

t.test('POST /v1/sessions hides secrets with wrong names, with wrong types or in a wrapper', (t) => {
  t.same(shownOf('POST /v1/sessions', { sessionSecrets: { K: 's3cr3t' }, secrets: 's3cr3t' }), {
    sessionSecrets: { '***': '***' },
    secrets: '***',
  })
  t.same(shownOf('POST /v1/sessions', { session_secrets: { K: 's3cr3t' } }), {
    session_secrets: { '***': '***' },
  })
  t.same(shownOf('POST /v1/sessions', { session: { prompt: 'p', session_secrets: [{ value: 's3cr3t' }] } }), {
    session: { prompt: 'p', session_secrets: [{ value: '***' }] },
  })
  t.same(shownOf('POST /v1/sessions', [{ prompt: 'p', session_secrets: 's3cr3t' }]), [
    { prompt: 'p', session_secrets: '***' },
  ])
  t.equal(shownOf('POST /v1/sessions', '{"session_secrets": "s3cr3t"}'), '***')
  t.end()
})

t.test('a secret that is sent to another operation or an unknown path is hidden', (t) => {
  const secret = { type: 'totp', key: 'K', note: 'n', sensitive: true, value: 's3cr3t' }
  const confidential = {
    ...{ value: 's3cr3t', secretVal: 's3cr3t', DB_PASSWORD: 's3cr3t', 'private-key': ['s3cr3t'] },
    ...{ api_key: 's3cr3t', accessToken: { a: 's3cr3t' }, totp_seed: 's3cr3t' },
  }
  const masked = Object.fromEntries(Object.keys(confidential).map((name) => [name, '***']))
  for (const operation of ['POST /v1/knowledge', 'POST /v1/sessions', 'PUT /v1/playbooks/{playbook_id}']) {
    t.same(shownOf(operation, { ...secret, data: 's3cr3t', hunter2: 1 }), {
      ...{ ...secret, value: '***' },
      ...{ '***': '***', '***2': '***' },
    })
    t.same(shownOf(operation, { prompt: [secret] }), { prompt: [{ ...secret, value: '***' }] })
    t.same(shownOf(operation, { wrapped: confidential }), { wrapped: masked }, operation)
  }
  t.same(maskJson({ value: 's3cr3t' }, redactionOf(null)), { value: '***' })
  t.same(maskJson({ wrapped: { ...secret, data: 's3cr3t' } }, redactionOf(null)), {
    wrapped: { ...secret, value: '***', '***': '***' },
  })
  t.end()
})

t.test('a secret in a string with JSON or a form is hidden', (t) => {
  const secret = JSON.stringify({ key: 'K', value: 's3cr3t' })
  for (const text of [
    secret,
    JSON.stringify(secret),
    JSON.stringify([JSON.stringify(secret)]),
    `[${secret}]`,
  ]) {
    t.equal(shownOf('POST /v1/knowledge', text), '***', text)
    t.same(shownOf('POST /v1/knowledge', { body: text }), { body: '***' }, text)
  }
  for (const text of [
    'value=s3cr3t',
    'key=K&secret_value=s3cr3t',
    'token: s3cr3t',
    '<a password="s3cr3t">',
  ]) {
    t.equal(shownOf('POST /v1/knowledge', text), '***', text)
  }
  for (const text of ['[fake:blocked] Read the value: 5', 'The token=x', 'values']) {
    t.same(shownOf('POST /v1/knowledge', { body: text }), { body: text })
  }
  t.equal(shownOf('POST /v1/knowledge', 'no value'), 'no value')
  t.end()
})

t.test('a value that was sent as a name is hidden', (t) => {
  t.same(shownOf('POST /v1/secrets', { 'Tr0ub4dor&3': 'K', hunter2: 'L', valeu: 'v', secret_name: 'K' }), {
    '***': '***',
    '***2': '***',
    '***3': '***',
    secret_name: '***',
  })
  t.same(shownOf('POST /v1/sessions', { session_secrets: [{ hunter2: 'K', keey: 'k' }] }), {
    session_secrets: [{ '***': '***', '***2': '***' }],
  })
  t.end()
})

t.test('fields with harmless names are shown by other operations', (t) => {
  const body = {
    name: 'n',
    body: 'b',
    key: 'k',
    note: 'x',
    interval: 5,
    author: 'a',
    approval: true,
    list: [1],
  }
  t.same(shownOf('POST /v1/knowledge', body), body)
  t.end()
})

t.test('secrets in a list that is sent to another operation are hidden', async (t) => {
  const secret = { type: 'totp', key: 'K', value: 's3cr3t', sensitive: true }

  t.same(shownOf('POST /v1/knowledge', [secret, 'text']), [{ ...secret, value: '***' }, 'text'])
})
