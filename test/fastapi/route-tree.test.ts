import fc from 'fast-check'
import t from 'tap'
import { RouteTree, type TreeRoute } from '../../src/fastapi/route-tree.ts'

const treeOf = (...names: string[]) => new RouteTree(names.map(routeOf))

/** Returns a route, whose parameter `{path}` may contain slashes. */
function routeOf(name: string): TreeRoute {
  const [method = '', path = ''] = name.split(' ')
  return { method, path, ...(path.includes('{path}') && { pathParameter: 'path' }) }
}

/** Returns the path of the route that matches, and its parameters. */
function matched(tree: RouteTree<TreeRoute>, method: string, path: string): unknown[] | undefined {
  const match = tree.match(method, path)
  return match && [match.route.path, { ...match.params }]
}

t.test('match finds a route by its method and path, with the parameters', async (t) => {
  const tree = treeOf('GET /v3/self', 'GET /v3/{org_id}/secrets', 'DELETE /v3/{org_id}/secrets/{secret_id}')

  t.same(matched(tree, 'GET', '/v3/self'), ['/v3/self', {}])
  t.same(matched(tree, 'GET', '/v3/org-1/secrets'), ['/v3/{org_id}/secrets', { org_id: 'org-1' }])
  t.same(matched(tree, 'DELETE', '/v3/org-1/secrets/s 1'), [
    '/v3/{org_id}/secrets/{secret_id}',
    { org_id: 'org-1', secret_id: 's 1' },
  ])
})

t.test('match finds nothing for another method, path or number of segments', async (t) => {
  const tree = treeOf('GET /v3/{org_id}/secrets', 'DELETE /v3/{org_id}/secrets/{secret_id}')

  for (const [method, path] of [
    ['POST', '/v3/org-1/secrets'],
    ['get', '/v3/org-1/secrets'],
    ['GET', '/v3/org-1/Secrets'],
    ['GET', '/v3/org-1/secrets/'],
    ['GET', '/v3//secrets'],
    ['DELETE', '/v3/org-1/secrets/'],
    ['GET', '/v3/org-1'],
    ['GET', '/v3/org-1/secrets/a/b'],
    ['GET', '/'],
    ['GET', ''],
  ] as const) {
    t.equal(tree.match(method, path), undefined, `${method} ${path}`)
  }
})

t.test('match prefers a literal segment to a parameter', async (t) => {
  const tree = treeOf('GET /a/schemas', 'GET /a/{id}', 'GET /a/schemas/{id}/x', 'GET /a/{id}/{name}/x')

  t.same(matched(tree, 'GET', '/a/schemas'), ['/a/schemas', {}])
  t.same(matched(tree, 'GET', '/a/schema'), ['/a/{id}', { id: 'schema' }])
  t.same(matched(tree, 'GET', '/a/schemas/1/x'), ['/a/schemas/{id}/x', { id: '1' }])
  t.same(matched(tree, 'GET', '/a/b/1/x'), ['/a/{id}/{name}/x', { id: 'b', name: '1' }])
})

t.test('match falls back to a parameter if the literal segment has no such method or rest', async (t) => {
  const tree = treeOf('GET /a/schemas', 'DELETE /a/{id}', 'GET /b/x/y', 'GET /b/{id}/{name}')

  t.same(matched(tree, 'DELETE', '/a/schemas'), ['/a/{id}', { id: 'schemas' }])
  t.same(matched(tree, 'GET', '/b/x/z'), ['/b/{id}/{name}', { id: 'x', name: 'z' }])
})

t.test('match ignores a newline at the end of the path, as with $ in Python', async (t) => {
  const tree = treeOf('GET /a/list', 'GET /b/{id}', 'GET /c/', 'GET /list/x')

  t.same(matched(tree, 'GET', '/a/list\n'), ['/a/list', {}])
  t.same(matched(tree, 'GET', '/b/1\n'), ['/b/{id}', { id: '1\n' }], 'a parameter includes it')
  t.same(matched(tree, 'GET', '/b/\n'), ['/b/{id}', { id: '\n' }])
  t.same(matched(tree, 'GET', '/c/\n'), ['/c/', {}])
  for (const path of ['/a/list\n\n', '/a/list\r\n', '/list\n/x']) {
    t.equal(tree.match('GET', path), undefined, JSON.stringify(path))
  }
})

t.test('match finds a route by a parameter that may contain slashes', async (t) => {
  const tree = treeOf('GET /r/list', 'GET /r/{path}/index', 'PUT /r/{path}/index', 'GET /r/{path}/{id}/x')
  const valueIn = (path: string) => tree.match('GET', path)?.params

  t.same(valueIn('/r/a/index'), { path: 'a' })
  t.same(valueIn('/r/a/b/c/index'), { path: 'a/b/c' })
  t.same(valueIn('/r/a/index/b/index'), { path: 'a/index/b' }, 'the longest value')
  t.same(valueIn('/r//a//index'), { path: '/a/' })
  t.same(valueIn('/r//index'), { path: '' })
  t.same(valueIn('/r/a/b/1/x'), { path: 'a/b', id: '1' })
  t.same(valueIn('/r/list'), {})
  t.same(valueIn('/r/list/index'), { path: 'list' })
  t.equal(tree.allowAt('/r/a/b/index'), 'GET')
  t.equal(tree.match('PUT', '/r/a/b/index')?.params.path, 'a/b')
  for (const path of ['/r/index', '/r/a/b', '/r', '/r/', '/r/a/index/', '/q/a/index']) {
    t.equal(valueIn(path), undefined, path)
  }
})

