// The journals, their filters, and the path patterns that filters and faults share.
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import fc from 'fast-check'
import t from 'tap'
import { pathOf } from '../../src/fastapi/target.ts'
import { filterEntries, matchesStatus, pathMatcher } from '../../src/journal/filter.ts'
import { JOURNALS_MAX, Journals } from '../../src/journal/journals.ts'
import { compilePath, faultPatternFlaw, isControl, patternFlaw } from '../../src/journal/path-pattern.ts'
import { anEntry, aRoute } from './sample-entries.ts'

function journalOf(limits: { entries?: number; bytes?: number }) {
  const journals = new Journals()
  journals.limit(limits)
  return journals.of('org-1')
}

t.test('a journal keeps as many of the newest entries as its limits allow and counts the others', (t) => {
  const sizes = fc.array(fc.integer({ min: 1, max: 30 }), { maxLength: 2_000 })
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 700 }),
      fc.integer({ min: 30, max: 5_000 }),
      sizes,
      (entries, bytes, all) => {
        const journal = journalOf({ entries, bytes })
        for (const [index, size] of all.entries()) journal.add(anEntry({ id: index, bytes: size }))

        const kept = journal.list()
        const size = kept.reduce((sum, entry) => sum + entry.bytes, 0)
        const ids = kept.map(({ id }) => id)
        const before = all[all.length - kept.length - 1]
        t.ok(kept.length <= entries && size <= bytes)
        t.same(ids, [...all.keys()].slice(all.length - kept.length))
        // One more entry would have exceeded the limits.
        t.ok(before === undefined || kept.length === entries || size + before > bytes)
        t.equal(journal.dropped, all.length - kept.length)
      },
    ),
    { numRuns: 50 },
  )
  t.end()
})

t.test('a journal keeps the newest entries when it is full', (t) => {
  const journal = journalOf({ entries: 100 })
  for (let id = 1; id <= 2_000; id++) {
    journal.add(anEntry({ id }))
    if (id % 50 === 0)
      t.same([journal.list().at(0)?.id, journal.list().at(-1)?.id], [Math.max(1, id - 99), id])
  }

  t.same([journal.list().length, journal.dropped], [100, 1_900])
  t.end()
})

t.test('an entry that exceeds the limit on its own is dropped, and the others stay', (t) => {
  const journal = journalOf({ bytes: 10 })
  journal.add(anEntry({ id: 1, bytes: 10 }))
  journal.add(anEntry({ id: 2, bytes: 11 }))

  t.same([journal.list().map(({ id }) => id), journal.dropped], [[1], 1])
  t.end()
})

t.test('a journal keeps 1,000 entries and 16 MiB by default', (t) => {
  const [many, large] = [new Journals().of('org-1'), new Journals().of('org-1')]
  for (let id = 1; id <= 1_001; id++) many.add(anEntry({ id }))
  large.add(anEntry({ bytes: 16 * 1024 * 1024 }))
  large.add(anEntry({ bytes: 1 }))

  t.same([many.list().length, many.list()[0]?.id, many.dropped], [1_000, 2, 1])
  t.same([large.list().map(({ bytes }) => bytes), large.dropped], [[1], 1])
  t.end()
})

t.test('a cleared journal has no entries and no dropped ones', (t) => {
  const journal = journalOf({ entries: 1, bytes: 2 })
  for (const bytes of [1, 1, 2]) journal.add(anEntry({ bytes }))

  journal.clear()

  t.same([journal.list(), journal.dropped], [[], 0])
  journal.add(anEntry({ id: 9, bytes: 2 }))
  t.same([journal.list().map(({ id }) => id), journal.dropped], [[9], 0])
  t.end()
})

t.test('ids count up over all journals of a server', (t) => {
  const journals = new Journals()

  t.same([journals.nextId(), journals.nextId(), new Journals().nextId()], [1, 2, 1])
  t.end()
})

