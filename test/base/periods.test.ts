import t from 'tap'
import { formatInstant, parseInstant } from '../../src/base/clock.ts'
import { days, months, weeks } from '../../src/base/periods.ts'

const at = (text: string) => parseInstant(text) as number

for (const [name, periods, time, start, next] of [
  ['a day', days, '2026-01-02T23:59:59.999999Z', '2026-01-02', '2026-01-03'],
  ['a day before 1970', days, '1969-12-31T01:00:00Z', '1969-12-31', '1970-01-01'],
  ['a week', weeks, '2026-01-04T23:00:00Z', '2025-12-29', '2026-01-05'],
  ['a week on its first day', weeks, '2026-01-05', '2026-01-05', '2026-01-12'],
  ['a week before 1970', weeks, '1969-12-28', '1969-12-22', '1969-12-29'],
  ['a month of 31 days', months, '2026-01-31T12:00:00Z', '2026-01-01', '2026-02-01'],
  ['February', months, '2026-02-01', '2026-02-01', '2026-03-01'],
  ['February of a leap year', months, '2028-02-29', '2028-02-01', '2028-03-01'],
  ['December', months, '2026-12-31T23:59:59Z', '2026-12-01', '2027-01-01'],
] as const) {
  t.test(`${name} starts and ends as in the calendar`, async (t) => {
    const found = periods.startOf(at(time))

    t.equal(formatInstant(found).slice(0, 10), start)
    t.equal(formatInstant(periods.nextOf(found)).slice(0, 10), next)
    t.match(formatInstant(found), /T00:00:00.000000Z$/)
  })
}
