// Parsing of request targets: the path, its percent-escapes and the query.

import fc from 'fast-check'
import t from 'tap'
import { percentDecode, quote, withoutUser } from '../../src/fastapi/percent.ts'
import { QueryParameters } from '../../src/fastapi/query.ts'
import { StarletteRoutes } from '../../src/fastapi/routing.ts'

const ORIGIN = 'http://host'

function sampleRoutes(): StarletteRoutes {
  const routes = new StarletteRoutes()
  routes.add(['GET'], '/v1/things')
  routes.add(['POST'], '/v1/things')
  routes.add(['PUT'], '/v1/things/:id')
  routes.add(['DELETE'], '/v1/things/:id')
  routes.add(['POST'], '/v1/things/:id/message')
  routes.add(['GET'], '/openapi.json')
  return routes
}

t.test('a plain target is not rewritten', async (t) => {
  const routes = sampleRoutes()
  for (const target of [
    '/v1/things',
    '/v1/things/a-b_c.d~e',
    '/v1/things?limit=%20&x=#',
    '/nothing/at/all',
  ]) {
    t.equal(routes.rewrite('GET', target), target)
  }
})

t.test('the path is percent-decoded once before matching', async (t) => {
  const routes = sampleRoutes()
  t.equal(routes.rewrite('GET', '/v1%2Fthings'), '/v1/things')
  t.equal(routes.rewrite('GET', '/%761/%74hings?a=%20'), '/v1/things?a=%20')
  t.equal(routes.rewrite('PUT', '/v1/things/a%252Fb'), '/v1/things/a%252Fb')
  t.equal(routes.rewrite('POST', '/v1/things/x%2Fmessage'), '/v1/things/x/message')
  t.equal(routes.rewrite('PUT', '/v1/things/%ZZ'), '/v1/things/%25ZZ')
  t.equal(routes.rewrite('PUT', '/v1/things/%FF'), '/v1/things/%EF%BF%BD')
  t.equal(routes.rewrite('PUT', '/v1/things/a#b;c'), '/v1/things/a%23b%3Bc')
  t.equal(routes.rewrite('PUT', '/v1/things/%3F%23'), '/v1/things/%3F%23')
})

t.test('a target without a route is rewritten to a path that no route has', async (t) => {
  const routes = sampleRoutes()
  for (const target of [
    '/v1/things/',
    '/v1/things/a%2Fb',
    '//v1/things',
    '/v1/things#x',
    '/v1/things;a=b',
    '*',
    '',
    '?x',
    '/v1/things%20',
  ]) {
    t.match(routes.rewrite('PUT', target), /^\/ (\?|$)/, target)
  }
})

t.test('a single newline at the end of a path is ignored, as with $ in Python', async (t) => {
  const routes = sampleRoutes()
  t.equal(routes.rewrite('GET', '/v1/things%0A'), '/v1/things')
  t.equal(routes.rewrite('PUT', '/v1/things/a%0A'), '/v1/things/a%0A')
  t.match(routes.rewrite('GET', '/v1/things%0A%0A'), /^\/ $/)
})

t.test('the absolute form of a target is accepted', async (t) => {
  t.equal(sampleRoutes().rewrite('GET', 'http://host:8080/v1/things?x=1'), '/v1/things?x=1')
})

t.test('a known path with another method returns 405 with the methods of its first route', async (t) => {
  const routes = sampleRoutes()
  t.same(routes.resolve('/v1/things', ORIGIN), { kind: 'method-not-allowed', allow: 'GET' })
  t.same(routes.resolve('/v1/things/a%20b', ORIGIN), { kind: 'method-not-allowed', allow: 'PUT' })
})

t.test('the HEAD of a GET belongs to the same route', async (t) => {
  const routes = sampleRoutes()
  routes.add(['HEAD'], '/openapi.json')
  routes.add(['HEAD'], '/v1/other')

  t.equal(routes.rewrite('HEAD', '/openapi%2Ejson'), '/openapi.json')
  t.same(routes.resolve('/openapi.json', ORIGIN), { kind: 'method-not-allowed', allow: 'GET, HEAD' })
  t.same(routes.resolve('/v1/other', ORIGIN), { kind: 'method-not-allowed', allow: 'HEAD' })
})

