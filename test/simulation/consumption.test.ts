import t from 'tap'
import { parseInstant } from '../../src/base/clock.ts'
import { acusByDay, billingMonths } from '../../src/simulation/consumption.ts'
import { after, aHistory } from './histories.ts'

const at = (text: string) => parseInstant(text) as number

t.test('a billing month starts on the first day of a month at 08:00 UTC', (t) => {
  const [february, march] = [at('2026-02-01T08:00:00Z'), at('2026-03-01T08:00:00Z')]

  t.equal(billingMonths.startOf(february), february)
  t.equal(billingMonths.startOf(march - 1), february)
  t.equal(billingMonths.startOf(march), march)
  t.equal(billingMonths.nextOf(february), march)
  t.end()
})

t.test('consumption before a time range is not part of it', (t) => {
  const history = aHistory({ scenario: { steps: [{ acus: 2 }, { after_seconds: 10, acus: 5 }] } })
  const sum = (from: number, before: number) => {
    const days = acusByDay(history, { after: from, before }, { now: after(60), instant: false })
    return [...days.values()].reduce((total, acus) => total + acus, 0)
  }

  t.equal(sum(after(0), after(60)), 5)
  t.equal(sum(after(0), after(10)), 2)
  t.equal(sum(after(10), after(60)), 3)
  t.equal(sum(after(10) + 1, after(60)), 0)
  t.end()
})
