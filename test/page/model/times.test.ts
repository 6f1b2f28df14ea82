import t from 'tap'
import { ageOf, timeAt } from '../../../src/page/model/times.ts'

t.test('a clock continues at its speed after it was read, unless it is frozen', (t) => {
  const clock = { now: 1_000_000, readAt: 50, frozen: false, speed: 60 }

  t.equal(timeAt(clock, 150), 1_006_000)
  t.equal(timeAt({ ...clock, frozen: true }, 150), 1_000_000)
  t.equal(timeAt({ ...clock, speed: 'instant' }, 150), 1_000_100)
  t.end()
})

t.test('an age has the largest unit that it fills', (t) => {
  const ages = [0, 59, 60, 3599, 3600, 86_399, 86_400, 1e6, -90].map((seconds) => ageOf(0, seconds * 1000))

  t.same(ages, [
    { value: 0, unit: 'second' },
    { value: 59, unit: 'second' },
    { value: 1, unit: 'minute' },
    { value: 59, unit: 'minute' },
    { value: 1, unit: 'hour' },
    { value: 23, unit: 'hour' },
    { value: 1, unit: 'day' },
    { value: 11, unit: 'day' },
    { value: -1, unit: 'minute' },
  ])
  t.end()
})
