// Tests src/simulation/outline.ts, and what steps that are brought forward do in timeline.ts.
import fc from 'fast-check'
import t from 'tap'
import { nextStepAt, outlineAt, withNextStepNow } from '../../src/simulation/outline.ts'
import { type SessionHistory, sessionAt } from '../../src/simulation/session.ts'
import { courseAt, timelineUntil } from '../../src/simulation/timeline.ts'
import { after, aHistory, aMessage, histories } from './histories.ts'

const at = (seconds: number) => ({ now: after(seconds), instant: false })

/** Returns a history whose next step has happened at a moment. */
const skipped = (history: SessionHistory, moment: { now: number; instant: boolean }): SessionHistory => ({
  ...history,
  ...withNextStepNow(history, moment),
})

/** Returns the moment of the last entry of a history, or a later one. Nothing is in the future of the clock. */
const momentOf = (history: SessionHistory, tenths: number, instant: boolean) => {
  const entries = [...history.messages, ...history.events].map((entry) => entry.at)
  const last = Math.max(history.createdAt, history.terminatedAt ?? 0, ...entries, ...history.reads)
  return { now: last + tenths * 100_000, instant }
}

/** Returns what happens up to now in order, without the events that only bring a step forward. */
const positionsOf = (history: SessionHistory, now: number, instant: boolean) =>
  timelineUntil(history, now, instant)
    .filter((event) => !('isSkip' in event && event.isSkip))
    .map((event) => ('position' in event ? event.position : event.kind))

const quiet = histories({ counted: true }).map((history) => ({ ...history, terminatedAt: null }))
const arbitrary = fc.oneof(
  quiet,
  quiet.map((history) => ({ ...history, messages: [], events: [] })),
  histories(),
)

t.test('property: the next step happens now, and the past does not change', (t) => {
  fc.assert(
    fc.property(arbitrary, fc.integer({ min: 0, max: 60 }), fc.boolean(), (history, tenths, instant) => {
      const moment = momentOf(history, tenths, instant)
      const { now } = moment
      const next = nextStepAt(history, moment)
      const before = positionsOf(history, now, instant)
      const later = skipped(history, moment)

      const course = positionsOf(later, now, instant)
      t.same(course.slice(0, before.length), before)
      if (next === undefined) return t.equal(withNextStepNow(history, moment), undefined)
      t.equal(course[before.length], next.position)
      t.same(timelineUntil(later, now, instant).at(-1)?.at, now)
      const { messages } = sessionAt(history, now, instant)
      t.same(sessionAt(later, now, instant).messages.slice(0, messages.length), messages)
    }),
  )
  t.end()
})

t.test('later steps of the turn keep their order, and happen earlier by the same time', (t) => {
  fc.assert(
    fc.property(arbitrary, fc.integer({ min: 0, max: 60 }), (history, tenths) => {
      const moment = momentOf(history, tenths, false)
      const next = nextStepAt(history, moment)
      if (next === undefined) return
      const before = [...courseAt(history, moment.now, false).coming()]
      const coming = [...courseAt(skipped(history, moment), moment.now, false).coming()]

      t.same(
        coming.map(({ position }) => position),
        before.slice(before.length - coming.length).map(({ position }) => position),
      )
      for (const [index, step] of coming.entries()) {
        t.ok(step.at >= (coming[index - 1]?.at ?? moment.now))
        const planned = before[before.length - coming.length + index]?.at ?? 0
        if (next.missingReads === 0) t.equal(step.at, planned - next.at + moment.now)
        else t.ok(step.at <= planned)
      }
    }),
  )
  t.end()
})

t.test('a session whose next step is taken again and again reaches the end of its turn', (t) => {
  fc.assert(
    fc.property(arbitrary, (history) => {
      const moment = momentOf(history, 0, false)
      let now = history
      for (let count = 0; nextStepAt(now, moment) !== undefined; count++) {
        t.ok(count < 10)
        now = skipped(now, moment)
      }
      t.same(
        outlineAt(now, moment, 500).items.filter(({ isPast }) => !isPast),
        [],
      )
    }),
  )
  t.end()
})

const work = {
  steps: [
    { message: 'one' },
    { after_seconds: 10, message: 'two', acus: 1 },
    { message: 'with two' },
    { after_seconds: 30, message: 'three', status_enum: 'finished' as const },
    { after_seconds: 40, message: 'never' },
  ],
}

t.test('the outline has the past and the coming steps until the turn finishes', async (t) => {
  const history = aHistory({ scenario: work, messages: [aMessage(2, 'go on')] })

  const { items, isCut } = outlineAt(history, at(12), 500)

  t.equal(isCut, false)
  t.strictSame(
    items.map(({ kind, at, isPast, text }) => [kind, at, isPast, text]),
    [
      ['created', after(0), true, 'Fix the tests'],
      ['step', after(0), true, 'one'],
      ['message', after(2), true, 'go on'],
      ['step', after(10), true, 'two'],
      ['step', after(10), true, 'with two'],
      ['step', after(30), false, 'three'],
    ],
  )
  t.same(items[3]?.effect, { message: 'two', acus: 1 })
  t.same([items[0]?.effect, items[2]?.effect], [null, null])
})

