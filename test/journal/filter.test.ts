import t from 'tap'
import { filterExchanges, isStatus, pathMatcher, patternFlaw } from '../../src/journal/filter.ts'
import { anExchange, aRoute } from './exchange.ts'

const session = anExchange({
  id: 1,
  at: 10,
  method: 'GET',
  target: '/v1/sessions/devin-1%20?x=1',
  route: aRoute('GET', '/v1/sessions/{session_id}'),
})
const unrouted = anExchange({ id: 2, at: 20, method: 'PATCH', target: '/v2/x', route: null, status: 404 })
const unanswered = anExchange({ id: 3, at: 30, status: null })

const idsOf = (filter: Parameters<typeof filterExchanges>[1]) =>
  filterExchanges([session, unrouted, unanswered], filter).map(({ id }) => id)

t.test('exchanges are those that fit everything that is looked for', (t) => {
  t.same(idsOf({}), [1, 2, 3])
  t.same(idsOf({ method: 'PATCH' }), [2])
  t.same(idsOf({ path: '/v1/**' }), [1, 3])
  t.same(idsOf({ status: '4xx' }), [2])
  t.same(idsOf({ afterId: 1 }), [2, 3])
  t.same(idsOf({ from: 20 }), [2, 3])
  t.same(idsOf({ from: 20, path: '/v1/**' }), [3])
  t.end()
})

t.test('a status is meant by its number and by its class', (t) => {
  t.same(
    [isStatus(404, 404), isStatus('4xx', 404), isStatus(400, 404), isStatus('5xx', 404)],
    [true, true, false, false],
  )
  t.same([isStatus('2xx', null), isStatus(200, null)], [false, false])
  t.end()
})

t.test('a path is meant as it was sent, decoded, by its template and by a glob', (t) => {
  const patterns = ['/v1/sessions/devin-1%20', '/v1/sessions/devin-1 ', '/v1/sessions/{session_id}']
  for (const pattern of [...patterns, '/v1/sessions/{id}', '/v1/*/*', '/**', '**']) {
    t.ok(pathMatcher(pattern)(session), pattern)
  }
  for (const pattern of ['/v1/sessions', '/v1/sessions/{session_id}/message', '/v1/*']) {
    t.notOk(pathMatcher(pattern)(session), pattern)
  }
  t.end()
})

t.test('patterns that match nothing, or not what was meant, have a flaw', (t) => {
  for (const pattern of ['v1/secrets', '/v1/secrets?a=1', '/v1/#', '/v1/:secret_id']) {
    t.type(patternFlaw(pattern), 'string', pattern)
  }
  for (const pattern of [undefined, '/v1/secrets', '**/message', '/v1/{a}'])
    t.equal(patternFlaw(pattern), undefined)
  t.end()
})