t.test('a segment wins against a parameter that may contain slashes', async (t) => {
  const tree = treeOf('GET /r/{id}/index', 'GET /r/{path}/index')

  t.same(matched(tree, 'GET', '/r/a/index'), ['/r/{id}/index', { id: 'a' }])
  t.same(matched(tree, 'GET', '/r/a/b/index'), ['/r/{path}/index', { path: 'a/b' }])
})

t.test('allowAt returns the method of the first route at a path', async (t) => {
  const tree = treeOf('PUT /a/{id}', 'GET /a/{name}', 'POST /b/x', 'DELETE /b/{id}', 'GET /c/x/y')

  t.equal(tree.allowAt('/a/1'), 'PUT')
  t.equal(tree.allowAt('/b/x'), 'POST', 'that of the literal segment')
  t.equal(tree.allowAt('/b/x\n'), 'POST')
  t.equal(tree.allowAt('/b/y'), 'DELETE')
  for (const path of ['/', '/a', '/a/', '/c/x', '/d']) t.equal(tree.allowAt(path), undefined, path)
})

t.test('names like those of members of objects are ordinary segments and parameters', async (t) => {
  const tree = treeOf('GET /a/{constructor}', 'GET /toString')

  t.same(matched(tree, 'GET', '/a/__proto__'), ['/a/{constructor}', { constructor: '__proto__' }])
  t.equal(tree.match('GET', '/constructor'), undefined)
  t.equal(tree.match('constructor', '/toString'), undefined)
})

/** Matches as Starlette does: by one regular expression per route, in the order of registration. */
class NaiveRoutes {
  readonly #routes: readonly { readonly route: TreeRoute; readonly pattern: RegExp }[]

  constructor(routes: readonly TreeRoute[]) {
    this.#routes = routes.map((route) => ({
      route,
      pattern: new RegExp(`^${route.path.replaceAll(/\{\w+\}/g, '([^/]+)')}\\n?$`),
    }))
  }

  match(method: string, path: string): unknown[] | undefined {
    const found = this.#routes.find(({ route, pattern }) => route.method === method && pattern.test(path))
    if (found === undefined) return undefined
    const names = [...found.route.path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name)
    const [, ...values] = found.pattern.exec(path) ?? []
    return [found.route.path, Object.fromEntries(names.map((name, index) => [name, values[index]]))]
  }

  allowAt(path: string): string | undefined {
    return this.#routes.find(({ pattern }) => pattern.test(path))?.route.method
  }
}

const method = fc.constantFrom('GET', 'PUT', 'DELETE')

const route = fc
  .record({
    method,
    segments: fc.array(fc.constantFrom('a', 'b', '', '{x}', '{y}'), { minLength: 1, maxLength: 4 }),
  })
  .map(({ method, segments }) => ({
    method,
    // Distinct names, as every route has.
    path: `/${segments.map((segment, index) => segment.replace('}', `${index}}`)).join('/')}`,
  }))

/** Orders routes by their segments, literal ones before parameters. */
function byLiterals(one: TreeRoute, other: TreeRoute): number {
  const shape = ({ path }: TreeRoute) => path.replaceAll(/\{\w+\}/g, '{').split('/')
  const [left, right] = [shape(one), shape(other)]
  const at = left.findIndex((segment, index) => segment !== right[index])
  if (at === -1) return left.length - right.length
  return (left[at] ?? '') < (right[at] ?? '') ? -1 : 1
}

const path = fc
  .tuple(
    fc.array(fc.constantFrom('a', 'b', 'c', '', '\n', 'a\n', '{x}'), { minLength: 1, maxLength: 5 }),
    fc.constantFrom('', '', '\n'),
  )
  .map(([segments, end]) => `/${segments.join('/')}${end}`)

t.test('any routes match any path as in Starlette', async (t) => {
  fc.assert(
    fc.property(
      fc.array(route, { maxLength: 12 }),
      fc.array(fc.tuple(method, path), { maxLength: 12 }),
      (routes, requests) => {
        const sorted = routes.toSorted(byLiterals)
        const [tree, naive] = [new RouteTree(sorted), new NaiveRoutes(sorted)]
        for (const [method, path] of requests) {
          t.same(matched(tree, method, path), naive.match(method, path))
          t.equal(tree.allowAt(path), naive.allowAt(path))
        }
      },
    ),
    { numRuns: 500 },
  )
})
