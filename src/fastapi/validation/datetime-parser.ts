import {
  type CalendarDate,
  type CalendarDateTime,
  dateTimeFromTimestamp,
  daysInMonth,
  type TimeParseError,
} from './calendar.ts'

/*
 * speedate's grammar. It parses UTF-8 bytes, so these functions take a binary string with one character per byte. Lengths
 * are in bytes. The only non-ASCII character of the grammar, U+2212 MINUS, has three bytes.
 */
const MINUS = '\xe2\x88\x92'

/** Returns the UTF-8 bytes of a string, one character per byte. */
export function toBinaryString(text: string): string {
  return Buffer.from(text).toString('latin1')
}

/** Parses exactly `YYYY-MM-DD`. */
export function parsePlainDate(bytes: string): CalendarDate | TimeParseError {
  const date = parseLeadingDate(bytes)
  return typeof date !== 'string' && bytes.length > 10 ? EXTRA_CHARACTERS : date
}

/** Parses a date, a separator and a time, or a numeric timestamp. */
export function parseDateTime(bytes: string): CalendarDateTime | TimeParseError {
  const time = parseIsoDateTime(bytes)
  if (typeof time !== 'string') return time
  const timestamp = parseWholeNumber(bytes) ?? parseDecimalNumber(bytes)
  return timestamp === undefined ? time : dateTimeFromTimestamp(timestamp)
}

const EXTRA_CHARACTERS: TimeParseError = 'unexpected extra characters at the end of the input'
const TOO_SHORT: TimeParseError = 'input is too short'

/** Parses a 64-bit integer, which speedate treats as a timestamp. Returns undefined for anything else. */
export function parseWholeNumber(bytes: string): number | undefined {
  if (!/^[+-]?\d+$/.test(bytes)) return undefined
  const digits = bytes.replace(/^[+-]?0*/, '')
  if (digits.length > 19 || BigInt(digits) >= 2n ** 63n) return undefined
  return bytes.startsWith('-') ? -Number(digits) : Number(digits)
}

function parseDecimalNumber(bytes: string): number | undefined {
  const isDecimal = bytes.includes('.') && /^[+-]?(?:\d+\.\d*|\.\d+)(?:e[+-]?\d+)?$/i.test(bytes)
  return isDecimal ? Number(bytes) : undefined
}

function parseLeadingDate(bytes: string): CalendarDate | TimeParseError {
  if (bytes.length < 10) return TOO_SHORT
  const year = parseDigits(bytes, 0, 4)
  if (year === undefined) return 'invalid character in year'
  if (bytes[4] !== '-') return DATE_SEPARATOR
  const month = parseDigits(bytes, 5, 2)
  if (month === undefined) return 'invalid character in month'
  if (bytes[7] !== '-') return DATE_SEPARATOR
  const day = parseDigits(bytes, 8, 2)
  if (day === undefined) return 'invalid character in day'
  const days = daysInMonth(year, month)
  if (days === undefined) return 'month value is outside expected range of 1-12'
  if (day < 1 || day > days) return 'day value is outside expected range'
  return { year, month, day }
}

const DATE_SEPARATOR: TimeParseError = 'invalid date separator, expected `-`'

function parseIsoDateTime(bytes: string): CalendarDateTime | TimeParseError {
  const date = parseLeadingDate(bytes)
  if (typeof date === 'string') return date
  if (!/[Tt _]/.test(bytes.charAt(10))) {
    return 'invalid datetime separator, expected `T`, `t`, `_` or space'
  }
  const timeOfDay = parseTimeOfDay(bytes, 11)
  if (typeof timeOfDay === 'string') return timeOfDay
  const { hour, minute, second, microsecond, end } = timeOfDay
  const zone = parseZone(bytes, end)
  if (typeof zone === 'string') return zone
  if (zone.end < bytes.length) return EXTRA_CHARACTERS
  return { date, hour, minute, second, microsecond, offsetMinutes: zone.offsetMinutes }
}

interface TimeOfDay {
  readonly hour: number
  readonly minute: number
  readonly second: number
  readonly microsecond: number
  /** The index after the time of day. */
  readonly end: number
}

function parseTimeOfDay(bytes: string, start: number): TimeOfDay | TimeParseError {
  if (bytes.length - start < 5) return TOO_SHORT
  const hour = parseDigits(bytes, start, 2)
  if (hour === undefined) return 'invalid character in hour'
  if (bytes[start + 2] !== ':') return 'invalid time separator, expected `:`'
  const minute = parseDigits(bytes, start + 3, 2)
  if (minute === undefined) return 'invalid character in minute'
  if (hour > 23) return 'hour value is outside expected range of 0-23'
  if (minute > 59) return 'minute value is outside expected range of 0-59'
  if (bytes[start + 5] !== ':') return { hour, minute, second: 0, microsecond: 0, end: start + 5 }
  const second = parseDigits(bytes, start + 6, 2)
  if (second === undefined) return 'invalid character in second'
  if (second > 59) return 'second value is outside expected range of 0-59'
  const fraction = /^[.,](\d*)/.exec(bytes.slice(start + 8))?.[1]
  if (fraction === undefined) return { hour, minute, second, microsecond: 0, end: start + 8 }
  if (fraction === '') return 'second fraction digits missing after `.`'
  // Digits beyond microseconds are truncated.
  const microsecond = Number(fraction.slice(0, 6).padEnd(6, '0'))
  return { hour, minute, second, microsecond, end: start + 9 + fraction.length }
}

interface Zone {
  readonly offsetMinutes: number | null
  /** The index after the zone. */
  readonly end: number
}

function parseZone(bytes: string, start: number): Zone | TimeParseError {
  if (start === bytes.length) return { offsetMinutes: null, end: start }
  const first = bytes.charAt(start)
  if (first === 'Z' || first === 'z') return { offsetMinutes: 0, end: start + 1 }
  const sign = first === '+' ? 1 : -1
  const isLongMinus = bytes.startsWith(MINUS, start)
  if (first !== '+' && first !== '-' && !isLongMinus) return 'invalid timezone sign'
  const at = start + (isLongMinus ? MINUS.length : 1)
  const hours = parseDigits(bytes, at, 2)
  if (hours === undefined) return 'invalid timezone hour'
  const minutesAt = bytes[at + 2] === ':' ? at + 3 : at + 2
  const minutes = parseDigits(bytes, minutesAt, 2)
  if (minutes === undefined) return 'invalid timezone minute'
  if (minutes > 59) return 'timezone minute value is outside expected range of 0-59'
  if (hours > 23) return 'timezone offset must be less than 24 hours'
  return { offsetMinutes: sign * (hours * 60 + minutes), end: minutesAt + 2 }
}

function parseDigits(bytes: string, start: number, count: number): number | undefined {
  let value = 0
  for (let index = start; index < start + count; index++) {
    // NaN past the end of the string.
    const digit = bytes.charCodeAt(index) - 0x30
    if (!(digit >= 0 && digit <= 9)) return undefined
    value = value * 10 + digit
  }
  return value
}
