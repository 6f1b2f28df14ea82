/** A date in the proleptic Gregorian calendar. `month` and `day` start at 1. */
export interface CalendarDate {
  readonly year: number
  readonly month: number
  readonly day: number
}

/** A date and a time of day. `offsetMinutes` is east of UTC, and null without a time zone. */
export interface CalendarDateTime {
  readonly date: CalendarDate
  readonly hour: number
  readonly minute: number
  readonly second: number
  readonly microsecond: number
  readonly offsetMinutes: number | null
}

/** The reason why a string or number is not a valid date or time, in speedate's words. pydantic appends it to its message. */
export type TimeParseError = string

/** Python's message for year 0, which speedate accepts. Python's `date` and `datetime` start at year 1. */
export const YEAR_ZERO: TimeParseError = 'year 0 is out of range'

const MONTH_LENGTHS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]

/** Returns the number of days in a month, or undefined for an invalid month. */
export function daysInMonth(year: number, month: number): number | undefined {
  const isLeap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0)
  return month === 2 && isLeap ? 29 : MONTH_LENGTHS[month - 1]
}

/** The largest magnitude of a timestamp in seconds. Larger ones are in milliseconds. */
const MILLISECONDS_WATERSHED = 2e10
const YEAR_0_SECONDS = -62_167_219_200
const YEAR_9999_END_SECONDS = 253_402_300_799
const DAY_SECONDS = 86_400

/** Converts a Unix timestamp in seconds or milliseconds to UTC. */
export function dateTimeFromTimestamp(timestamp: number): CalendarDateTime | TimeParseError {
  if (Number.isNaN(timestamp)) return 'NaN values not permitted'
  const perSecond = Math.abs(timestamp) > MILLISECONDS_WATERSHED ? 1000 : 1
  // Splits off the whole seconds first, so that the fraction keeps its precision.
  let seconds = Math.floor(timestamp / perSecond)
  let microsecond = Math.round((timestamp - seconds * perSecond) * (1e6 / perSecond))
  if (microsecond === 1e6) {
    seconds += 1
    microsecond = 0
  }
  if (seconds < YEAR_0_SECONDS) return 'dates before 0000 are not supported as unix timestamps'
  if (seconds > YEAR_9999_END_SECONDS) return 'dates after 9999 are not supported as unix timestamps'
  const days = Math.floor(seconds / DAY_SECONDS)
  const secondOfDay = seconds - days * DAY_SECONDS
  return {
    date: dateFromDays(days),
    hour: Math.floor(secondOfDay / 3600),
    minute: Math.floor(secondOfDay / 60) % 60,
    second: secondOfDay % 60,
    microsecond,
    offsetMinutes: 0,
  }
}

/** Converts days since 1970 to a date. Years start in March here, so that a leap day comes last. 400 years have 146,097 days. */
function dateFromDays(days: number): CalendarDate {
  const shifted = days + 719_468
  const era = Math.floor(shifted / 146_097)
  const dayOfEra = shifted - era * 146_097
  const leapDays =
    Math.floor(dayOfEra / 1460) - Math.floor(dayOfEra / 36_524) + Math.floor(dayOfEra / 146_096)
  const yearOfEra = Math.floor((dayOfEra - leapDays) / 365)
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100))
  const monthFromMarch = Math.floor((5 * dayOfYear + 2) / 153)
  const day = dayOfYear - Math.floor((153 * monthFromMarch + 2) / 5) + 1
  const month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
  return { year: era * 400 + yearOfEra + (month <= 2 ? 1 : 0), month, day }
}

/** Formats a date as `YYYY-MM-DD`. */
export function formatDate({ year, month, day }: CalendarDate): string {
  return `${String(year).padStart(4, '0')}-${twoDigits(month)}-${twoDigits(day)}`
}

/** Formats a datetime as pydantic does: `YYYY-MM-DDTHH:MM:SS`, the microseconds unless 0, and `Z` or the offset if known. */
export function formatDateTime(time: CalendarDateTime): string {
  const { date, hour, minute, second, microsecond, offsetMinutes } = time
  const fraction = microsecond === 0 ? '' : `.${String(microsecond).padStart(6, '0')}`
  const timeOfDay = `${twoDigits(hour)}:${twoDigits(minute)}:${twoDigits(second)}${fraction}`
  return `${formatDate(date)}T${timeOfDay}${formatOffset(offsetMinutes)}`
}

function formatOffset(minutes: number | null): string {
  if (minutes === null) return ''
  if (minutes === 0) return 'Z'
  const size = Math.abs(minutes)
  return `${minutes < 0 ? '-' : '+'}${twoDigits(Math.floor(size / 60))}:${twoDigits(size % 60)}`
}

function twoDigits(value: number): string {
  return String(value).padStart(2, '0')
}
