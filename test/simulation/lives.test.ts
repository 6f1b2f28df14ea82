import t from 'tap'
import type { Phase } from '../../src/simulation/phase.ts'
import { type BuiltInName, builtIns } from '../../src/simulation/scenarios.ts'
import { type SessionHistory, sessionAt } from '../../src/simulation/session.ts'
import { after, aHistory, aMessage, START } from './histories.ts'

// The lives of the built-in scenarios, as both generations show them.

const words = ({ status, detail }: Phase) => `${status}/${detail}`

/** Returns the history of a session that follows a built-in scenario. */
const following = (name: BuiltInName, fields: Partial<SessionHistory> = {}) =>
  aHistory({ scenario: builtIns[name].scenario, ...fields })

/** Returns v3's words and v1's for a session at a moment. */
function bothAt(history: SessionHistory, seconds: number): string {
  const { phase, status, statusEnum } = sessionAt(history, after(seconds))
  return `${words(phase)} ${status}/${statusEnum}`
}

/**
 * The moments at which a session without messages changes, in seconds after its creation, with v3's status and detail and then v1's
 * status and status_enum.
 */
const LIVES: Record<Exclude<BuiltInName, 'out-of-quota' | 'three-reads'>, Record<string, string>> = {
  default: {
    0: 'new/null running/working',
    0.5: 'claimed/null running/working',
    1: 'running/working running/working',
    8: 'running/waiting_for_user finished/finished',
    3608: 'suspended/inactivity finished/finished',
  },
  'blocked-then-finished': {
    2: 'running/working running/working',
    3: 'running/waiting_for_user running/blocked',
    3603: 'suspended/inactivity running/blocked',
  },
  blocked: {
    5: 'running/working running/working',
    6: 'running/waiting_for_user running/blocked',
    3606: 'suspended/inactivity running/blocked',
  },
  expired: {
    3: 'running/waiting_for_user running/blocked',
    60: 'exit/null exit/expired',
    4000: 'exit/null exit/expired',
  },
  suspended: {
    3: 'running/working running/suspend_requested',
    5: 'suspended/inactivity suspended/suspend_requested',
  },
  'suspended-in-app': {
    3: 'running/working running/suspend_requested_frontend',
    5: 'suspended/user_request suspended/suspend_requested_frontend',
    60: 'resuming/null resuming/resume_requested_frontend',
    62: 'running/working running/resumed',
    63: 'running/working running/working',
    68: 'running/waiting_for_user finished/finished',
  },
  'suspended-for-cost': {
    6: 'running/working running/suspend_requested',
    8: 'suspended/usage_limit_exceeded suspended/suspend_requested',
  },
  queued: {
    0: 'new/null new/null',
    20: 'claimed/null claimed/null',
    30: 'running/working running/working',
    38: 'running/waiting_for_user finished/finished',
  },
  slow: {
    1799: 'running/working running/working',
    1800: 'running/waiting_for_user finished/finished',
  },
  never: { 100000: 'running/working running/working' },
  'no-output': { 6: 'running/waiting_for_user finished/finished' },
  'partial-output': { 8: 'running/waiting_for_user finished/finished' },
  'late-message': {
    3: 'running/waiting_for_user running/blocked',
    3603: 'running/waiting_for_user running/blocked',
    3606: 'suspended/inactivity running/blocked',
  },
  'no-pull-request': { 5: 'running/waiting_for_user finished/finished' },
  error: { 2: 'running/working running/working', 3: 'error/null error/blocked' },
  'needs-approval': {
    3: 'running/waiting_for_approval running/blocked',
    3603: 'suspended/inactivity running/blocked',
  },
  'explicitly-finished': {
    8: 'running/finished finished/finished',
    3608: 'suspended/inactivity finished/finished',
  },
  'two-pull-requests': { 8: 'running/waiting_for_user running/blocked' },
  'attached-file': { 6: 'running/waiting_for_user finished/finished' },
  'out-of-credits': suspendedFor('out_of_credits'),
  'quota-used-up': suspendedFor('out_of_quota'),
  'no-quota-allocation': suspendedFor('no_quota_allocation'),
  'payment-declined': suspendedFor('payment_declined'),
  'contract-expired': suspendedFor('contract_expired'),
  'org-usage-limit': suspendedFor('org_usage_limit_exceeded'),
  'user-usage-limit': suspendedFor('user_usage_limit_exceeded'),
  'total-session-limit': suspendedFor('total_session_limit_exceeded'),
  crashed: suspendedFor('error'),
}

function suspendedFor(detail: string): Record<string, string> {
  return {
    3: 'running/working running/suspend_requested',
    5: `suspended/${detail} suspended/suspend_requested`,
    4000: `suspended/${detail} suspended/suspend_requested`,
  }
}

for (const [name, moments] of Object.entries(LIVES)) {
  t.test(`both generations show the life of a session that follows ${name}`, async (t) => {
    const history = following(name as BuiltInName)

    for (const [seconds, expected] of Object.entries(moments)) {
      t.equal(bothAt(history, Number(seconds)), expected, `after ${seconds} s`)
    }
  })
}

t.test('both generations show the life of a session that follows three-reads', async (t) => {
  const at = (reads: number) => bothAt(following('three-reads', { reads: Array(reads).fill(START) }), 0)

  t.equal(at(2), 'running/working running/working')
  t.equal(at(3), 'running/waiting_for_user finished/finished')
})

t.test('every built-in scenario that creates a session is in these tables', async (t) => {
  const creating = Object.keys(builtIns).filter((name) => name !== 'out-of-quota' && name !== 'three-reads')

  t.same(Object.keys(LIVES).sort(), creating.sort())
})

t.test('a message wakes a session that fell asleep, which works again before it waits', async (t) => {
  const history = following('default', { messages: [aMessage(3700)] })

  t.equal(bothAt(history, 3699), 'suspended/inactivity finished/finished')
  t.equal(bothAt(history, 3700), 'resuming/null running/working')
  t.equal(bothAt(history, 3702), 'running/working running/working')
  t.equal(bothAt(history, 3710), 'running/waiting_for_user finished/finished')
})

t.test(
  'a message wakes a crashed session, but no other session that its scenario has suspended',
  async (t) => {
    const messages = [aMessage(10)]
    t.equal(bothAt(following('crashed', { messages }), 10), 'resuming/null resuming/resume_requested')
    t.equal(bothAt(following('crashed', { messages }), 12), 'running/working running/working')

    const suspended = bothAt(following('payment-declined', { messages }), 100)
    t.equal(suspended, 'suspended/payment_declined suspended/suspend_requested')
  },
)
