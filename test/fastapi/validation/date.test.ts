import { Type } from '@sinclair/typebox'
import t from 'tap'
import { coerced, issue, issuesOf } from './run.ts'

const DateOnly = Type.String({ format: 'date' })

t.test('a date takes dates, and datetimes and timestamps at midnight', async (t) => {
  const table: [unknown, string][] = [
    ['2024-02-29', '2024-02-29'],
    ['0001-01-01', '0001-01-01'],
    ['2000-02-29', '2000-02-29'],
    ['2024-01-01T00:00:00Z', '2024-01-01'],
    ['2024-01-01T00:00+05:00', '2024-01-01'],
    ['2024-01-01T00:00:00.0000001', '2024-01-01'],
    ['86400', '1970-01-02'],
    ['86400.0', '1970-01-02'],
    [0, '1970-01-01'],
    [-86_400, '1969-12-31'],
    [86_400_000_000, '1972-09-27'],
  ]
  for (const [input, value] of table) t.equal(coerced(DateOnly, input), value, String(input))
})

t.test('a date refuses texts and timestamps with words about the datetime', async (t) => {
  const table: [unknown, string][] = [
    ['x', 'input is too short'],
    ['not-a-date', 'invalid character in year'],
    ['2024-02-30', 'day value is outside expected range'],
    ['2024-01-011', 'invalid datetime separator, expected `T`, `t`, `_` or space'],
    ['2024-01-01T', 'input is too short'],
    ['2024-01-01T1200', 'input is too short'],
    ['2024-01-01T120000', 'invalid time separator, expected `:`'],
    ['2024-01-01Tx1:00', 'invalid character in hour'],
    ['2024-01-01T12:x0', 'invalid character in minute'],
    ['2024-01-01T24:00', 'hour value is outside expected range of 0-23'],
    ['2024-01-01T23:60', 'minute value is outside expected range of 0-59'],
    ['2024-01-01T12:00:', 'invalid character in second'],
    ['2024-01-01T12:00:60', 'second value is outside expected range of 0-59'],
    ['2024-01-01T12:00:00.', 'second fraction digits missing after `.`'],
    ['2024-01-01T12:00.5', 'invalid timezone sign'],
    ['2024-01-01T12:00∓10:00', 'invalid timezone sign'],
    ['2024-01-01T12:00+1', 'invalid timezone hour'],
    ['2024-01-01T12:00−', 'invalid timezone hour'],
    ['2024-01-01T12:00+10', 'invalid timezone minute'],
    ['2024-01-01T12:00+10:60', 'timezone minute value is outside expected range of 0-59'],
    ['2024-01-01T12:00-24:00', 'timezone offset must be less than 24 hours'],
    ['2024-01-01T12:00Zx', 'unexpected extra characters at the end of the input'],
    ['-99999999999999', 'dates before 0000 are not supported as unix timestamps'],
    [1e30, 'dates after 9999 are not supported as unix timestamps'],
    [Number.NaN, 'NaN values not permitted'],
  ]
  for (const [input, error] of table) {
    const msg = `Input should be a valid date or datetime, ${error}`
    t.strictSame(
      issuesOf(DateOnly, input),
      [issue('date_from_datetime_parsing', msg, input, { error })],
      String(input),
    )
  }
})

t.test('a date refuses any other time of day', async (t) => {
  const msg = 'Datetimes provided to dates should have zero time - e.g. be exact dates'
  const table = [
    '2024-01-01T01:00',
    '2024-01-01T00:01',
    '2024-01-01T00:00:01',
    '2024-01-01T00:00:00.000001',
    '86401',
    0.5,
  ]
  for (const input of table) {
    t.strictSame(issuesOf(DateOnly, input), [issue('date_from_datetime_inexact', msg, input)], String(input))
  }
})

t.test('a date refuses year 0', async (t) => {
  const error = 'year 0 is out of range'
  for (const input of ['0000-01-01', '0000-01-01T00:00', -62_167_219_200_000]) {
    t.strictSame(issuesOf(DateOnly, input), [
      issue('date_parsing', `Input should be a valid date in the format YYYY-MM-DD, ${error}`, input, {
        error,
      }),
    ])
  }
})

t.test('a date refuses other types', async (t) => {
  for (const input of [null, true, [], {}, 10n ** 400n]) {
    t.strictSame(issuesOf(DateOnly, input), [issue('date_type', 'Input should be a valid date', input)])
  }
})
