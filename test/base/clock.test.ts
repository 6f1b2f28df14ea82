import fc from 'fast-check'
import t from 'tap'
import { AdjustableClock, CLOCK_MAX, formatInstant, parseInstant, systemClock } from '../../src/base/clock.ts'

t.test('the machine’s clock counts microseconds since the epoch', async (t) => {
  const before = performance.timeOrigin + performance.now()

  const now = systemClock().now()

  t.ok(Number.isInteger(now))
  t.ok(Math.abs(now / 1000 - before) < 10_000)
})

t.test('a time is written as the vendor writes it, with microseconds and Z', async (t) => {
  t.equal(formatInstant(1_766_242_071_845_058), '2025-12-20T14:47:51.845058Z')
  t.equal(formatInstant(0), '1970-01-01T00:00:00.000000Z')
  t.equal(formatInstant(7), '1970-01-01T00:00:00.000007Z')
})

t.test('what was written is read back exactly', async (t) => {
  for (const micros of [0, 7, 1_766_242_071_845_058, 4_102_444_800_000_000]) {
    t.equal(parseInstant(formatInstant(micros)), micros)
  }
})

t.test('times of other spellings are read', async (t) => {
  t.equal(parseInstant('1970-01-02'), 86_400_000_000)
  t.equal(parseInstant('1970-01-01T00:01'), 60_000_000)
  t.equal(parseInstant('1970-01-01 01:00:00.5+01:00'), 500_000)
  t.equal(parseInstant('1970-01-01T00:00:00.1234567Z'), 123_456)
  t.equal(parseInstant('2024-02-29'), 1_709_164_800_000_000)
})

t.test('what is no time is refused', async (t) => {
  for (const text of [
    '',
    'yesterday',
    '2025-13-01',
    '2025-02-29',
    '2025-04-31T00:00Z',
    '2025-01-01T25:00:00Z',
    '1',
    '2025-01-01T00:00:00Zx',
  ]) {
    t.equal(parseInstant(text), undefined, text)
  }
})

/** A clock that goes only as far as it is moved. */
class MovedClock {
  time = 5_000_000

  now(): number {
    return this.time
  }
}

t.test('an adjustable clock goes with its base', async (t) => {
  const base = new MovedClock()
  const clock = new AdjustableClock(base)

  t.equal(clock.now(), 5_000_000)
  base.time += 7
  t.equal(clock.now(), 5_000_007)
  t.same(clock.state(), { now: 5_000_007, frozen: false, speed: 1, instant: false })
})

t.test('a clock starts as its settings say', async (t) => {
  const clock = new AdjustableClock(new MovedClock(), { now: 3, frozen: true, speed: 60, instant: true })

  t.same(clock.state(), { now: 3, frozen: true, speed: 60, instant: true })
})

t.test('a set clock goes on from the time that it was set to', async (t) => {
  const base = new MovedClock()
  const clock = new AdjustableClock(base)

  clock.adjust({ now: 100 })
  base.time += 5

  t.equal(clock.now(), 105)
})

t.test('a fast clock shows whole microseconds, and a slow one too', async (t) => {
  const base = new MovedClock()
  const clock = new AdjustableClock(base, { speed: 60 })
  base.time += 1_000_000
  t.equal(clock.now(), 65_000_000)

  clock.adjust({ speed: 0.3 })
  base.time += 5
  t.equal(clock.now(), 65_000_001)
})

t.test('the time shown does not jump when the speed changes', async (t) => {
  const base = new MovedClock()
  const clock = new AdjustableClock(base)
  for (const speed of [60, 0.5, 1e6, 1]) {
    base.time += 1_000
    const before = clock.now()
    clock.adjust({ speed })
    t.equal(clock.now(), before)
  }
})

t.test('a frozen clock stands still, can be moved, and goes on from there at its speed', async (t) => {
  const base = new MovedClock()
  const clock = new AdjustableClock(base, { speed: 2 })
  clock.adjust({ frozen: true })
  base.time += 1_000
  t.equal(clock.now(), 5_000_000)

  clock.adjust({ now: clock.now() + 90 })
  base.time += 1_000
  t.equal(clock.now(), 5_000_090)

  clock.adjust({ frozen: false })
  base.time += 1_000
  t.equal(clock.now(), 5_002_090)
})

t.test('what is not given stays', async (t) => {
  const clock = new AdjustableClock(new MovedClock(), { frozen: true, speed: 3, instant: true })

  clock.adjust({})

  t.same(clock.state(), { now: 5_000_000, frozen: true, speed: 3, instant: true })
})

t.test('a clock can be set back', async (t) => {
  const clock = new AdjustableClock(new MovedClock())

  clock.adjust({ now: 0 })

  t.equal(clock.now(), 0)
})

t.test('a clock that comes to its latest moment stands there', async (t) => {
  const base = new MovedClock()
  const clock = new AdjustableClock(base, { now: CLOCK_MAX - 1 })

  base.time += 1_000_000
  t.equal(clock.now(), CLOCK_MAX)
  clock.adjust({ now: CLOCK_MAX + 1e15, speed: 1e6 })
  base.time += 1e15
  t.equal(clock.now(), CLOCK_MAX)
  t.equal(formatInstant(CLOCK_MAX), '2255-01-01T00:00:00.000000Z')
})

t.test('a copy shows the same, goes on alike and is adjusted apart', async (t) => {
  const base = new MovedClock()
  const clock = new AdjustableClock(base, { now: 50, speed: 60, instant: true })
  base.time += 1

  const copy = clock.copy()
  base.time += 1

  t.equal(copy.now(), 170)
  t.same(copy.state(), clock.state())
  copy.adjust({ frozen: true })
  t.notOk(clock.frozen)
})

t.test('no series of adjustments makes a clock that is not set back go back', async () => {
  const move = fc.record(
    { passed: fc.nat(1e9), frozen: fc.boolean(), speed: fc.double({ min: 1e-3, max: 1e6, noNaN: true }) },
    { requiredKeys: ['passed'] },
  )
  fc.assert(
    fc.property(fc.array(move), (moves) => {
      const base = new MovedClock()
      const clock = new AdjustableClock(base)
      return moves.every(({ passed, ...settings }) => {
        const before = clock.now()
        base.time += passed
        clock.adjust(settings)
        return clock.now() >= before && Number.isInteger(clock.now())
      })
    }),
  )
})
