import t from 'tap'
import { durationOf, isOwnClock } from '../../../src/page/model/controls-clock.ts'

t.test('a duration is shown in the largest unit in which it is whole, or still precise', (t) => {
  t.same(durationOf(0), { value: 0, unit: 'second' })
  t.same(durationOf(0.25), { value: 0.3, unit: 'second' })
  t.same(durationOf(59), { value: 59, unit: 'second' })
  t.same(durationOf(62), { value: 62, unit: 'second' })
  t.same(durationOf(5_400), { value: 90, unit: 'minute' })
  t.same(durationOf(97_870), { value: 27.2, unit: 'hour' })
  t.same(durationOf(3_600), { value: 1, unit: 'hour' })
  t.same(durationOf(172_800), { value: 2, unit: 'day' })
  t.end()
})

t.test("a clock differs from the server's if it shows another time or runs differently", (t) => {
  const clock = { now: 1_000_000, frozen: false, speed: 1, instant: false }

  t.equal(isOwnClock(clock, clock), false)
  t.equal(isOwnClock({ ...clock, now: 1_000_900 }, clock), false)
  t.equal(isOwnClock({ ...clock, now: 1_001_100 }, clock), true)
  t.equal(isOwnClock({ ...clock, frozen: true }, clock), true)
  t.equal(isOwnClock({ ...clock, speed: 2 }, clock), true)
  t.equal(isOwnClock({ ...clock, instant: true }, clock), true)
  // Fast clocks are apart when they are read a moment apart.
  t.equal(isOwnClock({ ...clock, speed: 60, now: 1_004_000 }, { ...clock, speed: 60 }), false)
  t.end()
})