t.test('an unknown path is not found', async (t) => {
  const routes = sampleRoutes()
  for (const target of [
    '/',
    '//',
    '/v1/other',
    '/v1/other/',
    '/V1/things',
    '/openapiXjson',
    '/v1/things/a/b',
    '*',
  ]) {
    t.same(routes.resolve(target, ORIGIN), { kind: 'not-found' }, target)
  }
})

t.test('a known path with extra trailing slashes redirects to the path without them', async (t) => {
  const routes = sampleRoutes()
  const cases = [
    ['/v1/things/', '/v1/things'],
    ['/v1/things///', '/v1/things'],
    ['/v1/things/%2F', '/v1/things'],
    ['/v1/things/?limit=%E4&x', '/v1/things?limit=%E4&x'],
    ['/v1/things/?', '/v1/things'],
    ['/v1/things/?q="b"&<>\\^`{|}', '/v1/things?q=%22b%22&%3C%3E%5C%5E%60%7B%7C%7D'],
    ["/v1/things/?a=%22[1]!$'()*+,;:@/?#", "/v1/things?a=%22[1]!$'()*+,;:@/?#"],
    ['/v1/things/a%252Fb/', '/v1/things/a%2Fb'],
    ['/v1/things/a%3Fb%22/', '/v1/things/a?b%22'],
    ['/v1/things/%E4%BD%A0/', '/v1/things/%E4%BD%A0'],
  ] as const
  for (const [target, location] of cases) {
    t.same(routes.resolve(target, ORIGIN), { kind: 'redirect', location: ORIGIN + location }, target)
  }
})

t.test('a path of very many slashes is answered as soon as any other', async (t) => {
  const slashes = '/'.repeat(5_000_000)
  t.same(sampleRoutes().resolve(`/v1${slashes}x`, ORIGIN), { kind: 'not-found' })
  t.match(sampleRoutes().resolve(`/v1/things${slashes}`, ORIGIN), { kind: 'redirect' })
})

t.test('every id without a slash is routed in its percent-encoded form', async (t) => {
  const routes = sampleRoutes()
  const id = fc
    .string({ unit: 'grapheme', minLength: 1 })
    .filter((text) => !text.includes('/') && text.isWellFormed())
  fc.assert(
    fc.property(id, (text) => {
      t.equal(routes.rewrite('PUT', `/v1/things/${encodeURIComponent(text)}`), expected(text))
    }),
  )
  function expected(text: string): string {
    return `/v1/things/${encodeURIComponent(text)}`
  }
})

t.test('percentDecode decodes UTF-8 and keeps everything else', async (t) => {
  const table: [text: string, decoded: string][] = [
    ['', ''],
    ['a+b;é', 'a+b;é'],
    ['%C3%A9%f0%9f%98%80', 'é😀'],
    ['a%2Fb%252Fc%00', 'a/b%2Fc\0'],
    ['%EF%BB%BF5', '\ufeff5'],
    ['%ZZ%3%', '%ZZ%3%'],
    ['%u0035%2', '%u0035%2'],
    ['%ZZ%41%EF%BB%BF%C3%A9', '%ZZA\ufeffé'],
    ['%%41', '%A'],
  ]
  for (const [text, decoded] of table) t.equal(percentDecode(text), decoded, text)
})

t.test('percentDecode replaces invalid bytes like Python', async (t) => {
  const table: [text: string, decoded: string][] = [
    ['%FF', '\ufffd'],
    ['%C3', '\ufffd'],
    ['%C3a', '\ufffda'],
    ['%C3é', '\ufffdé'],
    ['%F0%9F%98', '\ufffd'],
    ['%F0%9F%98x%80', '\ufffdx\ufffd'],
    ['%E4%BD%E4%BD%A0', '\ufffd你'],
    ['%C0%80', '\ufffd\ufffd'],
    ['%ED%A0%80', '\ufffd\ufffd\ufffd'],
    ['%F4%90%80%80', '\ufffd\ufffd\ufffd\ufffd'],
  ]
  for (const [text, decoded] of table) t.equal(percentDecode(text), decoded, text)
})