t.test('the outline of an ended session has only items before its end', async (t) => {
  const history = aHistory({
    scenario: work,
    terminatedAt: after(5),
    events: [
      { at: after(1), effect: { title: 'A title' } },
      { at: after(6), effect: { message: 'late' } },
    ],
  })

  t.strictSame(
    outlineAt(history, at(50), 500).items.map(({ kind, text }) => [kind, text]),
    [
      ['created', 'Fix the tests'],
      ['step', 'one'],
      ['event', null],
      ['terminated', null],
    ],
  )
  t.equal(nextStepAt(history, at(50)), undefined)
})

t.test('a step that waits for reads, and those after it, have no time', async (t) => {
  const scenario = {
    steps: [
      { after_reads: 2, message: 'a' },
      { after_seconds: 5, message: 'b' },
      { after_reads: 5, message: 'c' },
    ],
  }
  const history = aHistory({ scenario, reads: [after(1)] })

  t.same(
    outlineAt(history, at(2), 500)
      .items.slice(1)
      .map(({ at, waitsForReads, isPast }) => [at, waitsForReads, isPast]),
    [
      [null, 1, false],
      [null, 1, false],
      [null, 4, false],
    ],
  )
  const next = skipped(history, at(2))
  t.same(next.reads, [after(1), after(2)])
  t.same(
    outlineAt(next, at(2), 500)
      .items.slice(1)
      .map(({ text, at, waitsForReads }) => [text, at, waitsForReads]),
    [
      ['a', after(2), null],
      ['b', after(5), null],
      ['c', null, 3],
    ],
  )
})

t.test('a long outline has the newest past items and the first coming ones', async (t) => {
  const steps = (count: number, seconds: number) =>
    Array.from({ length: count }, (_, n) => ({ after_seconds: n + seconds, message: `${n}` }))
  const texts = (seconds: number, limit: number) => {
    const { items, isCut } = outlineAt(aHistory({ scenario: { steps: steps(300, 1) } }), at(seconds), limit)
    const [past, coming] = [true, false].map((isPast) =>
      items.filter((item) => item.isPast === isPast).map(({ text }) => text),
    )
    return [isCut, past?.length, past?.[0], coming?.length, coming?.[0], coming?.at(-1)]
  }

  t.same(texts(150, 500), [false, 151, 'Fix the tests', 150, '150', '299'])
  t.same(texts(150, 200), [true, 100, '50', 100, '150', '249'])
  t.same(texts(10, 200), [true, 11, 'Fix the tests', 189, '10', '198'])
  t.same(texts(290, 200), [true, 190, '100', 10, '290', '299'])
  t.same(texts(150, 2), [true, 1, '149', 1, '150', '150'])
  t.same([texts(150, 300)[0], texts(150, 301)[0]], [true, false])
})

t.test(
  'steps that are brought forward follow the earlier events and messages of the same moment',
  async (t) => {
    const scenario = {
      steps: ['one', 'two', 'three'].map((message, n) => ({ after_seconds: n + 10, message })),
    }
    let history = aHistory({ scenario, events: [{ at: after(5), effect: { message: 'event 1' } }] })
    history = skipped(history, at(5))
    history = { ...history, messages: [aMessage(5, 'hello')] }
    history = skipped(history, at(5))
    history = {
      ...history,
      events: [...history.events, { at: after(5), messages: 1, effect: { message: 'event 2' } }],
    }
    history = skipped(history, at(5))

    t.same(
      sessionAt(history, after(5)).messages.map(({ text }) => text),
      ['Fix the tests', 'event 1', 'one', 'hello', 'two', 'event 2', 'three'],
    )
  },
)

t.test('a step is brought forward only once, and only in its own turn', async (t) => {
  const scenario = {
    steps: [{ after_seconds: 10, message: 'first' }],
    on_message: [
      { after_seconds: 10, message: 'answer' },
      { after_seconds: 20, message: 'more' },
    ],
  }
  const first = { ...skipped(aHistory({ scenario }), at(1)), messages: [aMessage(1)] }

  t.equal(nextStepAt(first, at(1))?.at, after(11))
  const answered = skipped(first, at(2))
  t.same(
    [answered, { ...answered, events: [...answered.events, ...answered.events] }].map(
      (history) => nextStepAt(history, at(2))?.at,
    ),
    [after(12), after(12)],
  )
})

t.test('events do not affect steps that are earlier or wait for reads', async (t) => {
  const events = [{ at: after(20), effect: {}, step: 0 }]
  const timed = aHistory({ scenario: { steps: [{ after_seconds: 10, message: 'a' }] }, events })
  const counted = aHistory({ scenario: { steps: [{ after_reads: 1, message: 'a' }] }, events })

  t.same(
    [timed, counted].map((history) => sessionAt(history, after(30)).messages.at(-1)?.at),
    [after(10), after(0)],
  )
})

t.test('a step is brought forward even if the clock was moved back before its reads', async (t) => {
  const scenario = {
    steps: [
      { after_reads: 1, message: 'a' },
      { after_seconds: 30, message: 'b' },
    ],
  }
  const history = aHistory({ scenario, reads: [after(20)], messages: [aMessage(40)] })

  const later = skipped(history, at(5))

  t.same(later.events, [{ at: after(5), messages: 0, effect: {}, step: 0 }])
  t.equal(sessionAt(later, after(5)).messages.at(-1)?.text, 'a')
})
