import fc from 'fast-check'
import t from 'tap'
import { Journals } from '../../src/journal/journal.ts'
import { anExchange } from './exchange.ts'

function journalOf(limits: { entries?: number; bytes?: number }) {
  const journals = new Journals()
  journals.limit(limits)
  return journals.create()
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
  const [many, large] = [new Journals().create(), new Journals().create()]
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

t.test('all journals together keep eight times what one may, and each gives in turn', (t) => {
  const journals = new Journals()
  journals.limit({ bytes: 100 })
  const all = Array.from({ length: 20 }, () => journals.create())
  for (const [at, journal] of all.entries()) {
    for (let n = 0; n < 10; n++) journal.add(anExchange({ id: at * 10 + n, bytes: 10 }))
  }

  const kept = all.map((journal) => journal.list().length)
  t.ok(kept.reduce((sum, one) => sum + one) * 10 <= 800, String(kept))
  t.equal(all.at(-1)?.list().length, 10, 'who came last has given last')
  const left = all.at(0)?.list().length ?? 0
  t.ok(left < 5)
  t.equal(all.at(0)?.dropped, 10 - left)

  for (const journal of all.slice(1)) journal.retire()
  const first = all.at(0)
  for (let n = 0; n < 10; n++) first?.add(anExchange({ id: n, bytes: 10 }))
  t.equal(first?.list().length, 10, 'what was retired has made room')
  t.end()
})

t.test('a journal of one large entry gives all of it', (t) => {
  const journals = new Journals()
  journals.limit({ bytes: 100 })
  const all = Array.from({ length: 9 }, () => journals.create())

  for (const [id, journal] of all.entries()) journal.add(anExchange({ id, bytes: 100 }))

  t.same(
    all.map((journal) => journal.list().length),
    [0, 1, 1, 1, 1, 1, 1, 1, 1],
  )
  t.end()
})