t.test('quote encodes all characters except the unreserved and the safe ones', async (t) => {
  const table: [text: string, safe: string, quoted: string][] = [
    ['AZaz09_.-~', '', 'AZaz09_.-~'],
    ['a/b c', '', 'a%2Fb%20c'],
    ['a/b c', '/', 'a/b%20c'],
    ['%2F', '%', '%2F'],
    ['\n"é😀', 'é', '%0A%22%C3%A9%F0%9F%98%80'],
    ['x\ud83dy', '', 'x%EF%BF%BDy'],
  ]
  for (const [text, safe, quoted] of table) t.equal(quote(text, safe), quoted, JSON.stringify(text))
})

t.test('percentDecode reverses quote', async () => {
  fc.assert(fc.property(fc.string({ unit: 'grapheme' }), (text) => percentDecode(quote(text, '/:')) === text))
})

t.test('withoutUser removes only the user and the password from a URL', async (t) => {
  const table: [url: string, rest: string][] = [
    ['http://user:pass@h:80/p', 'http://h:80/p'],
    ['HTTPS://u@h', 'HTTPS://h'],
    ['http://a@b@h/p', 'http://h/p'],
    ['http://h/p@q', 'http://h/p@q'],
    ['/p@q', '/p@q'],
    ['', ''],
  ]
  for (const [url, rest] of table) t.equal(withoutUser(url), rest)
})

t.test('QueryParameters parses values like Starlette', async (t) => {
  const table: [raw: string, name: string, value: string | undefined][] = [
    ['', 'limit', undefined],
    ['limit=5', 'limit', '5'],
    ['limit', 'limit', ''],
    ['limit=', 'limit', ''],
    ['limit==5', 'limit', '=5'],
    ['limit=5;offset=y', 'limit', '5;offset=y'],
    ['limit=5;offset=y', 'offset', undefined],
    ['limit=x+y%2Bz', 'limit', 'x y+z'],
    ['limit=%20%C3%A9%FF%ZZ', 'limit', ' é\ufffd%ZZ'],
    ['limit=x%26offset%3Dy', 'limit', 'x&offset=y'],
    ['limit=x#frag?y', 'limit', 'x#frag?y'],
    ['Limit=5', 'limit', undefined],
    ['%6Cimit=5', 'limit', '5'],
    ['l%69m+it=5', 'lim it', '5'],
    ['limit[]=5', 'limit', undefined],
    ['&&limit=5&', 'limit', '5'],
    ['&&limit=5&', '', undefined],
    ['=5', '', '5'],
    ['__proto__=1', '__proto__', '1'],
    ['limit=5', 'constructor', undefined],
  ]
  for (const [raw, name, value] of table)
    t.equal(new QueryParameters(raw).last(name), value, `${raw} → ${name}`)
})

t.test('QueryParameters returns the last of several values, or all of them', async (t) => {
  const query = new QueryParameters('limit=5&tags=a&limit=x&tags=&tags=b')

  t.equal(query.last('limit'), 'x')
  t.same(query.all('limit'), ['5', 'x'])
  t.same(query.all('tags'), ['a', '', 'b'])
  t.same(query.all('skip'), [])
})

t.test('QueryParameters does not change when a caller modifies a returned list', async (t) => {
  const query = new QueryParameters('tags=a')

  query.all('tags').push('b')

  t.same(query.all('tags'), ['a'])
})

t.test('QueryParameters parses all output of URLSearchParams', async () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'grapheme' }))),
      (pairs) => {
        const query = new QueryParameters(new URLSearchParams(pairs).toString())
        return pairs.every(([name]) => {
          const values = pairs.filter((pair) => pair[0] === name).map((pair) => pair[1])
          return query.all(name).join('\0') === values.join('\0') && query.last(name) === values.at(-1)
        })
      },
    ),
  )
})
