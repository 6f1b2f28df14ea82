import fc from 'fast-check'
import t from 'tap'
import { JOURNALS_MAX, Journals } from '../../src/journal/journals.ts'
import { anExchange } from './exchange.ts'

function journalOf(limits: { entries?: number; bytes?: number }) {
  const journals = new Journals()
  journals.limit(limits)
  return journals.of('org-1')
}

t.test('a journal never keeps more than it may, keeps the newest and counts the others', (t) => {
  const sizes = fc.array(fc.integer({ min: 1, max: 30 }), { maxLength: 2_000 })
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 700 }),
      fc.integer({ min: 30, max: 5_000 }),
      sizes,
      (entries, bytes, all) => {
        const journal = journalOf({ entries, bytes })
        for (const [index, size] of all.entries()) journal.add(anExchange({ id: index, bytes: size }))

        const kept = journal.list()
        const size = kept.reduce((sum, exchange) => sum + exchange.bytes, 0)
        const ids = kept.map(({ id }) => id)
        const before = all[all.length - kept.length - 1]
        t.ok(kept.length <= entries && size <= bytes)
        t.same(ids, [...all.keys()].slice(all.length - kept.length))
        // One more would not have fitted.
        t.ok(before === undefined || kept.length === entries || size + before > bytes)
        t.equal(journal.dropped, all.length - kept.length)
      },
    ),
    { numRuns: 50 },
  )
  t.end()
})

t.test('a journal keeps the newest of any number', (t) => {
  const journal = journalOf({ entries: 100 })
  for (let id = 1; id <= 2_000; id++) {
    journal.add(anExchange({ id }))
    if (id % 50 === 0)
      t.same([journal.list().at(0)?.id, journal.list().at(-1)?.id], [Math.max(1, id - 99), id])
  }

  t.same([journal.list().length, journal.dropped], [100, 1_900])
  t.end()
})

t.test('an entry that alone is too large is dropped, and the others stay', (t) => {
  const journal = journalOf({ bytes: 10 })
  journal.add(anExchange({ id: 1, bytes: 10 }))
  journal.add(anExchange({ id: 2, bytes: 11 }))

  t.same([journal.list().map(({ id }) => id), journal.dropped], [[1], 1])
  t.end()
})

t.test('a journal keeps 1,000 entries and 16 MiB unless it is told otherwise', (t) => {
  const [many, large] = [new Journals().of('org-1'), new Journals().of('org-1')]
  for (let id = 1; id <= 1_001; id++) many.add(anExchange({ id }))
  large.add(anExchange({ bytes: 16 * 1024 * 1024 }))
  large.add(anExchange({ bytes: 1 }))

  t.same([many.list().length, many.list()[0]?.id, many.dropped], [1_000, 2, 1])
  t.same([large.list().map(({ bytes }) => bytes), large.dropped], [[1], 1])
  t.end()
})

t.test('a cleared journal is as new', (t) => {
  const journal = journalOf({ entries: 1, bytes: 2 })
  for (const bytes of [1, 1, 2]) journal.add(anExchange({ bytes }))

  journal.clear()

  t.same([journal.list(), journal.dropped], [[], 0])
  journal.add(anExchange({ id: 9, bytes: 2 }))
  t.same([journal.list().map(({ id }) => id), journal.dropped], [[9], 0])
  t.end()
})

t.test('ids count up over all journals of a server', (t) => {
  const journals = new Journals()

  t.same([journals.nextId(), journals.nextId(), new Journals().nextId()], [1, 2, 1])
  t.end()
})

