import { type AutomationSettings, rulesOf } from './automation-settings.ts'
import { checkCron } from './cron.ts'

/** The cron expressions of recurrence rules that have only a frequency. Times that a rule omits are the earliest, in UTC. */
const CRONS: Readonly<Record<string, string>> = {
  MINUTELY: '* * * * *',
  HOURLY: '0 * * * *',
  DAILY: '0 0 * * *',
  WEEKLY: '0 0 * * mon',
  MONTHLY: '0 0 1 * *',
  YEARLY: '0 0 1 1 *',
}

/** The parts of a rule that replace a field of a cron expression, in the order of the fields. */
const FIELDS = ['BYMINUTE', 'BYHOUR', 'BYMONTHDAY', 'BYMONTH', 'BYDAY']

/** The days of the week, as the parts of a rule and as cron expressions name them. */
const WEEKDAYS: Readonly<Record<string, string>> = {
  MO: 'mon',
  TU: 'tue',
  WE: 'wed',
  TH: 'thu',
  FR: 'fri',
  SA: 'sat',
  SU: 'sun',
}

/** Returns the distinct cron expressions of the schedules of an automation. Omits rules that have none. */
export function cronsOf({ triggers }: AutomationSettings): string[] {
  const crons = rulesOf(triggers).flatMap((rule) => cronOf(String(rule)) ?? [])
  return [...new Set(crons)]
}

/**
 * Returns the cron expression of a recurrence rule (RFC 5545) in UTC, or null if there is none: for a rule with a start, a time zone, an end,
 * a number of a weekday (`1MO`), or an interval that does not divide an hour or a day evenly.
 */
export function cronOf(text: string): string | null {
  const rule = partsOf(text)
  const { FREQ: frequency = '', INTERVAL: interval = '1', WKST: _, BYSECOND: seconds = '0', ...by } = rule
  const fields = CRONS[frequency]?.split(' ')
  const known = Object.keys(by).every((name) => FIELDS.includes(name))
  if (fields === undefined || !known || seconds !== '0') return null
  if (by.BYDAY !== undefined && (by.BYMONTHDAY !== undefined || frequency === 'YEARLY')) return null
  if (by.BYDAY !== undefined) fields[FIELDS.indexOf('BYMONTHDAY')] = '*'
  for (const [name, values] of Object.entries(by)) fields[FIELDS.indexOf(name)] = inCron(name, values)
  if (interval !== '1') {
    const step = stepOf(frequency, interval)
    // The interval counts what the frequency counts, which must not be restricted.
    if (step === undefined || by[step.part] !== undefined) return null
    fields[FIELDS.indexOf(step.part)] = step.field
  }
  return checkedCron(fields.join(' '))
}

function partsOf(text: string): Readonly<Record<string, string>> {
  const parts = text
    .trim()
    .toUpperCase()
    .replace(/^RRULE:/, '')
    .split(';')
  return Object.fromEntries(
    parts
      .filter((part) => part !== '')
      .map((part) => {
        const [name = '', value = ''] = part.split(/=(.*)/s, 2)
        return [name, value]
      }),
  )
}

/** A field that no cron expression can have, for an unknown day of the week. */
const INVALID = 'invalid'

function inCron(name: string, values: string): string {
  if (name !== 'BYDAY') return values
  return values
    .split(',')
    .map((day) => WEEKDAYS[day] ?? INVALID)
    .join(',')
}

function stepOf(frequency: string, interval: string): { part: string; field: string } | undefined {
  const every = (part: string, of: number) =>
    of % Number(interval) === 0 ? { part, field: `*/${interval}` } : undefined
  if (frequency === 'MINUTELY') return every('BYMINUTE', 60)
  return frequency === 'HOURLY' ? every('BYHOUR', 24) : undefined
}

function checkedCron(cron: string): string | null {
  try {
    checkCron(cron)
    return cron
  } catch {
    // For example, a value is out of range.
    return null
  }
}
