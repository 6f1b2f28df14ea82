import fc from 'fast-check'
import t from 'tap'
import { CLOCK_MAX, formatInstant, parseInstant } from '../../src/base/clock.ts'
import { CRON_LENGTH_MAX, CronError, checkCron, compileCron } from '../../src/simulation/cron.ts'
import { cpuMillis } from '../cpu-time.ts'

const MINUTE = 60_000_000
const DAY = 1_440 * MINUTE

const instant = (text: string) => parseInstant(text) as number

/** Returns the first moment of an expression after a time, in ISO 8601. */
async function momentAfter(expression: string, after: string): Promise<string | null> {
  const moment = (await compileCron(expression))(instant(after))
  return moment === null ? null : formatInstant(moment)
}

t.test('a moment is the start of a minute after the given time', async (t) => {
  t.equal(await momentAfter('* * * * *', '2026-01-02T03:04:59.999999Z'), '2026-01-02T03:05:00.000000Z')
  t.equal(await momentAfter('* * * * *', '2026-01-02T03:05:00Z'), '2026-01-02T03:06:00.000000Z')
  t.equal(await momentAfter('* * * * *', '2026-01-02T03:05:00.000001Z'), '2026-01-02T03:06:00.000000Z')
})

t.test('numbers, names, lists, ranges and steps select values', async (t) => {
  const after = '2026-01-02T03:04:05Z'
  const expected = [
    ['30 9 * * *', '2026-01-02T09:30:00.000000Z'],
    ['5,35 3 * * *', '2026-01-02T03:05:00.000000Z'],
    ['*/20 * * * *', '2026-01-02T03:20:00.000000Z'],
    ['7/20 * * * *', '2026-01-02T03:07:00.000000Z'],
    ['10-50/15 * * * *', '2026-01-02T03:10:00.000000Z'],
    ['0 0 1 Feb *', '2026-02-01T00:00:00.000000Z'],
    ['0 0 1 MAR-may *', '2026-03-01T00:00:00.000000Z'],
    ['0 0 * * sun', '2026-01-04T00:00:00.000000Z'],
    ['0 0 * * 7', '2026-01-04T00:00:00.000000Z'],
    ['0 0 * * sat-sun', '2026-01-03T00:00:00.000000Z'],
    ['0 0 * * mon/2', '2026-01-05T00:00:00.000000Z'],
    [' 0\t0  29 2 * ', '2028-02-29T00:00:00.000000Z'],
  ] as const

  for (const [expression, moment] of expected)
    t.equal(await momentAfter(expression, after), moment, expression)
})

t.test('every month and every day of the week has a name', async (t) => {
  const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']
  for (const [index, name] of months.entries()) {
    const month = String(index + 1).padStart(2, '0')
    t.equal(
      await momentAfter(`0 0 2 ${name} *`, '2026-01-01T00:00:00Z'),
      `2026-${month}-02T00:00:00.000000Z`,
      name,
    )
  }
  // January 4, 2026, is a Sunday.
  for (const [index, name] of ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'].entries()) {
    const day = String(index + 4).padStart(2, '0')
    t.equal(
      await momentAfter(`0 0 * * ${name}`, '2026-01-03T12:00:00Z'),
      `2026-01-${day}T00:00:00.000000Z`,
      name,
    )
  }
})

t.test('an expression that restricts both days needs only one of them', async (t) => {
  t.equal(await momentAfter('0 0 13 * fri', '2026-01-10T00:00:00Z'), '2026-01-13T00:00:00.000000Z')
  t.equal(await momentAfter('0 0 13 * fri', '2026-01-13T00:00:00Z'), '2026-01-16T00:00:00.000000Z')
  // A field that selects all values restricts nothing.
  t.equal(await momentAfter('0 0 13 * 0-6', '2026-01-13T00:00:00Z'), '2026-02-13T00:00:00.000000Z')
  t.equal(await momentAfter('0 0 13 * 0-7', '2026-01-13T00:00:00Z'), '2026-02-13T00:00:00.000000Z')
  t.equal(await momentAfter('0 0 1-31 * 5', '2026-01-10T00:00:00Z'), '2026-01-16T00:00:00.000000Z')
})

t.test('a day that a short month does not have is not taken for one of the next month', async (t) => {
  t.equal(await momentAfter('0 0 1,31 * *', '2026-02-21T00:00:00Z'), '2026-03-01T00:00:00.000000Z')
  t.equal(await momentAfter('0 0 1 * mon', '2026-02-24T00:00:00Z'), '2026-03-01T00:00:00.000000Z')
  t.equal(await momentAfter('0 0 31 * *', '2026-03-31T00:00:00Z'), '2026-05-31T00:00:00.000000Z')
})

t.test('an expression for days that the calendar does not have is never due', async (t) => {
  for (const expression of ['0 0 30 2 *', '0 0 31 2,4,6,9,11 *', '0 0 30,31 feb *']) {
    t.equal(await momentAfter(expression, '2026-01-02T03:04:05Z'), null, expression)
  }
  t.equal(await momentAfter('0 0 30 2 mon', '2026-01-02T03:04:05Z'), '2026-02-02T00:00:00.000000Z')
})

t.test('a moment that no clock can reach is never due', async (t) => {
  const next = await compileCron('0 0 1 1 *')

  t.equal(next(CLOCK_MAX - 1), CLOCK_MAX)
  t.equal(next(CLOCK_MAX), null)
})

