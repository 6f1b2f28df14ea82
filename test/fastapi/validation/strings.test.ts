// Strings, and the formats uuid, date and date-time.
import { Type } from '@sinclair/typebox'
import fc from 'fast-check'
import t from 'tap'
import { coerced, issue, issuesOf } from './run.ts'

const stringType = (input: unknown) => issue('string_type', 'Input should be a valid string', input)

t.test('a string is accepted unchanged, including lone surrogates', async (t) => {
  for (const input of ['', ' x ', '\0', '\ud83d']) t.equal(coerced(Type.String(), input), input)
})

t.test('a string rejects every other type', async (t) => {
  for (const input of [null, 5, 5n, true, [], ['a'], {}]) {
    t.strictSame(issuesOf(Type.String(), input), [stringType(input)])
    t.strictSame(issuesOf(Type.String({ minLength: 1 }), input), [stringType(input)])
  }
})

t.test('a string has a minimum length', async (t) => {
  t.strictSame(issuesOf(Type.String({ minLength: 1 }), ''), [
    issue('string_too_short', 'String should have at least 1 character', '', { min_length: 1 }),
  ])
  t.strictSame(issuesOf(Type.String({ minLength: 2 }), '😀'), [
    issue('string_too_short', 'String should have at least 2 characters', '😀', { min_length: 2 }),
  ])
  t.equal(coerced(Type.String({ minLength: 1 }), ' '), ' ')
  t.equal(coerced(Type.String({ minLength: 2 }), '😀x'), '😀x')
})

t.test('a string has a maximum length', async (t) => {
  for (const input of ['abc', '😀😀x', 'x'.repeat(9)]) {
    t.strictSame(issuesOf(Type.String({ maxLength: 2 }), input), [
      issue('string_too_long', 'String should have at most 2 characters', input, { max_length: 2 }),
    ])
  }
  t.equal(coerced(Type.String({ maxLength: 2 }), '😀😀'), '😀😀')
  t.equal(coerced(Type.String({ maxLength: 256 }), '😀'.repeat(256)), '😀'.repeat(256))
})

t.test('the length of a string is in code points', async () => {
  fc.assert(
    fc.property(
      fc.string({ unit: fc.constantFrom('a', 'é', '😀', '\u{10ffff}') }),
      fc.nat(12),
      (text, limit) => {
        const length = [...text].length
        const isShort = issuesOf(Type.String({ minLength: limit }), text).length === 1
        const isLong = issuesOf(Type.String({ maxLength: limit }), text).length === 1
        return isShort === length < limit && isLong === length > limit
      },
    ),
  )
})

t.test('a string has a pattern, which is checked after the length', async (t) => {
  const schema = Type.String({ maxLength: 3, pattern: '^a+$' })

  t.strictSame(issuesOf(schema, 'ab'), [
    issue('string_pattern_mismatch', "String should match pattern '^a+$'", 'ab', { pattern: '^a+$' }),
  ])
  t.strictSame(issuesOf(schema, 'bbbb'), [
    issue('string_too_long', 'String should have at most 3 characters', 'bbbb', { max_length: 3 }),
  ])
  t.equal(coerced(schema, 'aaa'), 'aaa')
})

t.test('a string with constraints rejects lone surrogates', async (t) => {
  const msg = 'Input should be a valid string, unable to parse raw data as a unicode string'
  t.strictSame(issuesOf(Type.String({ minLength: 1 }), '\ud83d'), [issue('string_unicode', msg, '\ud83d')])
})

t.test('an unknown format does not compile', async (t) => {
  t.throws(() => coerced(Type.String({ title: 'Mail', format: 'email' }), ''), {
    message: 'Cannot validate Mail: the format "email" is not supported',
  })
  t.throws(() => coerced(Type.String({ format: 'date', minLength: 1 }), ''), {
    message: /the keyword "minLength"/,
  })
})

const Uuid = Type.String({ format: 'uuid' })
const ID = '67e55044-10b1-426f-9247-bb680e5fe0c8'

t.test('a UUID accepts every format and returns the hyphenated one in lower case', async () => {
  const spelling = fc.constantFrom(
    (id: string) => id,
    (id: string) => id.replaceAll('-', ''),
    (id: string) => `{${id}}`,
    (id: string) => `urn:uuid:${id}`,
  )
  fc.assert(
    fc.property(fc.uuid(), spelling, fc.boolean(), (id, spell, upper) => {
      return coerced(Uuid, spell(upper ? id.toUpperCase() : id)) === id
    }),
  )
})

