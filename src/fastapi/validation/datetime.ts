import {
  type CalendarDateTime,
  dateTimeFromTimestamp,
  formatDateTime,
  type TimeParseError,
  YEAR_ZERO,
} from './calendar.ts'
import { LAX, type ValidationContext } from './context.ts'
import { parseDateTime, parsePlainDate, parseWholeNumber, toBinaryString } from './datetime-parser.ts'

/** Validates `datetime`. Returns ISO 8601 in pydantic's format. */
export function validateDateTime(input: unknown, context: ValidationContext): string | undefined {
  context.floorExactness(LAX)
  let time = parseDateTimeInput(input)
  if (time === undefined) {
    return void context.report('datetime_type', 'Input should be a valid datetime', input)
  }
  if (typeof time === 'string' && typeof input === 'string') {
    // A string that is not a datetime is parsed again as a date, and the error of the date is reported.
    time = parseAsDate(toBinaryString(input), time)
    if (typeof time === 'string') {
      const msg = `Input should be a valid datetime or date, ${time}`
      return void context.report('datetime_from_date_parsing', msg, input, { error: time })
    }
  }
  if (typeof time !== 'string' && time.date.year === 0) time = YEAR_ZERO
  if (typeof time !== 'string') return formatDateTime(time)
  const msg = `Input should be a valid datetime, ${time}`
  return void context.report('datetime_parsing', msg, input, { error: time })
}

/** Parses a string or a timestamp. Returns undefined for other types. */
export function parseDateTimeInput(input: unknown): CalendarDateTime | TimeParseError | undefined {
  if (typeof input === 'string') return parseDateTime(toBinaryString(input))
  if (typeof input === 'number') return dateTimeFromTimestamp(input)
  if (typeof input !== 'bigint') return undefined
  const timestamp = Number(input)
  // Python cannot convert larger integers to a float.
  return Number.isFinite(timestamp) ? dateTimeFromTimestamp(timestamp) : undefined
}

/** Parses a date as midnight. Returns `error` for an integer, which is a timestamp for dates too. */
function parseAsDate(bytes: string, error: TimeParseError): CalendarDateTime | TimeParseError {
  const date = parseWholeNumber(bytes) === undefined ? parsePlainDate(bytes) : error
  if (typeof date === 'string') return date
  return { date, hour: 0, minute: 0, second: 0, microsecond: 0, offsetMinutes: null }
}
