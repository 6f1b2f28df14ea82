import { Type } from '@sinclair/typebox'
import fc from 'fast-check'
import t from 'tap'
import { coerced, issue, issuesOf } from './run.ts'

const DateTime = Type.String({ format: 'date-time' })

t.test('a datetime takes ISO 8601 texts', async (t) => {
  const table: [string, string][] = [
    ['2024-01-01T12:30:45Z', '2024-01-01T12:30:45Z'],
    ['2024-01-01t12:30z', '2024-01-01T12:30:00Z'],
    ['2024-01-01 12:30', '2024-01-01T12:30:00'],
    ['2024-02-29_00:00:00.5', '2024-02-29T00:00:00.500000'],
    ['2024-01-01T00:00:00,25', '2024-01-01T00:00:00.250000'],
    ['2024-01-01T00:00:00.1234567', '2024-01-01T00:00:00.123456'],
    ['2024-01-01T00:00:00+01:00', '2024-01-01T00:00:00+01:00'],
    ['2024-01-01T00:00:00-0830', '2024-01-01T00:00:00-08:30'],
    ['2024-01-01T00:00:00−01:00', '2024-01-01T00:00:00-01:00'],
    ['2024-01-01T00:00:00-00:00', '2024-01-01T00:00:00Z'],
    ['0001-01-01T00:00', '0001-01-01T00:00:00'],
    ['2024-01-01', '2024-01-01T00:00:00'],
  ]
  for (const [input, value] of table) t.equal(coerced(DateTime, input), value, input)
})

t.test('a datetime takes Unix timestamps in seconds or milliseconds', async (t) => {
  const table: [unknown, string][] = [
    [0, '1970-01-01T00:00:00Z'],
    [1_700_000_000, '2023-11-14T22:13:20Z'],
    [1.5, '1970-01-01T00:00:01.500000Z'],
    [-1.5, '1969-12-31T23:59:58.500000Z'],
    [20_000_000_000, '2603-10-11T11:33:20Z'],
    [20_000_000_001, '1970-08-20T11:33:20.001000Z'],
    [-20_000_000_001, '1969-05-14T12:26:39.999000Z'],
    [1_700_000_000_000.5, '2023-11-14T22:13:20.000500Z'],
    [0.9999999, '1970-01-01T00:00:01Z'],
    [253_402_300_799_000, '9999-12-31T23:59:59Z'],
    ['1700000000', '2023-11-14T22:13:20Z'],
    ['+5', '1970-01-01T00:00:05Z'],
    ['-0000000000005', '1969-12-31T23:59:55Z'],
    ['1700000000.25', '2023-11-14T22:13:20.250000Z'],
    ['5.', '1970-01-01T00:00:05Z'],
    ['-.5', '1969-12-31T23:59:59.500000Z'],
    ['5.5e3', '1970-01-01T01:31:40Z'],
  ]
  for (const [input, value] of table) t.equal(coerced(DateTime, input), value, String(input))
})

t.test('a datetime text that fails is told what is wrong with it as a date', async (t) => {
  const extra = 'unexpected extra characters at the end of the input'
  const separator = 'invalid date separator, expected `-`'
  const table: [string, string][] = [
    ['x', 'input is too short'],
    ['', 'input is too short'],
    ['12:30', 'input is too short'],
    ['1e5', 'input is too short'],
    ['abcd-01-01', 'invalid character in year'],
    ['éééééé', 'invalid character in year'],
    [' 2024-01-01T00:00', 'invalid character in year'],
    ['2024/01/01', separator],
    ['2024-01/01', separator],
    ['99999999999999999999', separator],
    ['9223372036854775808', separator],
    ['2024-ab-01', 'invalid character in month'],
    ['2024-01-0x', 'invalid character in day'],
    ['2024-13-01', 'month value is outside expected range of 1-12'],
    ['2024-00-01', 'month value is outside expected range of 1-12'],
    ['2024-01-32', 'day value is outside expected range'],
    ['2024-01-00', 'day value is outside expected range'],
    ['2023-02-29', 'day value is outside expected range'],
    ['1900-02-29', 'day value is outside expected range'],
    ['2024-01-01T24:00', extra],
    ['2024-01-01T00:00:00+24:00', extra],
    ['2024-01-01X00:00', extra],
    ['253402300800000', 'dates after 9999 are not supported as unix timestamps'],
    ['9223372036854775807', 'dates after 9999 are not supported as unix timestamps'],
    ['-62167219201000', 'dates before 0000 are not supported as unix timestamps'],
  ]
  for (const [input, error] of table) {
    const msg = `Input should be a valid datetime or date, ${error}`
    t.strictSame(
      issuesOf(DateTime, input),
      [issue('datetime_from_date_parsing', msg, input, { error })],
      input,
    )
  }
})

t.test('a datetime refuses timestamps out of the calendar, and year 0', async (t) => {
  const after = 'dates after 9999 are not supported as unix timestamps'
  const before = 'dates before 0000 are not supported as unix timestamps'
  const table: [unknown, string][] = [
    [Number.NaN, 'NaN values not permitted'],
    [Number.POSITIVE_INFINITY, after],
    [Number.NEGATIVE_INFINITY, before],
    [253_402_300_800_000, after],
    [10n ** 30n, after],
    [-62_167_219_201_000, before],
    [-62_167_219_200_000, 'year 0 is out of range'],
    ['0000-01-01T00:00', 'year 0 is out of range'],
    ['0000-01-01', 'year 0 is out of range'],
  ]
  for (const [input, error] of table) {
    const msg = `Input should be a valid datetime, ${error}`
    t.strictSame(issuesOf(DateTime, input), [issue('datetime_parsing', msg, input, { error })], String(input))
  }
})

t.test('a datetime refuses other types, booleans too', async (t) => {
  for (const input of [null, true, [], {}, 10n ** 400n]) {
    t.strictSame(issuesOf(DateTime, input), [
      issue('datetime_type', 'Input should be a valid datetime', input),
    ])
  }
})

t.test('any timestamp is the time that Intl shows in UTC, and its text is taken back', async () => {
  const clock = new Intl.DateTimeFormat('sv-SE', { timeZone: 'UTC', dateStyle: 'short', timeStyle: 'medium' })
  fc.assert(
    fc.property(fc.integer({ min: -20_000_000_000, max: 20_000_000_000 }), (seconds) => {
      const text = coerced(DateTime, seconds)
      return text === `${clock.format(seconds * 1000).replace(' ', 'T')}Z` && coerced(DateTime, text) === text
    }),
  )
})