t.test('a limit of 0 turns journals off', (t) => {
  const isOff = (limits: { entries?: number; bytes?: number }) => {
    const journals = new Journals()
    journals.limit(limits)
    return journals.isOff
  }

  t.same(
    [isOff({ entries: 0 }), isOff({ bytes: 0 }), isOff({ entries: 1, bytes: 1 }), isOff({})],
    [true, true, false, false],
  )
  t.end()
})

t.test(
  'all journals together keep eight times the limit of one, and the least recently active lose entries first',
  (t) => {
    const journals = new Journals()
    journals.limit({ bytes: 100 })
    const add = (org: number, id: number) => journals.of(`org-${org}`).add(anEntry({ id, bytes: 10 }))
    const kept = (org: number) => journals.read(`org-${org}`).entries.length
    const dropped = (org: number) => journals.read(`org-${org}`).dropped
    const orgs = [...Array(20).keys()]
    for (const org of orgs) for (let n = 0; n < 10; n++) add(org, org * 10 + n)

    t.same(orgs.map(kept), [...Array(12).fill(0), ...Array(8).fill(10)])
    t.same(orgs.map(dropped), [...Array(12).fill(10), ...Array(8).fill(0)], 'dropped entries are counted')
    t.match([journals.read().entries.length, journals.read().dropped], [80, 120])

    add(12, 200)
    t.same(
      [kept(12), dropped(12)],
      [10, 1],
      'an organization that is active again keeps its entries within its own limit',
    )
    for (let n = 0; n < 10; n++) add(0, 300 + n)
    t.same(
      [kept(0), dropped(0)],
      [10, 10],
      'an organization without entries that is active again still has its count',
    )
    t.same([kept(13), dropped(13), kept(12)], [0, 10, 10])
    t.end()
  },
)

t.test('an evicted journal adds entries to the current journal of its organization', (t) => {
  const journals = new Journals()
  journals.limit({ bytes: 100 })
  const first = journals.of('first')
  first.add(anEntry({ id: 1, bytes: 100 }))
  for (let n = 0; n < 9; n++) journals.of(`org-${n}`).add(anEntry({ id: 2 + n, bytes: 100 }))
  t.same(journals.read('first'), { entries: [], dropped: 1 })

  first.add(anEntry({ id: 11, bytes: 1 }))

  t.match(journals.read('first'), { entries: [{ id: 11 }], dropped: 1 })
  t.end()
})

t.test('reading, clearing or restarting creates no journal', (t) => {
  const journals = new Journals()
  t.same(journals.read('org-1'), { entries: [], dropped: 0 })
  journals.clear('org-1')
  journals.restart('org-1')

  const made = journals.of('org-1')
  made.add(anEntry({ id: 1 }))
  t.equal(journals.of('org-1'), made)
  t.end()
})

t.test('a restarted journal ignores requests in progress', (t) => {
  const journals = new Journals()
  const [one, other, unowned] = [journals.of('one'), journals.of('other'), journals.of(null)]
  for (const journal of [one, other, unowned]) journal.add(anEntry({ id: 1 }))

  journals.restart('one')
  one.add(anEntry({ id: 2 }))
  t.same([journals.read('one').entries.length, journals.read('other').entries.length], [0, 1])
  journals.of('one').add(anEntry({ id: 3 }))
  t.match(journals.read('one').entries, [{ id: 3 }])

  journals.restart()
  for (const journal of [other, unowned]) journal.add(anEntry({ id: 4 }))
  t.same(journals.read(), { entries: [], dropped: 0 })
  t.equal(journals.bytes, 0)
  t.end()
})

