import fc from 'fast-check'
import t from 'tap'
import { type JournalCall, JournalCopy } from '../../../src/page/model/requests-copy.ts'
import type { LiveEvent } from '../../../src/schemas/control/events.ts'
import type { RequestEntry } from '../../../src/schemas/control/journal.ts'
import { entryWith } from './requests.ts'

/** A journal that drops the oldest entries of each organization beyond a limit. */
class Journal {
  entries: RequestEntry[] = []
  dropped = 0
  calls = 0
  readonly #max: number
  #lastId = 0

  constructor(max = Number.POSITIVE_INFINITY) {
    this.#max = max
  }

  add(org = 'org-1'): LiveEvent {
    const entry = entryWith({ id: ++this.#lastId, org_id: org })
    this.entries.push(entry)
    const own = this.entries.filter(({ org_id }) => org_id === org)
    if (own.length > this.#max) {
      this.entries = this.entries.filter((one) => one !== own[0])
      this.dropped++
    }
    const { id, time, method, path, status, duration_ms } = entry
    return { kind: 'request', org_id: org, id, time, method, path, status, duration_ms }
  }

  clear(org: string | null): LiveEvent {
    this.entries = org === null ? [] : this.entries.filter(({ org_id }) => org_id !== org)
    this.dropped = 0
    return { kind: 'journal', org_id: org, action: 'deleted' }
  }

  answer({ query: { since = 0, before = Number.POSITIVE_INFINITY, limit } }: JournalCall) {
    this.calls++
    const found = this.entries.filter(({ id }) => id > since && id < before)
    const requests = found.slice(Math.max(0, found.length - limit))
    return { requests, total: found.length, dropped: this.dropped }
  }

  /** Makes all calls that a copy asks for. */
  feed(copy: JournalCopy, length = 10): void {
    for (let call = copy.next(); call !== undefined; call = copy.next()) {
      copy.take(call, this.answer(call), length)
    }
  }
}

const idsOf = ({ rows }: JournalCopy) => rows.map(({ id }) => id)
const idsIn = ({ entries }: Journal) => entries.map(({ id }) => id).reverse()

t.test('a copy reads the newest requests first, then the older ones', (t) => {
  const journal = new Journal()
  for (let count = 0; count < 2_500; count++) journal.add()
  const copy = new JournalCopy()
  const first = copy.next() as JournalCall

  t.match(first, { kind: 'newest', query: { limit: 200 } })
  copy.take(first, journal.answer(first), 10)
  t.same([copy.rows.length, copy.rows[0]?.id, copy.isStarted, copy.isComplete], [200, 2_500, true, false])
  t.match(copy.next(), { kind: 'older', query: { before: 2_301, limit: 1_000 } })
  journal.feed(copy)
  t.same(idsOf(copy), idsIn(journal))
  t.ok(copy.isComplete)
  t.end()
})

t.test('long entries are read in small parts', (t) => {
  const journal = new Journal()
  for (let count = 0; count < 300; count++) journal.add()
  const copy = new JournalCopy()
  const first = copy.next() as JournalCall
  copy.take(first, journal.answer(first), 2_000_000)

  t.match(copy.next(), { query: { limit: 100 } })
  journal.feed(copy, 100_000_000)
  t.match(copy.rows, { length: 300 })
  journal.add()
  copy.tell({ kind: 'resync', org_id: null })
  t.match(copy.next(), { kind: 'newest', query: { limit: 20 } })
  t.end()
})

t.test('an event of a request makes a copy read only the new requests', (t) => {
  const journal = new Journal()
  const copy = new JournalCopy()
  journal.feed(copy)
  t.equal(copy.next(), undefined)

  t.ok(copy.tell(journal.add()))
  const call = copy.next() as JournalCall
  t.match(call, { kind: 'newer', query: { since: 0 } })
  // Another one comes before the answer.
  const answer = journal.answer(call)
  copy.tell(journal.add())
  copy.take(call, answer, 10)

  t.same(idsOf(copy), [1])
  journal.feed(copy)
  t.same(idsOf(copy), [2, 1])
  t.end()
})

t.test('many new requests are read in parts, and very many by starting again', (t) => {
  const journal = new Journal()
  const copy = new JournalCopy()
  copy.tell(journal.add())
  journal.feed(copy)
  for (let count = 0; count < 3_000; count++) copy.tell(journal.add())
  copy.take(
    copy.next() as JournalCall,
    journal.answer({ kind: 'newer', start: 0, query: { since: 1, limit: 1_000 } }),
    9,
  )
  t.equal(copy.rows.length, 1)
  journal.feed(copy)
  t.same(idsOf(copy), idsIn(journal))

  for (let count = 0; count < 9_000; count++) copy.tell(journal.add())
  journal.feed(copy)
  t.same(idsOf(copy), idsIn(journal))
  t.end()
})

t.test('a paused copy counts new requests and shows them afterwards', (t) => {
  const journal = new Journal()
  const copy = new JournalCopy()
  journal.feed(copy)
  copy.isPaused = true
  copy.tell(journal.add())
  copy.tell(journal.add())
  journal.feed(copy)

  t.same([copy.isPaused, copy.waiting, idsOf(copy)], [true, 2, []])
  copy.isPaused = false
  journal.feed(copy)
  t.same([copy.waiting, idsOf(copy)], [0, [2, 1]])
  t.end()
})

t.test('a copy of one organization ignores the events of others', (t) => {
  const journal = new Journal()
  const copy = new JournalCopy('org-1')
  journal.feed(copy)

  t.notOk(copy.tell(journal.add('org-2')))
  t.notOk(copy.tell(journal.clear('org-2')))
  t.notOk(copy.tell({ kind: 'reset', org_id: 'org-2' }))
  t.notOk(copy.tell({ kind: 'session', org_id: 'org-1', id: 'devin-1' }))
  t.equal(copy.next(), undefined)
  t.ok(copy.tell({ kind: 'reset', org_id: null }))
  t.match(copy.next(), { kind: 'newest' })
  t.end()
})

t.test('a cleared journal empties a copy at once, and earlier answers are ignored', (t) => {
  const journal = new Journal()
  const copy = new JournalCopy()
  for (const org of ['org-1', 'org-2']) copy.tell(journal.add(org))
  journal.feed(copy)
  copy.tell(journal.add())
  const call = copy.next() as JournalCall
  const answer = journal.answer(call)

  copy.tell(journal.clear('org-1'))
  t.same(idsOf(copy), [2])
  copy.take(call, answer, 10)
  t.same(idsOf(copy), [2])
  copy.tell(journal.clear(null))
  t.same(idsOf(copy), [])
  journal.feed(copy)
  t.same(idsOf(copy), [])
  t.end()
})

t.test('a copy drops what the journal of one organization has dropped', (t) => {
  const journal = new Journal(3)
  const copy = new JournalCopy()
  for (let count = 0; count < 5; count++) {
    copy.tell(journal.add())
    journal.feed(copy)
  }

  t.same([idsOf(copy), copy.dropped], [[5, 4, 3], 2])
  t.end()
})

t.test(
  'a copy of several organizations keeps a limited number of requests that the journal has dropped',
  (t) => {
    const journal = new Journal(300)
    const copy = new JournalCopy()
    copy.tell(journal.add('org-2'))
    for (let count = 0; count < 300; count++) copy.tell(journal.add())
    journal.feed(copy)
    for (const expected of [601, 901, 1_201, 301]) {
      for (let count = 0; count < 300; count++) copy.tell(journal.add())
      journal.feed(copy)
      t.equal(copy.rows.length, expected)
    }
    t.same(idsOf(copy), idsIn(journal))
    t.end()
  },
)

t.test('a request that the journal never kept counts as dropped', (t) => {
  const journal = new Journal(0)
  const copy = new JournalCopy()
  journal.feed(copy)
  copy.tell(journal.add())
  journal.feed(copy)

  t.same([idsOf(copy), copy.dropped], [[], 1])
  t.end()
})

t.test('property: after any sequence of events, a copy equals the journal', (t) => {
  const step = fc.oneof(
    {
      weight: 6,
      arbitrary: fc.record({
        add: fc.constantFrom('org-1', 'org-2'),
        times: fc.integer({ min: 1, max: 120 }),
      }),
    },
    { weight: 6, arbitrary: fc.constant('call' as const) },
    { weight: 1, arbitrary: fc.constantFrom('clear' as const, 'clear org-2' as const, 'pause' as const) },
  )
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), fc.constantFrom(undefined, 'org-1'), (steps, org) => {
      const journal = new Journal()
      const copy = new JournalCopy(org)
      const of = (call: JournalCall) => {
        const own = new Journal()
        own.entries = journal.entries.filter(({ org_id }) => org === undefined || org_id === org)
        return own.answer(call)
      }
      for (const step of steps) {
        if (step === 'call') {
          const call = copy.next()
          if (call !== undefined) copy.take(call, of(call), 500_000)
        } else if (step === 'pause') copy.isPaused = !copy.isPaused
        else if (step === 'clear') copy.tell(journal.clear(null))
        else if (step === 'clear org-2') copy.tell(journal.clear('org-2'))
        else for (let count = 0; count < step.times; count++) copy.tell(journal.add(step.add))
      }
      copy.isPaused = false
      for (let call = copy.next(); call !== undefined; call = copy.next()) copy.take(call, of(call), 500_000)

      const expected = journal.entries.filter(({ org_id }) => org === undefined || org_id === org)
      t.same(idsOf(copy), expected.map(({ id }) => id).reverse())
    }),
    { numRuns: 100 },
  )
  t.end()
})
