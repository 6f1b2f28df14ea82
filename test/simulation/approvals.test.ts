import t from 'tap'
import { withoutApprovals } from '../../src/simulation/approvals.ts'
import {
  AFTER_READS_MAX,
  AFTER_SECONDS_MAX,
  type Scenario,
  STEPS_MAX,
  type Step,
} from '../../src/simulation/scenario.ts'
import { builtInScenarios } from '../../src/simulation/scenarios.ts'
import { sessionAt } from '../../src/simulation/session.ts'
import { after, aHistory, aMessage } from './histories.ts'

const approval: Step = {
  after_seconds: 3,
  message: 'May I?',
  acus: 0.4,
  status_enum: 'blocked',
  status_detail: 'waiting_for_approval',
}
const done: Step = { after_seconds: 5, status_enum: 'finished' }

t.test('a scenario without approvals is returned unchanged', async (t) => {
  for (const scenario of [{ steps: [] }, { steps: [done], on_message: [done] }, builtInScenarios.default])
    t.equal(withoutApprovals(scenario), scenario)
})

t.test('withoutApprovals is idempotent, and returns the same object for the same scenario', async (t) => {
  const scenario = { steps: [approval], on_message: [approval, done] }

  const bypassed = withoutApprovals(scenario)

  t.equal(withoutApprovals(scenario), bypassed)
  t.equal(withoutApprovals(bypassed), bypassed)
})

t.test('a step that waits for an approval keeps its other effects', async (t) => {
  const commands = [{ response: { exit_code: 0 } }]
  const scenario: Scenario = { steps: [{ ...approval, title: 'T' }, done], commands }

  t.same(withoutApprovals(scenario), {
    steps: [{ after_seconds: 3, acus: 0.4, title: 'T' }, done],
    commands,
  })
})

t.test('the steps for a message follow the last step, as if the approval had been sent', async (t) => {
  const scenario: Scenario = {
    steps: [{ message: 'Hello' }, approval],
    on_message: [{ message: 'Thanks' }, { after_seconds: 2, status_enum: 'working' }],
  }

  t.same(withoutApprovals(scenario), {
    steps: [
      { message: 'Hello' },
      { after_seconds: 3, acus: 0.4 },
      { message: 'Thanks' },
      { after_seconds: 5, status_enum: 'working' },
    ],
    on_message: scenario.on_message,
  })
})

t.test('steps for a message that wait for reads wait for later reads', async (t) => {
  const { after_seconds, ...asked } = approval
  const scenario: Scenario = {
    steps: [{ ...asked, after_reads: 2 }],
    on_message: [{ after_reads: 1, status_enum: 'finished' }],
  }

  t.match(withoutApprovals(scenario).steps, [{ after_reads: 2 }, { after_reads: 3, status_enum: 'finished' }])
})

t.test('the session waits for its user if no step follows', async (t) => {
  for (const scenario of [
    { steps: [approval] },
    { steps: [approval], on_message: [] },
    { steps: [], on_message: [approval] },
  ]) {
    const [step] = [...withoutApprovals(scenario).steps, ...(withoutApprovals(scenario).on_message ?? [])]
    t.match(step, { message: 'May I?', status_enum: 'blocked', status_detail: 'waiting_for_user' })
  }
})

t.test('the variant without approvals respects the limits on the number and time of steps', async (t) => {
  const late = { ...approval, after_seconds: AFTER_SECONDS_MAX, after_reads: AFTER_READS_MAX }
  const step = { after_seconds: 1, after_reads: 1 }

  const { steps } = withoutApprovals({ steps: [late], on_message: Array(STEPS_MAX).fill(step) })

  t.equal(steps.length, STEPS_MAX)
  t.same(steps.at(-1), { after_seconds: AFTER_SECONDS_MAX, after_reads: AFTER_READS_MAX })
})

t.test('a session of needs-approval that bypasses approvals never waits for one, and finishes', async (t) => {
  const scenario = withoutApprovals(builtInScenarios['needs-approval'])
  const at = (seconds: number, messages = [] as ReturnType<typeof aMessage>[]) =>
    sessionAt(aHistory({ scenario, messages }), after(seconds))

  t.same(at(4).phase, { status: 'running', detail: 'working' })
  t.match(at(11), { phase: { detail: 'waiting_for_user' }, statusEnum: 'finished', acus: 1.5 })
  t.notOk(at(11).messages.some(({ text }) => text.includes('May I')))
  t.match(at(30, [aMessage(20, 'more')]).messages.at(-1), { text: 'Done: Fix the tests' })
})