t.test('a UUID rejects other strings with the messages of the Rust crate', async (t) => {
  const character = (found: string, at: number) =>
    `invalid character: expected an optional prefix of \`urn:uuid:\` followed by [0-9a-fA-F-], found \`${found}\` at ${at}`
  const table: [string, string][] = [
    ['not-a-uuid', character('n', 1)],
    ['abcé', character('é', 4)],
    ['😀', character('😀', 1)],
    ['{', character('{', 1)],
    [`${ID} `, character(' ', 37)],
    [`URN:UUID:${ID}`, character('U', 1)],
    ['{12g}', character('g', 4)],
    ['', 'invalid length: expected length 32 for simple format, found 0'],
    [ID.replaceAll('-', '').slice(1), 'invalid length: expected length 32 for simple format, found 31'],
    ['1'.repeat(100), 'invalid length: expected length 32 for simple format, found 100'],
    ['{}', 'invalid group count: expected 5, found 1'],
    [`urn:uuid:${ID.replaceAll('-', '')}`, 'invalid group count: expected 5, found 1'],
    ['67e55044-10b1-426f-9247', 'invalid group count: expected 5, found 4'],
    ['-----', 'invalid group count: expected 5, found 6'],
    ['----', 'invalid group length in group 0: expected 8, found 0'],
    ['67e55044-10b1-426f-92471-b680e5fe0c8', 'invalid group length in group 3: expected 4, found 5'],
    [`${ID}1`, 'invalid group length in group 4: expected 12, found 13'],
    [`urn:uuid:${ID}1`, 'invalid group length in group 4: expected 12, found 22'],
  ]
  for (const [input, error] of table) {
    t.strictSame(
      issuesOf(Uuid, input),
      [issue('uuid_parsing', `Input should be a valid UUID, ${error}`, input, { error })],
      input,
    )
  }
})

t.test('a UUID rejects other types', async (t) => {
  for (const input of [null, true, 5, 5n, [], {}]) {
    t.strictSame(issuesOf(Uuid, input), [
      issue('uuid_type', 'UUID input should be a string, bytes or UUID object', input),
    ])
  }
})

const DateOnly = Type.String({ format: 'date' })

t.test('a date accepts dates, and datetimes and timestamps at midnight', async (t) => {
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

t.test('a date rejects strings and timestamps with the error of the datetime', async (t) => {
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

t.test('a date rejects any other time of day', async (t) => {
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

t.test('a date rejects year 0', async (t) => {
  const error = 'year 0 is out of range'
  for (const input of ['0000-01-01', '0000-01-01T00:00', -62_167_219_200_000]) {
    t.strictSame(issuesOf(DateOnly, input), [
      issue('date_parsing', `Input should be a valid date in the format YYYY-MM-DD, ${error}`, input, {
        error,
      }),
    ])
  }
})

t.test('a date rejects other types', async (t) => {
  for (const input of [null, true, [], {}, 10n ** 400n]) {
    t.strictSame(issuesOf(DateOnly, input), [issue('date_type', 'Input should be a valid date', input)])
  }
})

const DateTime = Type.String({ format: 'date-time' })

t.test('a datetime accepts ISO 8601 strings', async (t) => {
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

t.test('a datetime accepts Unix timestamps in seconds or milliseconds', async (t) => {
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

t.test('an invalid datetime string is reported with its error as a date', async (t) => {
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

t.test('a datetime rejects timestamps out of range, and year 0', async (t) => {
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

t.test('a datetime rejects other types, including booleans', async (t) => {
  for (const input of [null, true, [], {}, 10n ** 400n]) {
    t.strictSame(issuesOf(DateTime, input), [
      issue('datetime_type', 'Input should be a valid datetime', input),
    ])
  }
})

t.test('a timestamp is formatted as by Intl in UTC, and the result is a valid datetime', async () => {
  const clock = new Intl.DateTimeFormat('sv-SE', { timeZone: 'UTC', dateStyle: 'short', timeStyle: 'medium' })
  fc.assert(
    fc.property(fc.integer({ min: -20_000_000_000, max: 20_000_000_000 }), (seconds) => {
      const text = coerced(DateTime, seconds)
      return text === `${clock.format(seconds * 1000).replace(' ', 'T')}Z` && coerced(DateTime, text) === text
    }),
  )
})
