// Required structured output: src/simulation/projection.ts.
import t from 'tap'
import type { Step } from '../../src/simulation/scenario.ts'
import { sessionAt } from '../../src/simulation/session.ts'
import { after, aHistory } from './histories.ts'

const samples = { full: { n: 1 }, partial: {} }

/** Returns the output after steps of a session that requires one. */
const outputOf = (steps: Step[], fields: Parameters<typeof aHistory>[0] = {}) =>
  sessionAt(aHistory({ scenario: { steps }, samples, structuredOutputRequired: true, ...fields }), after(10))
    .structuredOutput

t.test('a turn that finishes without a required output gets one that fits the schema', async (t) => {
  for (const step of [
    { status_enum: 'finished' },
    { status: 'finished' },
    { status_enum: 'blocked', status_detail: 'finished' },
  ] satisfies Step[]) {
    t.same(outputOf([step]), { n: 1 })
    t.equal(outputOf([step], { structuredOutputRequired: false }), null)
    t.equal(outputOf([step], { samples: null }), null)
  }
})

t.test('a turn that waits, expires or fails has no required output', async (t) => {
  for (const step of [
    { status_enum: 'blocked' },
    { status_enum: 'expired' },
    { status: 'error' },
    { message: 'Still at it' },
  ] satisfies Step[])
    t.equal(outputOf([step]), null)
})

t.test('an output of the scenario is kept, even if it is null', async (t) => {
  t.same(outputOf([{ structured_output: { own: 1 }, status_enum: 'finished' }]), { own: 1 })
  t.same(outputOf([{ structured_output: { own: 1 } }, { status_enum: 'finished' }]), { own: 1 })
  t.equal(outputOf([{ structured_output: null, status_enum: 'finished' }]), null)
  t.equal(outputOf([{ structured_output: null }, { status_enum: 'finished' }]), null)
})

t.test('a manual event that finishes the turn also provides a required output', async (t) => {
  const event = { at: after(1), effect: { status_enum: 'finished' } } as const

  t.same(outputOf([], { events: [event] }), { n: 1 })
})
