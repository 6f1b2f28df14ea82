/** A day of the proleptic Gregorian calendar; `month` and `day` count from 1. */
export interface CalendarDate {
  readonly year: number
  readonly month: number
  readonly day: number
}

/** A day and a time of day; `offsetMinutes` east of UTC is null where no zone was given. */
export interface CalendarTime {
  readonly date: CalendarDate
  readonly hour: number
  readonly minute: number
  readonly second: number
  readonly microsecond: number
  readonly offsetMinutes: number | null
}

/** Why a text or number is no point in time: speedate's words, as they stand behind the comma of pydantic's message. */
export type TimeFault = string

/** Python's `date` and `datetime` begin with year 1, speedate with year 0: pydantic then gives Python's words. */
export const YEAR_ZERO: TimeFault = 'year 0 is out of range'

const MONTH_LENGTHS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]

/** The days of a month, or undefined for a month that is none. */
export function daysInMonth(year: number, month: number): number | undefined {
  const isLeap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0)
  return month === 2 && isLeap ? 29 : MONTH_LENGTHS[month - 1]
}

/** Beyond this magnitude a timestamp counts milliseconds, not seconds. */
const MILLISECONDS_WATERSHED = 2e10
const YEAR_0_SECONDS = -62_167_219_200
const YEAR_9999_END_SECONDS = 253_402_300_799
const DAY_SECONDS = 86_400

/** The UTC time of a Unix timestamp in seconds or milliseconds. */
export function timeFromTimestamp(timestamp: number): CalendarTime | TimeFault {
  if (Number.isNaN(timestamp)) return 'NaN values not permitted'
  const perSecond = Math.abs(timestamp) > MILLISECONDS_WATERSHED ? 1000 : 1
  // Whole seconds go first, so that no digit of the fraction is lost to them.
  let seconds = Math.floor(timestamp / perSecond)
  let microsecond = Math.round((timestamp - seconds * perSecond) * (1e6 / perSecond))
  if (microsecond === 1e6) {
    seconds += 1
    microsecond = 0
  }
  if (seconds < YEAR_0_SECONDS) return 'dates before 0000 are not supported as unix timestamps'
  if (seconds > YEAR_9999_END_SECONDS) return 'dates after 9999 are not supported as unix timestamps'
  const days = Math.floor(seconds / DAY_SECONDS)
  const ofDay = seconds - days * DAY_SECONDS
  return {
    date: dateFromDays(days),
    hour: Math.floor(ofDay / 3600),
    minute: Math.floor(ofDay / 60) % 60,
    second: ofDay % 60,
    microsecond,
    offsetMinutes: 0,
  }
}

/** Days since 1970 to a date. Years begin in March here, so that a leap day comes last; 400 years are 146,097 days. */
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

/** `YYYY-MM-DD`. */
export function formatDate({ year, month, day }: CalendarDate): string {
  return `${String(year).padStart(4, '0')}-${twoDigits(month)}-${twoDigits(day)}`
}

/** `YYYY-MM-DDTHH:MM:SS`, then microseconds unless 0, then `Z` or the offset, as pydantic writes a datetime. */
export function formatTime(time: CalendarTime): string {
  const { date, hour, minute, second, microsecond, offsetMinutes } = time
  const fraction = microsecond === 0 ? '' : `.${String(microsecond).padStart(6, '0')}`
  const clock = `${twoDigits(hour)}:${twoDigits(minute)}:${twoDigits(second)}${fraction}`
  return `${formatDate(date)}T${clock}${formatOffset(offsetMinutes)}`
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
