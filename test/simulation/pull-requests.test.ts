import t from 'tap'
import { datedPullRequests } from '../../src/simulation/pull-requests.ts'
import type { Step } from '../../src/simulation/scenario.ts'
import type { SessionHistory } from '../../src/simulation/session.ts'

const SECOND = 1_000_000

const history = (steps: Step[], more: Partial<SessionHistory> = {}): SessionHistory => ({
  id: 'devin-1',
  createdAt: 0,
  prompt: 'x',
  title: null,
  createdTags: [],
  scenario: { steps },
  promptEventId: 'event-1',
  messages: [],
  reads: [],
  events: [],
  terminatedAt: null,
  maxAcuLimit: null,
  samples: null,
  ...more,
})

t.test('a session without pull requests has none', async (t) => {
  t.same(datedPullRequests(history([{ message: 'x', after_seconds: 1 }]), 9 * SECOND, false), [])
})

t.test(
  'a pull request is opened when it first appears, and settled when it is merged or closed',
  async (t) => {
    const session = history(
      [
        { after_seconds: 1, pull_request: { url: 'a' } },
        { after_seconds: 2, pull_requests: [{ url: 'a' }, { url: 'b', state: 'closed' }] },
        { after_seconds: 3, message: 'x' },
        { after_seconds: 4, pull_requests: [{ url: 'a', state: 'merged' }, { url: 'b' }] },
      ],
      { events: [{ at: 5 * SECOND, effect: { pull_request: null } }] },
    )
    const [a, b] = [
      { url: 'a', state: 'open', openedAt: SECOND, settledAt: null },
      { url: 'b', state: 'closed', openedAt: 2 * SECOND, settledAt: 2 * SECOND },
    ]

    t.same(datedPullRequests(session, 0, false), [])
    t.same(datedPullRequests(session, SECOND, false), [a])
    t.same(datedPullRequests(session, 3 * SECOND, false), [a, b])
    const settled = [
      { ...a, state: 'merged', settledAt: 4 * SECOND },
      { ...b, state: 'open', settledAt: null },
    ]
    t.same(datedPullRequests(session, 4 * SECOND, false), settled)
    t.same(datedPullRequests(session, 9 * SECOND, false), settled, 'also after it has disappeared')
  },
)

t.test('a pull request in a step after the session has finished is not opened', async (t) => {
  const session = history(
    [
      { after_seconds: 1, status_enum: 'finished' },
      { after_seconds: 2, pull_request: { url: 'a' } },
    ],
    { terminatedAt: 3 * SECOND },
  )
  t.same(datedPullRequests(session, 9 * SECOND, false), [])
})

t.test('a pull request in the steps for a message is opened when its step is due', async (t) => {
  const message = { eventId: 'event-2', at: 5 * SECOND, text: 'x', reads: 0 }
  const scenario = { steps: [], on_message: [{ after_seconds: 2, pull_request: { url: 'a' } }] }
  const session = history([], { scenario, messages: [message] })

  t.same(datedPullRequests(session, 6 * SECOND, false), [])
  t.match(datedPullRequests(session, 7 * SECOND, false), [{ openedAt: 7 * SECOND }])
  t.match(datedPullRequests(session, 6 * SECOND, true), [{ openedAt: 5 * SECOND }], 'an instant clock')
})
