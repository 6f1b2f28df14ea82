import t from 'tap'
import { formatInstant, parseInstant, systemClock } from '../src/clock.ts'

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
})

t.test('what is no time is refused', async (t) => {
  for (const text of ['', 'yesterday', '2025-13-01', '2025-01-01T25:00:00Z', '1', '2025-01-01T00:00:00Zx']) {
    t.equal(parseInstant(text), undefined, text)
  }
})
