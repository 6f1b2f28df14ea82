/** The lowest and the highest number of each field of a cron expression. 7 is another number for Sunday. */
const BOUNDS = [
  [0, 59],
  [0, 23],
  [1, 31],
  [1, 12],
  [0, 7],
] as const

const NAMES = 'jan feb mar apr may jun jul aug sep oct nov dec sun mon tue wed thu fri sat'.split(' ')
const MONTHS = 12

/** The longest time between two moments of an expression is eight years: February 29 around 2100. */
const DAYS_MAX = 8 * 366
const MINUTE_MS = 60_000
const DAY_MS = 86_400_000

/** The numbers of a field; undefined for all. */
type Values = ReadonlySet<number> | undefined

/**
 * Returns the first moment after a time at which a cron expression is due, as the server finds it: in UTC, and on a day that matches the
 * day of the month or the day of the week if both are restricted. Undefined if there is none. Times in milliseconds. The server has
 * checked the expression.
 */
export function nextMoment(cron: string, after: number): number | undefined {
  const [minutes, hours, days, months, weekdays] = cron.trim().toLowerCase().split(/\s+/).map(valuesOf)
  const start = (Math.floor(after / MINUTE_MS) + 1) * MINUTE_MS
  const firstDay = Math.floor(start / DAY_MS) * DAY_MS
  const isDue = (time: number) => {
    const { month, day, weekday } = dateOf(time / DAY_MS)
    if (months?.has(month) === false) return false
    const [inMonth, inWeek] = [days?.has(day), weekdays?.has(weekday)]
    return inMonth === undefined || inWeek === undefined ? (inMonth ?? inWeek ?? true) : inMonth || inWeek
  }
  for (let day = 0; day <= DAYS_MAX; day++) {
    const midnight = firstDay + day * DAY_MS
    if (!isDue(midnight)) continue
    const first = day === 0 ? (start - firstDay) / MINUTE_MS : 0
    for (let minute = first; minute < 24 * 60; minute++) {
      if (hours?.has(Math.floor(minute / 60)) === false || minutes?.has(minute % 60) === false) continue
      return midnight + minute * MINUTE_MS
    }
  }
  return undefined
}

/** The days of 400 years, of 100 and of 4 years, and of a year. */
const [ERA, CENTURY, LEAP, YEAR] = [146_097, 36_524, 1_461, 365] as const

/** From March 1, 0000 to 1970. */
const EPOCH_DAY = 719_468

/** Returns the month, its day and the day of the week, by the number of days since 1970. Years begin in March, so that leap days end them. */
function dateOf(days: number): { readonly month: number; readonly day: number; readonly weekday: number } {
  const inEra = (days + EPOCH_DAY) % ERA
  const year = Math.floor(
    (inEra - Math.floor(inEra / (LEAP - 1)) + Math.floor(inEra / CENTURY) - Math.floor(inEra / (ERA - 1))) /
      YEAR,
  )
  const inYear = inEra - (YEAR * year + Math.floor(year / 4) - Math.floor(year / 100))
  const fromMarch = Math.floor((5 * inYear + 2) / 153)
  return {
    month: fromMarch < 10 ? fromMarch + 3 : fromMarch - 9,
    day: inYear - Math.floor((153 * fromMarch + 2) / 5) + 1,
    weekday: (days + 4) % 7,
  }
}

function valuesOf(field: string, index: number): Values {
  const [min, max] = BOUNDS[index] as readonly [number, number]
  const last = max === 7 ? 6 : max
  const values = new Set<number>()
  for (const item of field.split(',')) {
    const [range = '', step] = item.split('/')
    const [low = '', high] = range.split('-')
    const from = low === '*' ? min : numberOf(low)
    const to = high === undefined ? (low === '*' || step !== undefined ? last : from) : endOf(high, max)
    for (let value = from; value <= to; value += Number(step ?? 1)) values.add(max === 7 ? value % 7 : value)
  }
  return values.size === last - min + 1 ? undefined : values
}

/** Sunday at the end of a range is the seventh day. */
function endOf(text: string, max: number): number {
  return text === 'sun' ? max : numberOf(text)
}

function numberOf(text: string): number {
  const index = NAMES.indexOf(text)
  if (index === -1) return Number(text)
  return index < MONTHS ? index + 1 : index - MONTHS
}
