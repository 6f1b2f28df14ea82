import {
  type CalendarDate,
  type CalendarTime,
  daysInMonth,
  type TimeFault,
  timeFromTimestamp,
} from './calendar.ts'

/*
 * speedate's grammar. It reads bytes, so a text comes as its UTF-8 bytes, one character each: lengths count bytes, and
 * the one sign beyond ASCII, U+2212 MINUS, has three of them.
 */
const MINUS = '\xe2\x88\x92'

/** The text as speedate sees it. */
export function utf8Bytes(text: string): string {
  return Buffer.from(text).toString('latin1')
}

/** Reads exactly `YYYY-MM-DD`. */
export function readPlainDate(bytes: string): CalendarDate | TimeFault {
  const date = readLeadingDate(bytes)
  return typeof date !== 'string' && bytes.length > 10 ? EXTRA_CHARACTERS : date
}

/** Reads a date, a separator and a time, or a number that is a timestamp. */
export function readDateTime(bytes: string): CalendarTime | TimeFault {
  const time = readIsoTime(bytes)
  if (typeof time !== 'string') return time
  const timestamp = readWholeNumber(bytes) ?? readDecimalNumber(bytes)
  return timestamp === undefined ? time : timeFromTimestamp(timestamp)
}

const EXTRA_CHARACTERS: TimeFault = 'unexpected extra characters at the end of the input'
const TOO_SHORT: TimeFault = 'input is too short'

/** A whole number that 64 bits can hold, which speedate takes for a timestamp; undefined where it is none. */
export function readWholeNumber(bytes: string): number | undefined {
  if (!/^[+-]?\d+$/.test(bytes)) return undefined
  const digits = bytes.replace(/^[+-]?0*/, '')
  if (digits.length > 19 || BigInt(digits) >= 2n ** 63n) return undefined
  return bytes.startsWith('-') ? -Number(digits) : Number(digits)
}

function readDecimalNumber(bytes: string): number | undefined {
  const isDecimal = bytes.includes('.') && /^[+-]?(?:\d+\.\d*|\.\d+)(?:e[+-]?\d+)?$/i.test(bytes)
  return isDecimal ? Number(bytes) : undefined
}

function readLeadingDate(bytes: string): CalendarDate | TimeFault {
  if (bytes.length < 10) return TOO_SHORT
  const year = readDigits(bytes, 0, 4)
  if (year === undefined) return 'invalid character in year'
  if (bytes[4] !== '-') return DATE_SEPARATOR
  const month = readDigits(bytes, 5, 2)
  if (month === undefined) return 'invalid character in month'
  if (bytes[7] !== '-') return DATE_SEPARATOR
  const day = readDigits(bytes, 8, 2)
  if (day === undefined) return 'invalid character in day'
  const days = daysInMonth(year, month)
  if (days === undefined) return 'month value is outside expected range of 1-12'
  if (day < 1 || day > days) return 'day value is outside expected range'
  return { year, month, day }
}

const DATE_SEPARATOR: TimeFault = 'invalid date separator, expected `-`'

function readIsoTime(bytes: string): CalendarTime | TimeFault {
  const date = readLeadingDate(bytes)
  if (typeof date === 'string') return date
  if (!/[Tt _]/.test(bytes.charAt(10))) {
    return 'invalid datetime separator, expected `T`, `t`, `_` or space'
  }
  const clock = readClock(bytes, 11)
  if (typeof clock === 'string') return clock
  const { hour, minute, second, microsecond, end } = clock
  const zone = readZone(bytes, end)
  if (typeof zone === 'string') return zone
  if (zone.end < bytes.length) return EXTRA_CHARACTERS
  return { date, hour, minute, second, microsecond, offsetMinutes: zone.offsetMinutes }
}

interface Clock {
  readonly hour: number
  readonly minute: number
  readonly second: number
  readonly microsecond: number
  /** Where the time of day ends. */
  readonly end: number
}

function readClock(bytes: string, start: number): Clock | TimeFault {
  if (bytes.length - start < 5) return TOO_SHORT
  const hour = readDigits(bytes, start, 2)
  if (hour === undefined) return 'invalid character in hour'
  if (bytes[start + 2] !== ':') return 'invalid time separator, expected `:`'
  const minute = readDigits(bytes, start + 3, 2)
  if (minute === undefined) return 'invalid character in minute'
  if (hour > 23) return 'hour value is outside expected range of 0-23'
  if (minute > 59) return 'minute value is outside expected range of 0-59'
  if (bytes[start + 5] !== ':') return { hour, minute, second: 0, microsecond: 0, end: start + 5 }
  const second = readDigits(bytes, start + 6, 2)
  if (second === undefined) return 'invalid character in second'
  if (second > 59) return 'second value is outside expected range of 0-59'
  const fraction = /^[.,](\d*)/.exec(bytes.slice(start + 8))?.[1]
  if (fraction === undefined) return { hour, minute, second, microsecond: 0, end: start + 8 }
  if (fraction === '') return 'second fraction digits missing after `.`'
  // Digits beyond the microseconds are cut off.
  const microsecond = Number(fraction.slice(0, 6).padEnd(6, '0'))
  return { hour, minute, second, microsecond, end: start + 9 + fraction.length }
}

interface Zone {
  readonly offsetMinutes: number | null
  /** Where the zone ends. */
  readonly end: number
}

function readZone(bytes: string, start: number): Zone | TimeFault {
  if (start === bytes.length) return { offsetMinutes: null, end: start }
  const first = bytes.charAt(start)
  if (first === 'Z' || first === 'z') return { offsetMinutes: 0, end: start + 1 }
  const sign = first === '+' ? 1 : -1
  const isLongMinus = bytes.startsWith(MINUS, start)
  if (first !== '+' && first !== '-' && !isLongMinus) return 'invalid timezone sign'
  const at = start + (isLongMinus ? MINUS.length : 1)
  const hours = readDigits(bytes, at, 2)
  if (hours === undefined) return 'invalid timezone hour'
  const minutesAt = bytes[at + 2] === ':' ? at + 3 : at + 2
  const minutes = readDigits(bytes, minutesAt, 2)
  if (minutes === undefined) return 'invalid timezone minute'
  if (minutes > 59) return 'timezone minute value is outside expected range of 0-59'
  if (hours > 23) return 'timezone offset must be less than 24 hours'
  return { offsetMinutes: sign * (hours * 60 + minutes), end: minutesAt + 2 }
}

function readDigits(bytes: string, start: number, count: number): number | undefined {
  let value = 0
  for (let index = start; index < start + count; index++) {
    // NaN beyond the end.
    const digit = bytes.charCodeAt(index) - 0x30
    if (!(digit >= 0 && digit <= 9)) return undefined
    value = value * 10 + digit
  }
  return value
}
