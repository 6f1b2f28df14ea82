import fc from 'fast-check'
import t from 'tap'
import {
  FilteredRows,
  filterOf,
  isEmpty,
  matcherOf,
  type RequestFilter,
} from '../../../src/page/model/requests-filter.ts'
import { rowOf, toneOf, withShortIds } from '../../../src/page/model/requests-row.ts'
import type { RequestEntry } from '../../../src/schemas/control/journal.ts'
import { entryWith } from './requests.ts'

const filterWith = (filter: Partial<RequestFilter>): RequestFilter =>
  filterOf(filter as Record<string, string>)

const matches = (filter: Partial<RequestFilter>, entry: Partial<RequestEntry> = {}) =>
  matcherOf(filterWith(filter))(rowOf(entryWith(entry)))

t.test('a row has the members that a list shows', (t) => {
  const entry = entryWith({
    method: 'POST',
    query: { raw: 'A=b', pairs: [['A', 'b']] },
    body: { Prompt: 'Fix' },
    response_body: 'Plain TEXT',
    fault: 'fault-1',
    unread_fields: ['body.Prompt'],
  })

  t.same(rowOf(entry), {
    id: 1,
    time: entry.time,
    orgId: 'org-1',
    method: 'POST',
    path: '/v1/sessions',
    query: 'A=b',
    route: '/v1/sessions',
    status: 200,
    milliseconds: 1.5,
    fault: 'fault-1',
    unread: 1,
    text: 'post /v1/sessions?a=b 200\n{"prompt":"fix"}\nplain text',
  })
  t.match(rowOf(entryWith({ status: null })), { text: 'get /v1/sessions \n\n', fault: undefined })
  t.same([null, 500, 404, 302, 200].map(toneOf), ['bad', 'bad', 'warn', 'info', 'good'])
  const id = 'abcd'.repeat(8)
  t.equal(
    withShortIds(`/v3/organizations/org-${id}/sessions/${id}/a`),
    '/v3/organizations/org-abcd…/sessions/abcd…/a',
  )
  t.equal(withShortIds(`/v1/${id}0`), `/v1/${id}0`)
  t.end()
})

t.test('requests are filtered by method, path, status and text', (t) => {
  const cases: [Partial<RequestFilter>, Partial<RequestEntry>, boolean][] = [
    [{}, {}, true],
    [{ method: 'GET' }, {}, true],
    [{ method: 'POST' }, {}, false],
    [{ status: '200' }, {}, true],
    [{ status: '2' }, {}, true],
    [{ status: '2XX' }, {}, true],
    [{ status: '20x' }, { status: 201 }, true],
    [{ status: '4xx' }, {}, false],
    [{ status: '2000' }, {}, false],
    [{ status: '2xxx' }, {}, false],
    [{ status: 'two' }, {}, false],
    [{ status: 'none' }, { status: null }, true],
    [{ status: 'none' }, {}, false],
    [{ status: 'x' }, { status: null }, false],
    [{ path: ' SESS ' }, {}, true],
    [{ path: 'secrets' }, {}, false],
    [{ path: 'fix' }, { body: 'fix' }, false],
    [{ path: '/v1/*' }, {}, true],
    [{ path: '/v1/*' }, { path: '/v1/sessions/a' }, false],
    [{ path: '/**/a' }, { path: '/v1/sessions/a' }, true],
    [{ path: '/v1/{any}/a' }, { path: '/v1/sessions/a' }, true],
    [{ path: '/v1/{any}/a' }, { path: '/v1//a' }, false],
    [{ path: '/v1/{id}' }, { path: '/v1/b/c', route: '/v1/{id}' }, true],
    [{ path: '*.(+' }, { path: '/a.(+' }, false],
    [{ path: '**.(+' }, { path: '/a.(+' }, true],
    [{ text: ' FIX the ' }, { body: { prompt: 'Fix the page' } }, true],
    [{ text: 'say "hi"' }, { body: { prompt: 'Say "hi"' } }, true],
    [{ text: 'say "hi"' }, { body: 'say "hi"' }, true],
    [{ text: 'gone' }, { response_body: { detail: 'Gone' } }, true],
    [{ text: 'get /v1' }, {}, true],
    [{ text: '404' }, { status: 404 }, true],
    [{ text: 'v1' }, { status: null }, true],
    [{ text: 'absent' }, {}, false],
    [{ method: 'GET', status: '404', path: 'v1', text: 'v1' }, {}, false],
  ]
  for (const [filter, entry, expected] of cases) {
    t.equal(matches(filter, entry), expected, JSON.stringify([filter, entry]))
  }
  t.same(filterOf({ org: 'org-1', status: '4xx' }), { method: '', path: '', status: '4xx', text: '' })
  t.ok(isEmpty(filterWith({ text: ' ' })))
  t.notOk(isEmpty(filterWith({ text: 'a' })))
  t.end()
})

