import fc from 'fast-check'
import t from 'tap'
import { nextMoment } from '../../../src/page/model/state-cron.ts'
import { compileCron } from '../../../src/simulation/cron.ts'

const DAY = 86_400_000
const FEBRUARY_29_1972 = 68_169_600_000
const JANUARY_2026 = 1_767_225_600_000

t.test('the next moment is the first one after the given time', (t) => {
  t.equal(nextMoment('0 9 * * *', JANUARY_2026), JANUARY_2026 + 9 * 3_600_000)
  t.equal(nextMoment('0 9 * * *', JANUARY_2026 + 9 * 3_600_000), JANUARY_2026 + 33 * 3_600_000)
  t.equal(nextMoment('* * * * *', JANUARY_2026 + 1), JANUARY_2026 + 60_000)
  t.equal(nextMoment('0 0 30 2 *', JANUARY_2026), undefined)
  t.end()
})

t.test('every leap day is found, and the day after it', (t) => {
  const leapDays = Array.from({ length: 32 }, (_, index) => FEBRUARY_29_1972 + index * 1_461 * DAY)
  for (const [index, leapDay] of leapDays.entries()) {
    t.equal(nextMoment('0 0 29 2 *', leapDays[index - 1] ?? 0), leapDay)
    t.equal(nextMoment('0 0 1 3 *', leapDay), leapDay + DAY)
  }
  t.end()
})

t.test('the next moment is the one that the server finds', async (t) => {
  const field = (min: number, max: number, names: readonly string[] = []) => {
    const value = fc.integer({ min, max }).map(String)
    const range = fc
      .tuple(fc.integer({ min, max }), fc.integer({ min, max }))
      .map(([one, other]) => `${Math.min(one, other)}-${Math.max(one, other)}`)
    const step = fc.integer({ min: 1, max: 40 })
    const stepped = fc.tuple(fc.oneof(fc.constant('*'), value, range), step).map(([of, by]) => `${of}/${by}`)
    const named = names.length === 0 ? [] : [fc.constantFrom(...names)]
    const item = fc.oneof(value, range, stepped, ...named)
    const items = fc.array(item, { minLength: 1, maxLength: 3 }).map((all) => all.join(','))
    return fc.oneof({ weight: 2, arbitrary: fc.constant('*') }, { weight: 3, arbitrary: items })
  }
  const cron = fc
    .tuple(
      field(0, 59),
      field(0, 23),
      field(1, 31),
      field(1, 12, ['jan', 'Feb', 'dec']),
      field(0, 6, ['7', 'sun', 'MON', 'fri-sun', 'thu-sun/2', '5-7']),
    )
    .map((fields) => fields.join(' '))
  const time = fc.integer({ min: 0, max: JANUARY_2026 * 3 })
  await fc.assert(
    fc.asyncProperty(cron, time, async (text, after) => {
      const expected = (await compileCron(text))(after * 1_000)
      t.equal(nextMoment(text, after), expected === null ? undefined : expected / 1_000, text)
    }),
    { numRuns: 1_000 },
  )
})