t.test('dropped entries are counted beyond the maximum number of journals', (t) => {
  const journals = new Journals()
  const visit = (name: string, count: number) => {
    for (let n = 0; n < count; n++) journals.of(`${name}-${n}`).add(anEntry({ id: n, bytes: 1 }))
  }
  visit('a', JOURNALS_MAX)
  t.equal(journals.read('a-0').entries.length, 1)
  visit('b', 2)
  t.same([journals.read('a-0'), journals.read('a-1').dropped], [{ entries: [], dropped: 1 }, 1])
  t.same([journals.read('a-2').entries.length, journals.read('new').dropped], [1, 0])

  visit('c', JOURNALS_MAX)
  const unknown = JOURNALS_MAX + 1
  t.equal(journals.read('new').dropped, unknown, 'an unknown organization gets the maximum')
  t.same([journals.read('b-1').dropped, journals.read('c-0').dropped], [unknown + 1, 0])
  t.equal(journals.read().dropped, unknown + 1)
  journals.of('new')
  t.equal(journals.read('new').dropped, unknown)

  journals.clear('a-0')
  t.equal(journals.read('a-0').dropped, 0)
  journals.clear()
  t.same([journals.read('new').dropped, journals.read().dropped], [0, 0])
  t.end()
})

t.test('a journal with one large entry loses it', (t) => {
  const journals = new Journals()
  journals.limit({ bytes: 100 })

  for (let org = 0; org < 9; org++) journals.of(`org-${org}`).add(anEntry({ id: org, bytes: 100 }))

  t.same(
    Array.from({ length: 9 }, (_, org) => journals.read(`org-${org}`).entries.length),
    [0, 1, 1, 1, 1, 1, 1, 1, 1],
  )
  t.end()
})

t.test('the next journal to lose entries keeps the rest if it is active again', (t) => {
  const journals = new Journals()
  journals.limit({ bytes: 100 })
  const add = (org: string, count: number) => {
    for (let n = 0; n < count; n++) journals.of(org).add(anEntry({ id: n, bytes: 10 }))
  }
  journals.of('empty')
  for (let org = 0; org < 8; org++) add(`org-${org}`, 10)
  add('new', 1)
  t.same([journals.read('empty').dropped, journals.read('org-0').dropped], [0, 1])

  add('org-0', 1)
  add('new', 9)

  t.same([journals.read('org-0').entries.length, journals.read('org-0').dropped], [10, 1])
  t.same([journals.read('org-1').entries.length, journals.read('org-1').dropped], [0, 10])
  t.end()
})

t.test(
  'an organization whose journal was evicted once keeps its entries like others while it is active',
  (t) => {
    const journals = new Journals()
    journals.limit({ bytes: 100 })
    const first = journals.of('first')
    const add = (org: string, count: number) => {
      const journal = org === 'first' ? first : journals.of(org)
      for (let n = 0; n < count; n++) journal.add(anEntry({ id: n, orgId: org, bytes: 10 }))
    }
    add('first', 1)
    for (let org = 0; org < 9; org++) add(`before-${org}`, 10)
    journals.clear()
    add('first', 5)
    for (let org = 0; org < 7; org++) add(`org-${org}`, 10)
    add('new', 6)
    t.equal(journals.read('first').entries.length, 4, 'it is the least recently active one')

    add('first', 5)

    t.same([journals.read('first').entries.length, journals.read('org-0').entries.length], [9, 5])
    t.end()
  },
)

setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc') as () => void

t.test(
  'organizations that are active in turn take no more memory with time, and are evicted in order',
  (t) => {
    const journals = new Journals()
    journals.limit({ entries: 2, bytes: 1_000 })
    const take = (orgId: string) => journals.of(orgId).add(anEntry({ orgId, bytes: 900 }))
    for (let id = 0; id < 12; id++) take(`org-${id}`)
    collectGarbage()
    const { heapUsed: before } = process.memoryUsage()

    for (let turn = 0; turn < 200_000; turn++) take(`org-${10 + (turn % 2)}`)

    collectGarbage()
    const grown = process.memoryUsage().heapUsed - before
    t.ok(grown < 2 ** 21, `${grown} bytes`)
    take('org-12')
    const kept = journals.read().entries.map(({ orgId }) => orgId)
    t.notOk(kept.includes('org-0'))
    t.ok(kept.includes('org-12'))
    t.end()
  },
)

