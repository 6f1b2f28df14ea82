import { CLOCK_MAX } from '../base/clock.ts'

/** Thrown for an invalid cron expression. The message is a sentence. */
export class CronError extends Error {
  override name = 'CronError'
}

/** Returns the first time after `instant` at which a cron expression is due, or null. Times are in microseconds since the epoch. */
export type NextMoment = (instant: number) => number | null

/** A field of a cron expression. */
interface Field {
  /** With its article. */
  readonly name: string
  readonly min: number
  readonly max: number
  /** The names that its values may have, in the order of the values, from `min`. */
  readonly names: readonly string[]
}

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']
const WEEKDAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat']

/** The fields in their order. 7 is another number for Sunday. */
const FIELDS: readonly Field[] = [
  { name: 'a minute', min: 0, max: 59, names: [] },
  { name: 'an hour', min: 0, max: 23, names: [] },
  { name: 'a day of the month', min: 1, max: 31, names: [] },
  { name: 'a month', min: 1, max: 12, names: MONTHS },
  { name: 'a day of the week', min: 0, max: 7, names: WEEKDAYS },
]

/** The maximum length of an expression, in characters. One that lists every value of every field has 360. */
export const CRON_LENGTH_MAX = 500

/** An item of a field: all values, a value or a range, each with an optional step. */
const ITEM = /^(?:\*|(\d{1,2}|[a-z]{3})(?:-(\d{1,2}|[a-z]{3}))?)(?:\/(\d{1,2}))?$/

/** Throws {@link CronError} if a text is not a cron expression with five fields. */
export function checkCron(text: string): void {
  valuesOf(text)
}

/**
 * Returns the function that finds the moments of a cron expression in UTC. As in other crons, a moment has to match the day of the
 * month or the day of the week if the expression restricts both. Throws {@link CronError}.
 */
export async function compileCron(text: string): Promise<NextMoment> {
  const known = compiled.get(text)
  if (known !== undefined) return known
  const next = await compile(valuesOf(text))
  if (compiled.size >= COMPILED_MAX) compiled.clear()
  compiled.set(text, next)
  return next
}

/** The maximum number of compiled expressions that are kept. Each takes 0.2 ms to compile, and up to 240 KB. */
const COMPILED_MAX = 10

const compiled = new Map<string, NextMoment>()

async function compile([minutes, hours, days, months, weekdays]: Fields): Promise<NextMoment> {
  const { Cron } = await import('croner')
  const crons = MONTHS_BY_LENGTH.flatMap((byLength) => {
    const included = byLength.months.filter((month) => months === '*' || months.includes(month))
    const possible = days === '*' ? days : days.filter((day) => day <= byLength.days)
    if (included.length === 0 || (possible.length === 0 && weekdays === '*')) return []
    const fields = [minutes, hours, possible.length === 0 ? '*' : possible, included, weekdays]
    return new Cron(fields.join(' '), { mode: '5-part', utcOffset: 0 })
  })
  return (instant) => {
    // biome-ignore lint/style/noRestrictedGlobals: it holds a given time and does not read the time
    const after = new Date(Math.floor(instant / 1000))
    // Never null: each has a moment at least every eight years.
    const runs = crons.map((cron) => (cron.nextRun(after) as { getTime(): number }).getTime() * 1000)
    const next = Math.min(...runs)
    return next > CLOCK_MAX ? null : next
  }
}

/**
 * The months, by their number of days. Croner takes February 30 for March 2 and then misses March 1, and it exceeds the stack in the
 * search for June 31 (10.0.1), so it gets the months of each length separately, with days that they have.
 */
const MONTHS_BY_LENGTH = [
  { days: 31, months: [1, 3, 5, 7, 8, 10, 12] },
  { days: 30, months: [4, 6, 9, 11] },
  { days: 29, months: [2] },
] as const

/** The values of a field, each once; `*` for all, which does not restrict the day. */
type Values = readonly number[] | '*'

/** The values of the fields in their order. */
type Fields = [minutes: Values, hours: Values, days: Values, months: Values, weekdays: Values]

function valuesOf(text: string): Fields {
  if (text.length > CRON_LENGTH_MAX) {
    throw new CronError(`A cron expression has at most ${CRON_LENGTH_MAX} characters`)
  }
  const parts = text.trim().toLowerCase().split(/\s+/)
  if (parts.length !== FIELDS.length) {
    throw new CronError(
      'A cron expression has five fields: minute, hour, day of the month, month, day of the week',
    )
  }
  return parts.map((part, index) => fieldValues(part, FIELDS[index] as Field)) as Fields
}

function fieldValues(part: string, field: Field): Values {
  const values = new Set(part.split(',').flatMap((item) => itemValues(item, field)))
  const isWhole = values.size === lastOf(field) - field.min + 1
  return isWhole ? '*' : [...values]
}

function itemValues(item: string, field: Field): number[] {
  const match = ITEM.exec(item)
  if (match === null) throw invalid(item, field)
  const [, low, high, step] = match
  const first = low === undefined ? field.min : numberOf(low, field)
  const last = high === undefined ? lastOfItem(item, first, field) : endOfRange(high, field)
  if (first > last || Number(step) === 0) throw invalid(item, field)
  const values: number[] = []
  for (let value = first; value <= last; value += Number(step ?? 1)) values.push(onlyOneSunday(value, field))
  return values
}

/** Returns the last value of an item that is no range: `5/10` means every tenth value from 5 on. */
function lastOfItem(item: string, first: number, field: Field): number {
  return item.startsWith('*') || item.includes('/') ? lastOf(field) : first
}

/** Returns the end of a range. `sun` is 7 there, as in `fri-sun`. */
function endOfRange(text: string, field: Field): number {
  const value = numberOf(text, field)
  return text === WEEKDAYS[0] ? field.max : value
}

/** Returns the highest value. For the day of the week, that is 6, since 7 is Sunday like 0. */
function lastOf({ max, names }: Field): number {
  return names === WEEKDAYS ? max - 1 : max
}

function numberOf(text: string, field: Field): number {
  const named = field.names.indexOf(text)
  const value = named === -1 ? Number(text) : named + field.min
  if (!(value >= field.min && value <= field.max)) throw invalid(text, field)
  return value
}

function onlyOneSunday(value: number, { names }: Field): number {
  return names === WEEKDAYS ? value % 7 : value
}

function invalid(text: string, { name }: Field): CronError {
  return new CronError(`${JSON.stringify(text)} is not ${name} of a cron expression`)
}
