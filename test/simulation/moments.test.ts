import fc from 'fast-check'
import t from 'tap'
import { nextMoment } from '../../src/simulation/moments.ts'
import { sessionAt } from '../../src/simulation/session.ts'
import { after, aHistory, aMessage, histories } from './histories.ts'

t.test('property: a session stays the same until its next moment, and changes at that moment', (t) => {
  const when = fc.oneof(fc.integer({ min: 0, max: 200 }), fc.integer({ min: 0, max: 20_000 }))
  const quiet = histories().map((history) => ({ ...history, messages: [], events: [], terminatedAt: null }))
  fc.assert(
    fc.property(
      fc.oneof(quiet, histories({ counted: true })),
      when,
      fc.double({ min: 0, max: 1, noNaN: true }),
      (history, tenths, share) => {
        // A request may happen later, but not in the future of the clock.
        const last = Math.max(
          history.createdAt,
          history.terminatedAt ?? 0,
          ...[...history.messages, ...history.events].map(({ at }) => at),
          ...history.reads,
        )
        const now = last + tenths * 100_000
        const next = nextMoment(history, { now, instant: false })
        const until = next ?? now + 10 * 3_600_000_000
        const between = now + Math.floor((until - 1 - now) * share)
        t.same(sessionAt(history, between), sessionAt(history, now))
        if (next !== undefined) {
          t.ok(next > now)
          t.notSame(sessionAt(history, next), sessionAt(history, now))
        }
      },
    ),
  )
  t.end()
})

t.test('a session changes by its steps, by its title, and when it has waited for an hour', (t) => {
  const history = aHistory({
    scenario: {
      steps: [{ status_enum: 'working' }, { after_seconds: 10, status_enum: 'blocked', message: 'Which?' }],
    },
  })
  const moments: (number | undefined)[] = []
  for (let now: number | undefined = after(0); now !== undefined; ) {
    now = nextMoment(history, { now, instant: false })
    moments.push(now)
  }

  t.same(moments, [after(0.5), after(1), after(2), after(10), after(3_610), undefined])
  t.end()
})

t.test('a session that a message has resumed changes when it works again', (t) => {
  const history = aHistory({ scenario: { steps: [{ status_enum: 'blocked' }] }, messages: [aMessage(4_000)] })

  t.equal(nextMoment(history, { now: after(4_000), instant: false }), after(4_002))
  t.end()
})

t.test('an ended session, or any session with an instant clock, never changes by itself', (t) => {
  const scenario = { steps: [{ after_seconds: 10, message: 'later' }] }

  t.equal(
    nextMoment(aHistory({ scenario, terminatedAt: after(1) }), { now: after(3), instant: false }),
    undefined,
  )
  t.equal(nextMoment(aHistory({ scenario }), { now: after(0), instant: true }), undefined)
  t.end()
})