const session = anEntry({
  id: 1,
  at: 10,
  method: 'GET',
  target: '/v1/sessions/devin-1%20?x=1',
  route: aRoute('GET', '/v1/sessions/{session_id}'),
})
const unrouted = anEntry({ id: 2, at: 20, method: 'PATCH', target: '/v2/x', route: null, status: 404 })
const aborted = anEntry({ id: 3, at: 30, status: null })

const idsOf = (filter: Parameters<typeof filterEntries>[1]) =>
  filterEntries([session, unrouted, aborted], filter).map(({ id }) => id)

t.test('a filter returns the entries that match all criteria', (t) => {
  t.same(idsOf({}), [1, 2, 3])
  t.same(idsOf({ method: 'PATCH' }), [2])
  t.same(idsOf({ path: '/v1/**' }), [1, 3])
  t.same(idsOf({ status: '4xx' }), [2])
  t.same(idsOf({ afterId: 1 }), [2, 3])
  t.same(idsOf({ from: 20 }), [2, 3])
  t.same(idsOf({ from: 20, path: '/v1/**' }), [3])
  t.end()
})

t.test('a status matches its number and its class', (t) => {
  t.same(
    [matchesStatus(404, 404), matchesStatus('4xx', 404), matchesStatus(400, 404), matchesStatus('5xx', 404)],
    [true, true, false, false],
  )
  t.same([matchesStatus('2xx', null), matchesStatus(200, null)], [false, false])
  t.end()
})

t.test('a path matches as sent, decoded, by its template and by a glob', (t) => {
  const patterns = ['/v1/sessions/devin-1%20', '/v1/sessions/devin-1 ', '/v1/sessions/{session_id}']
  for (const pattern of [...patterns, '/v1/sessions/{id}', '/v1/*/*', '/**', '**']) {
    t.ok(pathMatcher(pattern)(session), pattern)
  }
  for (const pattern of ['/v1/sessions', '/v1/sessions/{session_id}/message', '/v1/*']) {
    t.notOk(pathMatcher(pattern)(session), pattern)
  }
  t.end()
})

t.test('a filter pattern that matches nothing or something unintended has a flaw', (t) => {
  for (const pattern of ['v1/secrets', '/v1/secrets?a=1', '/v1/#', '/v1/:secret_id']) {
    t.type(patternFlaw(pattern), 'string', pattern)
  }
  for (const pattern of [undefined, '/v1/secrets', '**/message', '/v1/{a}'])
    t.equal(patternFlaw(pattern), undefined)
  t.end()
})

t.test('a pattern is a path, a template or a glob', (t) => {
  const cases: [string, string[], string[]][] = [
    ['/v1/secrets', ['/v1/secrets'], ['/v1/secrets/', '/v1/secrets/a', '/v1/secret', '/v2/secrets', '']],
    [
      '/v1/sessions/{session_id}',
      ['/v1/sessions/devin-1', '/v1/sessions/é'],
      ['/v1/sessions/', '/v1/sessions/a/b'],
    ],
    [
      '/v1/sessions/{id}/message',
      ['/v1/sessions/a/message'],
      ['/v1/sessions/message', '/v1/sessions//message'],
    ],
    ['/v1/*', ['/v1/a', '/v1/'], ['/v1', '/v1/a/b']],
    ['/v1/s*s', ['/v1/sessions', '/v1/ss'], ['/v1/s', '/v1/secret', '/v1/s/s']],
    ['/v1/**', ['/v1', '/v1/', '/v1/a', '/v1/a/b'], ['/v2', '/v10']],
    ['/**/message', ['/message', '/v1/sessions/a/message'], ['/v1/message/a']],
    ['**', ['/', '/v1', '/a/b/c'], []],
    ['/v1/**/*-{id}', ['/v1/devin-1', '/v1/a/b/x-y'], ['/v1/-', '/v1/a']],
  ]
  for (const [pattern, matching, others] of cases) {
    const matches = compilePath(pattern)
    for (const path of matching) t.ok(matches(path), `${pattern} ${path}`)
    for (const path of others) t.notOk(matches(path), `${pattern} ${path}`)
  }
  t.end()
})

