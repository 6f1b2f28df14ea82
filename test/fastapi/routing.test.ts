import fc from 'fast-check'
import t from 'tap'
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

t.test('a plain target stays as it is', async (t) => {
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

t.test('the path is percent-decoded once before it is matched', async (t) => {
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

t.test('a target without a route goes where none is', async (t) => {
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

t.test('a newline at the end of a path is passed over, as Python’s $ does', async (t) => {
  const routes = sampleRoutes()
  t.equal(routes.rewrite('GET', '/v1/things%0A'), '/v1/things')
  t.equal(routes.rewrite('PUT', '/v1/things/a%0A'), '/v1/things/a%0A')
  t.match(routes.rewrite('GET', '/v1/things%0A%0A'), /^\/ $/)
})

t.test('the absolute form of a target is taken', async (t) => {
  t.equal(sampleRoutes().rewrite('GET', 'http://host:8080/v1/things?x=1'), '/v1/things?x=1')
})

t.test('a known path with another method is 405, with the methods of its first route', async (t) => {
  const routes = sampleRoutes()
  t.same(routes.resolve('/v1/things', ORIGIN), { kind: 'method-not-allowed', allow: 'GET' })
  t.same(routes.resolve('/v1/things/a%20b', ORIGIN), { kind: 'method-not-allowed', allow: 'PUT' })
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

t.test('a path that only has slashes too many at its end is redirected to the one without', async (t) => {
  const routes = sampleRoutes()
  const cases = [
    ['/v1/things/', '/v1/things'],
    ['/v1/things///', '/v1/things'],
    ['/v1/things/%2F', '/v1/things'],
    ['/v1/things/?limit=%E4&x', '/v1/things?limit=%E4&x'],
    ['/v1/things/?', '/v1/things'],
    ['/v1/things/a%252Fb/', '/v1/things/a%2Fb'],
    ['/v1/things/a%3Fb%22/', '/v1/things/a?b%22'],
    ['/v1/things/%E4%BD%A0/', '/v1/things/%E4%BD%A0'],
  ] as const
  for (const [target, location] of cases) {
    t.same(routes.resolve(target, ORIGIN), { kind: 'redirect', location: ORIGIN + location }, target)
  }
})

t.test('any id that holds no slash is found again from its percent-encoded form', async (t) => {
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
