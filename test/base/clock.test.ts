// The sources of time and of ids.

import fc from 'fast-check'
import t from 'tap'
import {
  AdjustableClock,
  CLOCK_MAX,
  formatInstant,
  parseClockTime,
  parseInstant,
  systemClock,
} from '../../src/base/clock.ts'
import { randomIds, randomUuid, seededIds } from '../../src/base/ids.ts'

t.test('the machine’s clock counts microseconds since the epoch', async (t) => {
  const before = performance.timeOrigin + performance.now()

  const now = systemClock().now()

  t.ok(Number.isInteger(now))
  t.ok(Math.abs(now / 1000 - before) < 10_000)
})

t.test('a time is formatted like the vendor’s, with microseconds and Z', async (t) => {
  t.equal(formatInstant(1_766_242_071_845_058), '2025-12-20T14:47:51.845058Z')
  t.equal(formatInstant(0), '1970-01-01T00:00:00.000000Z')
  t.equal(formatInstant(7), '1970-01-01T00:00:00.000007Z')
})

t.test('formatted times are parsed exactly', async (t) => {
  for (const micros of [0, 7, 1_766_242_071_845_058, 4_102_444_800_000_000]) {
    t.equal(parseInstant(formatInstant(micros)), micros)
  }
})

t.test('other formats of times are parsed', async (t) => {
  t.equal(parseInstant('1970-01-02'), 86_400_000_000)
  t.equal(parseInstant('1970-01-01T00:01'), 60_000_000)
  t.equal(parseInstant('1970-01-01 01:00:00.5+01:00'), 500_000)
  t.equal(parseInstant('1970-01-01T00:00:00.1234567Z'), 123_456)
  t.equal(parseInstant('2024-02-29'), 1_709_164_800_000_000)
})

t.test('invalid times are rejected', async (t) => {
  for (const text of [
    '',
    'yesterday',
    '2025-13-01',
    '2025-02-29',
    '2025-04-31T00:00Z',
    '2025-01-01T25:00:00Z',
    '1',
    '2025-01-01T00:00:00Zx',
    'x2025-01-01',
  ]) {
    t.equal(parseInstant(text), undefined, text)
  }
})

t.test('a clock can be set to times from 1970 to the beginning of 2255', async (t) => {
  t.equal(parseClockTime('1970-01-01'), 0)
  t.equal(parseClockTime('2255-01-01'), CLOCK_MAX)
  for (const text of ['1969-12-31T23:59:59.999999Z', '2255-01-01T00:00:00.000001Z', 'yesterday']) {
    t.equal(parseClockTime(text), undefined, text)
  }
})

/** A clock that changes only when a test sets it. */
class ManualClock {
  time = 5_000_000

  now(): number {
    return this.time
  }
}

t.test('an adjustable clock follows its base', async (t) => {
  const base = new ManualClock()
  const clock = new AdjustableClock(base)

  t.equal(clock.now(), 5_000_000)
  base.time += 7
  t.equal(clock.now(), 5_000_007)
  t.same(clock.state(), { now: 5_000_007, frozen: false, speed: 1, instant: false })
})

t.test('a clock starts with its settings', async (t) => {
  const clock = new AdjustableClock(new ManualClock(), { now: 3, frozen: true, speed: 60, instant: true })

  t.same(clock.state(), { now: 3, frozen: true, speed: 60, instant: true })
})

t.test('a clock continues from the time that was set', async (t) => {
  const base = new ManualClock()
  const clock = new AdjustableClock(base)

  clock.adjust({ now: 100 })
  base.time += 5

  t.equal(clock.now(), 105)
})

t.test('a clock returns whole microseconds at any speed', async (t) => {
  const base = new ManualClock()
  const clock = new AdjustableClock(base, { speed: 60 })
  base.time += 1_000_000
  t.equal(clock.now(), 65_000_000)

  clock.adjust({ speed: 0.3 })
  base.time += 5
  t.equal(clock.now(), 65_000_001)
})

t.test('the time does not jump if the speed changes', async (t) => {
  const base = new ManualClock()
  const clock = new AdjustableClock(base)
  for (const speed of [60, 0.5, 1e6, 1]) {
    base.time += 1_000
    const before = clock.now()
    clock.adjust({ speed })
    t.equal(clock.now(), before)
  }
})

