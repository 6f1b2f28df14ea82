import { type CalendarDate, formatDate, YEAR_ZERO } from './calendar.ts'
import { LAX, type ValidationContext } from './context.ts'
import { parseDateTimeInput } from './datetime.ts'
import { parsePlainDate, toBinaryString } from './datetime-parser.ts'

/** Validates `date`: a date, or a datetime or timestamp at midnight. Returns `YYYY-MM-DD`. */
export function validateDate(input: unknown, context: ValidationContext): string | undefined {
  context.floorExactness(LAX)
  const plain = typeof input === 'string' ? parsePlainDate(toBinaryString(input)) : undefined
  const date = typeof plain === 'object' ? plain : parseMidnight(input, context)
  if (date === undefined) return undefined
  if (date.year > 0) return formatDate(date)
  const msg = `Input should be a valid date in the format YYYY-MM-DD, ${YEAR_ZERO}`
  return void context.report('date_parsing', msg, input, { error: YEAR_ZERO })
}

/** Returns undefined after reporting an issue. */
function parseMidnight(input: unknown, context: ValidationContext): CalendarDate | undefined {
  const time = parseDateTimeInput(input)
  if (time === undefined) return void context.report('date_type', 'Input should be a valid date', input)
  if (typeof time === 'string') {
    const msg = `Input should be a valid date or datetime, ${time}`
    return void context.report('date_from_datetime_parsing', msg, input, { error: time })
  }
  const { hour, minute, second, microsecond } = time
  if (hour === 0 && minute === 0 && second === 0 && microsecond === 0) return time.date
  const msg = 'Datetimes provided to dates should have zero time - e.g. be exact dates'
  return void context.report('date_from_datetime_inexact', msg, input)
}
