import fc from 'fast-check'
import t from 'tap'
import { DEPTH_MAX, maskHeaders, maskJson, maskQuery, maskText } from '../../src/journal/mask.ts'
import { HIDDEN, SHOWN, visibilityOf } from '../../src/journal/secret-fields.ts'

const SECRET = visibilityOf({ method: 'POST', template: '/v1/secrets' })

t.test('of a key in a text, what says which kind it is stays', (t) => {
  t.equal(maskText('a apk_user_x+/=.~-9, "apk_y" COG_z(cog_a)'), 'a apk_user_***, "apk_***" COG_***(cog_***)')
  t.equal(maskText('xapk_user_1apk_2'), 'xapk_user_***')
  t.equal(maskText('an apk_ file, 100 %'), 'an apk_ file, 100 %')
  t.end()
})

t.test('a key behind escapes is masked, too, and other escapes stay', (t) => {
  t.equal(maskText('/v1/%61pk%5Fuser_x%2By'), '/v1/apk_user_***')
  t.equal(maskText('/v1/apk_user_x%2By/%41'), '/v1/apk_user_***')
  t.equal(maskText('/v1/%41?b=%zz'), '/v1/%41?b=%zz')
  t.end()
})

t.test('a text has no lone surrogate when it is shown', (t) => {
  t.equal(maskText('a\ud800'), 'a\ufffd')
  t.end()
})

t.test('of a JSON value, texts and names are masked, at every level', (t) => {
  const value = { apk_user_a: [1, { b: 'apk_c' }], n: null, t: true, big: 12345678901234567890n }

  t.same(maskJson(value), {
    'apk_user_***': [1, { b: 'apk_***' }],
    n: null,
    t: true,
    big: 12345678901234567890n,
  })
  t.end()
})

t.test('a JSON value is shown as what an answer can hold', (t) => {
  t.same(maskJson([Number.NaN, Number.NEGATIVE_INFINITY, 'x\udc00']), ['NaN', '-Infinity', 'x\ufffd'])
  t.same(Object.keys(Object(maskJson(JSON.parse('{"__proto__": 1}')))), ['__proto__'])
  t.end()
})

t.test('a JSON value is shown down to a depth', (t) => {
  let value: unknown = 'deepest'
  for (let level = 0; level < 9_000; level++) value = [value]
  let shown = maskJson(value)
  let levels = 0
  for (; Array.isArray(shown); levels++) shown = shown[0]

  t.same([levels, shown], [DEPTH_MAX, `(nested more than ${DEPTH_MAX} levels deep)`])
  t.end()
})

t.test('what may not be shown is not, whatever it is', (t) => {
  for (const value of [1, null, 'x', { a: 1 }, ['x']]) t.equal(maskJson(value, HIDDEN), '***')
  t.end()
})

t.test('headers have names in lower case, and those of one name are joined', (t) => {
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

t.test('credentials in headers are masked but for their scheme and the kind of a key', (t) => {
  const cases: [string, string, string][] = [
    ['Authorization', 'Bearer apk_user_abc', 'Bearer apk_user_***'],
    ['Authorization', 'bearer  cog_abc', 'bearer  cog_***'],
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

t.test('a query is shown as it was sent and as what it says', (t) => {
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

t.test('keys in a query are masked in both, with plus signs and equals signs of theirs', (t) => {
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

t.test('the fields of a body are masked in a query as in the body', (t) => {
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

t.test('no key is ever shown, however it was put into a text or a query', (t) => {
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

t.test('a parameter that is called like credentials is not shown, whatever it holds', async (t) => {
  for (const name of ['api_key', 'apikey', 'access_token', 'password', 'client_secret', 'x%2Dapi%2Dkey']) {
    t.notMatch(JSON.stringify(maskQuery(`${name}=s3cr3t`, SHOWN)), 's3cr3t', name)
  }
  t.same(maskHeaders([['api_key', 's3cr3t']]), { api_key: '***' })
})

t.test(
  'a name in the query of a secret that is not known to be harmless is masked with its value',
  async (t) => {
    t.equal(maskQuery('s3cr3t=s3cr3t&key=K', SECRET).raw, '***=***&key=K')
  },
)