t.test('an invalid expression is rejected with the invalid field', (t) => {
  const flaws = [
    ['', /five fields/],
    ['* * * *', /five fields/],
    ['* * * * * *', /five fields/],
    ['@daily', /five fields/],
    ['60 * * * *', /"60" is not a minute/],
    ['x * * * *', /"x" is not a minute/],
    ['* 24 * * *', /"24" is not an hour/],
    ['* * 0 * *', /"0" is not a day of the month/],
    ['* * L * *', /"l" is not a day of the month/],
    ['* * 15W * *', /"15w" is not a day of the month/],
    ['* * * 13 *', /"13" is not a month/],
    ['* * * sun *', /"sun" is not a month/],
    ['* * * * 8', /"8" is not a day of the week/],
    ['* * * * 1#2', /"1#2" is not a day of the week/],
    ['9-5 * * * *', /"9-5" is not a minute/],
    ['* * * jan-sun *', /"sun" is not a month/],
    ['*/0 * * * *', /"\*\/0" is not a minute/],
    ['*-5 * * * *', /is not a minute/],
    ['1,,2 * * * *', /"" is not a minute/],
    ['* * * * 7/2', /"7\/2" is not a day of the week/],
    [`${'1,'.repeat(CRON_LENGTH_MAX)}1 * * * *`, /at most 500 characters/],
  ] as const

  for (const [expression, message] of flaws) {
    t.throws(() => checkCron(expression), { name: 'CronError', message }, expression.slice(0, 20))
  }
  t.end()
})

t.test('an expression is compiled again after many others', async (t) => {
  const first = await compileCron('0 0 * * *')
  t.equal(await compileCron('0 0 * * *'), first)

  for (let minute = 0; minute < 30; minute++) await compileCron(`${minute} 1 * * *`)

  const again = await compileCron('0 0 * * *')
  t.not(again, first)
  t.equal(again(instant('2026-01-02')), first(instant('2026-01-02')))
})

/** A field of an expression, and the values that it selects. */
interface Part {
  readonly text: string
  readonly values: ReadonlySet<number>
}

const range = (from: number, to: number, step = 1): number[] =>
  Array.from({ length: Math.floor((to - from) / step) + 1 }, (_, index) => from + index * step)

const partOf = (min: number, max: number): fc.Arbitrary<Part> => {
  const value = fc.integer({ min, max })
  const step = fc.integer({ min: 1, max: 40 })
  const item = fc.oneof(
    value.map((one) => ({ text: `${one}`, values: [one] })),
    step.map((by) => ({ text: `*/${by}`, values: range(min, max, by) })),
    fc.tuple(value, value, step).map(([one, other, by]) => {
      const [from, to] = [Math.min(one, other), Math.max(one, other)]
      return { text: `${from}-${to}/${by}`, values: range(from, to, by) }
    }),
  )
  const list = fc.array(item, { minLength: 1, maxLength: 3 }).map((items) => ({
    text: items.map(({ text }) => text).join(','),
    values: new Set(items.flatMap(({ values }) => values)),
  }))
  return fc.oneof(fc.constant({ text: '*', values: new Set(range(min, max)) }), list)
}

/** Searches day by day, which is slow and obvious. */
function naiveMomentAfter(parts: readonly Part[], after: number): number | null {
  const [minutes, hours, days, months, weekdays] = parts.map(({ values }) => values) as ReadonlySet<number>[]
  const restricts = (values: ReadonlySet<number> | undefined, all: number) => values?.size !== all
  const isDay = (start: number) => {
    const [month, day] = formatInstant(start).slice(5, 10).split('-').map(Number)
    const isDate = days?.has(day as number)
    const isWeekday = weekdays?.has((start / DAY + 4) % 7)
    const isEither = restricts(days, 31) && restricts(weekdays, 7)
    return months?.has(month as number) && (isEither ? isDate || isWeekday : isDate && isWeekday)
  }
  const first = Math.floor(after / DAY) * DAY
  for (let start = first; start < first + 3_000 * DAY; start += DAY) {
    if (!isDay(start)) continue
    for (let moment = start; moment < start + DAY; moment += MINUTE) {
      const minute = (moment - start) / MINUTE
      if (moment > after && minutes?.has(minute % 60) && hours?.has(Math.floor(minute / 60))) return moment
    }
  }
  return null
}

t.test('property: every expression has the moments that a search through the calendar finds', async () => {
  const expression = fc.tuple(
    partOf(0, 59),
    partOf(0, 23),
    partOf(1, 31),
    partOf(1, 12),
    partOf(0, 6),
    fc.integer({ min: 0, max: instant('2100-01-01') }),
  )
  await fc.assert(
    fc.asyncProperty(expression, async ([minute, hour, day, month, weekday, after]) => {
      const parts = [minute, hour, day, month, weekday]
      const next = await compileCron(parts.map(({ text }) => text).join(' '))
      return next(after) === naiveMomentAfter(parts, after)
    }),
    { numRuns: 300 },
  )
})

t.test('property: every text is quickly rejected, or has moments after any time', async () => {
  const characters = fc.constantFrom(...'0123456789*/,-# LW?@\t\nabcdefjmnorstuvwy')
  const text = fc.oneof(
    fc.string({ unit: characters, maxLength: 600 }),
    fc.string({ unit: 'binary', maxLength: 100 }),
    fc
      .array(fc.string({ unit: characters, minLength: 1, maxLength: 6 }), { minLength: 5, maxLength: 5 })
      .map((parts) => parts.join(' ')),
  )
  await fc.assert(
    fc.asyncProperty(text, fc.integer({ min: 0, max: CLOCK_MAX }), async (expression, after) => {
      const started = cpuMillis()
      const next = await compileCron(expression).catch((error) => {
        if (error instanceof CronError) return () => null
        throw error
      })
      const moment = next(after)
      const took = cpuMillis() - started
      return took < 2_000 && (moment === null || (moment > after && moment <= CLOCK_MAX))
    }),
    { numRuns: 2_000 },
  )
})