t.test('journals that may keep nothing are off', (t) => {
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

t.test('all journals together keep eight times what one may: the least recently active give first', (t) => {
  const journals = new Journals()
  journals.limit({ bytes: 100 })
  const add = (org: number, id: number) => journals.of(`org-${org}`).add(anExchange({ id, bytes: 10 }))
  const kept = (org: number) => journals.read(`org-${org}`).exchanges.length
  const dropped = (org: number) => journals.read(`org-${org}`).dropped
  const orgs = [...Array(20).keys()]
  for (const org of orgs) for (let n = 0; n < 10; n++) add(org, org * 10 + n)

  t.same(orgs.map(kept), [...Array(12).fill(0), ...Array(8).fill(10)])
  t.same(orgs.map(dropped), [...Array(12).fill(10), ...Array(8).fill(0)], 'what was lost is told')
  t.match([journals.read().exchanges.length, journals.read().dropped], [80, 120])

  add(12, 200)
  t.same([kept(12), dropped(12)], [10, 1], 'one that is active again keeps what it has, within its own limit')
  for (let n = 0; n < 10; n++) add(0, 300 + n)
  t.same([kept(0), dropped(0)], [10, 10], 'and one that comes back knows what it has lost')
  t.same([kept(13), dropped(13), kept(12)], [0, 10, 10])
  t.end()
})

t.test('a journal that has made room for others goes on where it is asked for', (t) => {
  const journals = new Journals()
  journals.limit({ bytes: 100 })
  const first = journals.of('first')
  first.add(anExchange({ id: 1, bytes: 100 }))
  for (let n = 0; n < 9; n++) journals.of(`org-${n}`).add(anExchange({ id: 2 + n, bytes: 100 }))
  t.same(journals.read('first'), { exchanges: [], dropped: 1 })

  first.add(anExchange({ id: 11, bytes: 1 }))

  t.match(journals.read('first'), { exchanges: [{ id: 11 }], dropped: 1 })
  t.end()
})

t.test('looking at the journal of an organization makes none', (t) => {
  const journals = new Journals()
  t.same(journals.read('org-1'), { exchanges: [], dropped: 0 })
  journals.clear('org-1')
  journals.restart('org-1')

  const made = journals.of('org-1')
  made.add(anExchange({ id: 1 }))
  t.equal(journals.of('org-1'), made)
  t.end()
})

t.test('a journal that starts anew takes nothing more of the requests that are under way', (t) => {
  const journals = new Journals()
  const [one, other, nobody] = [journals.of('one'), journals.of('other'), journals.of(null)]
  for (const journal of [one, other, nobody]) journal.add(anExchange({ id: 1 }))

  journals.restart('one')
  one.add(anExchange({ id: 2 }))
  t.same([journals.read('one').exchanges.length, journals.read('other').exchanges.length], [0, 1])
  journals.of('one').add(anExchange({ id: 3 }))
  t.match(journals.read('one').exchanges, [{ id: 3 }])

  journals.restart()
  for (const journal of [other, nobody]) journal.add(anExchange({ id: 4 }))
  t.same(journals.read(), { exchanges: [], dropped: 0 })
  t.equal(journals.bytes, 0)
  t.end()
})

t.test('where there are more organizations than journals, what was lost is told, too', (t) => {
  const journals = new Journals()
  const visit = (name: string, count: number) => {
    for (let n = 0; n < count; n++) journals.of(`${name}-${n}`).add(anExchange({ id: n, bytes: 1 }))
  }
  visit('a', JOURNALS_MAX)
  t.equal(journals.read('a-0').exchanges.length, 1)
  visit('b', 2)
  t.same([journals.read('a-0'), journals.read('a-1').dropped], [{ exchanges: [], dropped: 1 }, 1])
  t.same([journals.read('a-2').exchanges.length, journals.read('new').dropped], [1, 0])

  visit('c', JOURNALS_MAX)
  const unknown = JOURNALS_MAX + 1
  t.equal(journals.read('new').dropped, unknown, 'of whom it is not known, as much as there may be')
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

t.test('a journal of one large entry gives all of it', (t) => {
  const journals = new Journals()
  journals.limit({ bytes: 100 })

  for (let org = 0; org < 9; org++) journals.of(`org-${org}`).add(anExchange({ id: org, bytes: 100 }))

  t.same(
    Array.from({ length: 9 }, (_, org) => journals.read(`org-${org}`).exchanges.length),
    [0, 1, 1, 1, 1, 1, 1, 1, 1],
  )
  t.end()
})

t.test('a journal that was the next to make room and is active again keeps what it has left', (t) => {
  const journals = new Journals()
  journals.limit({ bytes: 100 })
  const add = (org: string, count: number) => {
    for (let n = 0; n < count; n++) journals.of(org).add(anExchange({ id: n, bytes: 10 }))
  }
  journals.of('empty')
  for (let org = 0; org < 8; org++) add(`org-${org}`, 10)
  add('new', 1)
  t.same([journals.read('empty').dropped, journals.read('org-0').dropped], [0, 1])

  add('org-0', 1)
  add('new', 9)

  t.same([journals.read('org-0').exchanges.length, journals.read('org-0').dropped], [10, 1])
  t.same([journals.read('org-1').exchanges.length, journals.read('org-1').dropped], [0, 10])
  t.end()
})