t.test('without a filter, the rows stay as they are', (t) => {
  const rows = [rowOf(entryWith())]

  t.equal(new FilteredRows().find(rows, filterWith({})), rows)
  t.end()
})

t.test('rows that were read again are filtered again', (t) => {
  const filtered = new FilteredRows()
  const [first, second, third] = [3, 2, 1].map((id) => rowOf(entryWith({ id, body: 'a' })))
  if (first === undefined || second === undefined || third === undefined) throw new Error('no rows')
  const filter = filterWith({ text: 'a' })

  for (const rows of [[], [first, third], [first, second, third], [], [second]]) {
    t.same(filtered.find(rows, filter), rows)
  }
  t.end()
})

t.test('only added rows are searched, and dropped rows are removed', (t) => {
  const filtered = new FilteredRows()
  const row = (id: number, body: string) => rowOf(entryWith({ id, body }))
  const [newest, other, middle, oldest] = [row(7, 'zz'), row(6, '-'), row(5, 'zz'), row(4, 'zz')]
  const filter = filterWith({ text: 'zz' })
  const found = (...rows: ReturnType<typeof row>[]) => filtered.find(rows, filter)

  t.same(found(middle), [middle])
  t.same(found(other, middle), [middle], 'a newer one that does not match')
  t.same(found(other, middle, oldest), [middle, oldest], 'an older one that matches')
  t.same(found(other, middle), [middle], 'the oldest one is dropped')
  t.same(found(newest, other, middle), [newest, middle], 'a newer one that matches')
  t.end()
})

t.test('property: incremental filtering finds the same rows as a search of all of them', (t) => {
  const change = fc.record({
    newer: fc.nat({ max: 3 }),
    older: fc.nat({ max: 3 }),
    dropped: fc.nat({ max: 4 }),
    text: fc.constantFrom('a', 'a', 'a', 'b', ''),
    isRead: fc.boolean(),
  })
  fc.assert(
    fc.property(fc.array(change, { maxLength: 20 }), (changes) => {
      const filtered = new FilteredRows()
      let [first, last] = [1_000, 1_000]
      let rows: ReturnType<typeof rowOf>[] = []
      const row = (id: number) => rowOf(entryWith({ id, body: ['a', 'b', 'ab'][id % 3] }))
      for (const { newer, older, dropped, text, isRead } of changes) {
        rows = rows.slice(0, Math.max(0, rows.length - dropped))
        if (isRead) rows = rows.map(({ id }) => row(id))
        const above = Array.from({ length: newer }, () => row(++first)).reverse()
        const below = Array.from({ length: dropped > 0 ? 0 : older }, () => row(last--))
        rows = [...above, ...rows, ...below]
        const filter = filterWith({ text })
        t.same(filtered.find(rows, filter), rows.filter(matcherOf(filter)))
      }
    }),
    { numRuns: 60 },
  )
  t.end()
})

t.test('100,000 requests are filtered by their texts, newest first', (t) => {
  const rows = Array.from({ length: 100_000 }, (_, at) =>
    rowOf(entryWith({ id: 100_000 - at, body: { prompt: `Request ${100_000 - at}` } })),
  )
  const found = new FilteredRows().find(rows, filterWith({ text: 'request 9999', method: 'GET' }))

  t.same(
    found.map(({ id }) => id),
    [99_999, 99_998, 99_997, 99_996, 99_995, 99_994, 99_993, 99_992, 99_991, 99_990, 9_999],
  )
  t.end()
})