t.test('a frozen clock is stopped, can be set, and continues from there at its speed', async (t) => {
  const base = new ManualClock()
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

t.test('omitted settings are unchanged', async (t) => {
  const clock = new AdjustableClock(new ManualClock(), { frozen: true, speed: 3, instant: true })

  clock.adjust({})

  t.same(clock.state(), { now: 5_000_000, frozen: true, speed: 3, instant: true })
})

t.test('a clock can be set back', async (t) => {
  const clock = new AdjustableClock(new ManualClock())

  clock.adjust({ now: 0 })

  t.equal(clock.now(), 0)
})

t.test('a clock stops at its latest time', async (t) => {
  const base = new ManualClock()
  const clock = new AdjustableClock(base, { now: CLOCK_MAX - 1 })

  base.time += 1_000_000
  t.equal(clock.now(), CLOCK_MAX)
  clock.adjust({ now: CLOCK_MAX + 1e15, speed: 1e6 })
  base.time += 1e15
  t.equal(clock.now(), CLOCK_MAX)
  t.equal(formatInstant(CLOCK_MAX), '2255-01-01T00:00:00.000000Z')
})

t.test('a copy has the same time and speed and is adjusted independently', async (t) => {
  const base = new ManualClock()
  const clock = new AdjustableClock(base, { now: 50, speed: 60, instant: true })
  base.time += 1

  const copy = clock.copy()
  base.time += 1

  t.equal(copy.now(), 170)
  t.same(copy.state(), clock.state())
  copy.adjust({ frozen: true })
  t.notOk(clock.frozen)
})

t.test('property: no adjustments except setting the time make a clock go back', async () => {
  const move = fc.record(
    { passed: fc.nat(1e9), frozen: fc.boolean(), speed: fc.double({ min: 1e-3, max: 1e6, noNaN: true }) },
    { requiredKeys: ['passed'] },
  )
  fc.assert(
    fc.property(fc.array(move), (moves) => {
      const base = new ManualClock()
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

t.test('an id is 32 hexadecimal digits and unique', async (t) => {
  const ids = randomIds()

  const given = Array.from({ length: 1000 }, () => ids.hex())

  t.ok(given.every((id) => /^[0-9a-f]{32}$/.test(id)))
  t.equal(new Set(given).size, 1000)
})

t.test('random ids have no position', async (t) => {
  const ids = randomIds()
  ids.hex()

  t.equal(ids.issued, 0)
})

const series = (seed: number, owner: string) => {
  const ids = seededIds(seed, owner)
  return Array.from({ length: 20 }, () => ids.hex())
}

t.test('seeded ids have the same format and are unique', async (t) => {
  const given = series(7, 'org-a')

  t.ok(given.every((id) => /^[0-9a-f]{32}$/.test(id)))
  t.equal(new Set(given).size, 20)
})

t.test('seeded ids are the same in every run', async (t) => {
  t.same(series(7, 'org-a'), series(7, 'org-a'))
  t.equal(seededIds(7, 'org-a').hex(), 'f8c3aed86c27cc5756675d0374386df5')
})

t.test('another seed or owner has other ids', async (t) => {
  const all = [series(7, 'org-a'), series(8, 'org-a'), series(7, 'org-b'), series(7, '')].flat()

  t.equal(new Set(all).size, 80)
})

t.test('a seeded sequence can be resumed at its position', async (t) => {
  const ids = seededIds(7, 'org-a')
  for (let count = 0; count < 5; count++) ids.hex()

  t.equal(ids.issued, 5)
  const others = seededIds(7, 'org-a')
  others.issued = 5
  t.equal(others.hex(), ids.hex())
})

t.test('a reserved id has the same format and is the same for every call', async (t) => {
  for (const ids of [randomIds(), seededIds(7, 'org-a')]) {
    const numbers = [ids.nextNumber(), ids.nextNumber()]
    const made = numbers.map((number) => ids.idFor(number))

    t.ok(made.every((id) => /^[0-9a-f]{32}$/.test(id)))
    t.equal(new Set([...made, ids.hex()]).size, 3)
    t.same(
      numbers.map((number) => ids.idFor(number)),
      made,
    )
  }
  t.not(randomIds().idFor(0), randomIds().idFor(0))
})

t.test('a reserved seeded id is the next one of the sequence', async (t) => {
  const [one, other] = [seededIds(7, 'org-a'), seededIds(7, 'org-a')]

  t.equal(one.idFor(one.nextNumber()), other.hex())
  t.equal(one.hex(), other.hex())
})

t.test('a UUID has version 4 and is as random or reproducible as its source', async (t) => {
  const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/

  t.match(randomUuid(randomIds()), uuid)
  t.match(randomUuid(seededIds(1, '')), uuid)
  t.equal(randomUuid(seededIds(1, '')), randomUuid(seededIds(1, '')))
  t.not(randomUuid(randomIds()), randomUuid(randomIds()))
})
