import { type CalendarTime, formatTime, type TimeFault, timeFromTimestamp, YEAR_ZERO } from './calendar.ts'
import { LAX, type ValidationContext } from './context.ts'
import { readDateTime, readPlainDate, readWholeNumber, utf8Bytes } from './time-text.ts'

/** Validates `datetime`; gives it as ISO 8601 text the way pydantic writes it. */
export function validateDateTime(input: unknown, context: ValidationContext): string | undefined {
  context.lower(LAX)
  let time = readMoment(input)
  if (time === undefined) {
    return void context.report('datetime_type', 'Input should be a valid datetime', input)
  }
  if (typeof time === 'string' && typeof input === 'string') {
    // A text that is no datetime gets a second chance as a date, and it is that one's fault that is told.
    time = readAsDate(utf8Bytes(input), time)
    if (typeof time === 'string') {
      const msg = `Input should be a valid datetime or date, ${time}`
      return void context.report('datetime_from_date_parsing', msg, input, { error: time })
    }
  }
  if (typeof time !== 'string' && time.date.year === 0) time = YEAR_ZERO
  if (typeof time !== 'string') return formatTime(time)
  const msg = `Input should be a valid datetime, ${time}`
  return void context.report('datetime_parsing', msg, input, { error: time })
}

/** The point in time that a text or a timestamp stands for; undefined for other types. */
export function readMoment(input: unknown): CalendarTime | TimeFault | undefined {
  if (typeof input === 'string') return readDateTime(utf8Bytes(input))
  if (typeof input === 'number') return timeFromTimestamp(input)
  if (typeof input !== 'bigint') return undefined
  const timestamp = Number(input)
  // Python cannot make a float of a bigger one.
  return Number.isFinite(timestamp) ? timeFromTimestamp(timestamp) : undefined
}

/** Midnight of a date. A whole number is a timestamp for dates too, so there the fault is the one that is known. */
function readAsDate(bytes: string, fault: TimeFault): CalendarTime | TimeFault {
  const date = readWholeNumber(bytes) === undefined ? readPlainDate(bytes) : fault
  if (typeof date === 'string') return date
  return { date, hour: 0, minute: 0, second: 0, microsecond: 0, offsetMinutes: null }
}