/** Returns the regular expression that is equivalent to a pattern. */
function reference(pattern: string): RegExp {
  const source = pattern
    .split('/')
    .map((segment) => {
      if (segment === '**') return '**'
      return segment
        .split(/(\*|\{[^{}/]+\})/)
        .map((part) => {
          if (part === '*') return '[^/]*'
          return part.startsWith('{') ? '[^/]+' : part.replace(/[.$]/g, '\\$&')
        })
        .join('')
    })
    .reduce((whole, segment, index) => {
      if (segment === '**') return index === 0 ? '(?:[^/]*(?:/[^/]*)*)?' : `${whole}(?:/[^/]*)*`
      return index === 0 ? segment : `${whole}/${segment}`
    }, '')
  return new RegExp(`^${source}$`, 's')
}

t.test('a pattern matches the same paths as its regular expression', (t) => {
  const segment = fc
    .array(fc.constantFrom('*', '{x}', 'a', 'b', '.', '$'), { maxLength: 4 })
    .map((parts) => parts.join(''))
  const pattern = fc
    .array(fc.oneof(fc.constant('**'), segment), { minLength: 1, maxLength: 5 })
    // A segment with exactly two stars also acts as `**`.
    .map((segments) => `/${segments.join('/')}`)
  const path = fc
    .array(fc.constantFrom('/', 'a', 'b', '.', '$', '\n'), { maxLength: 10 })
    .map((parts) => `/${parts.join('')}`)

  fc.assert(
    fc.property(pattern, path, (one, other) => {
      t.equal(compilePath(one)(other), reference(one).test(other), `${one} ${other}`)
    }),
    { numRuns: 2_000 },
  )
  t.end()
})

t.test('matching takes at most as many steps as the product of the lengths of pattern and path', (t) => {
  t.notOk(compilePath(`/${'*a'.repeat(200)}b`)(`/${'a'.repeat(60_000)}`))
  t.notOk(compilePath(`${'/**/a'.repeat(90)}/b`)('/a'.repeat(30_000)))
  t.end()
})

t.test('a fault pattern that matches nothing or something unintended has a flaw', (t) => {
  for (const pattern of ['/v1/secrets', '/v1/{a}/*', '**', '*', '/', '/_fake/storage/**', '/_fakes']) {
    t.equal(faultPatternFlaw(pattern), undefined, pattern)
  }
  const flaws: Record<string, RegExp> = {
    'v1/secrets': /starts with/,
    'http://localhost/v1': /starts with/,
    '{a}': /starts with/,
    '/v1/secrets?a=1': /no query/,
    '/v1#a': /no query/,
    '/_fake/clock': /control plane/,
    '/_fake': /control plane/,
    '/_fake/**': /control plane/,
    '/v1/sessions/:session_id': /\{session_id\}/,
    '/v1/{a': /\{session_id\}/,
    '/v1/{}': /\{session_id\}/,
  }
  for (const [pattern, flaw] of Object.entries(flaws)) t.match(faultPatternFlaw(pattern), flaw, pattern)
  t.end()
})

t.test('the storage and the webhooks do not belong to the control plane', (t) => {
  for (const path of ['/_fake', '/_fake/', '/_fake/health', '/_fake/storage']) t.ok(isControl(path), path)
  for (const path of ['/', '/_fakes', '/v1/_fake/x', '/_fake/storage/a', '/_fake/webhooks/a'])
    t.notOk(isControl(path), path)
  t.end()
})

t.test('pathOf decodes a path and omits the query and the host', (t) => {
  t.equal(pathOf('/v1/a%20b?c=%20'), '/v1/a b')
  t.equal(pathOf('http://h:1/v1/a'), '/v1/a')
  t.equal(pathOf('HTTPS://h?x'), '')
  t.end()
})
