import t from 'tap'
import type { Step } from '../../../../src/simulation/scenario.ts'
import { type BuiltInName, builtIns } from '../../../../src/simulation/scenarios.ts'
import { detailedScenarios } from '../../../../src/simulation/scenarios-v3.ts'
import { type PolledSession, startPolling } from './polling.ts'

// The endings that a client must handle, as seen by a client that polls once per second. A minute of the session passes per second.
const SPEED = 60

const isFinished = ({ status_enum }: PolledSession) => status_enum === 'finished'
const isBlocked = ({ status_enum }: PolledSession) => status_enum === 'blocked'
const isSuspended = ({ status }: PolledSession) => status === 'suspended'
const never = () => false

const PULL_REQUEST = { url: /^https:\/\/github\.com\/fake-devin\/demo\/pull\/\d+$/ }
const FULL = { summary: String, files: [String], confidence: Number }

const texts = ({ messages }: PolledSession) => messages.map(({ message }) => message)

/** The scenarios that the tests of this file poll. */
const polled = new Set<string>()

/** Returns a prompt that selects a built-in scenario. */
function promptFor(name: BuiltInName): string {
  polled.add(name)
  return `Fix it [fake:${name}]`
}

t.test('default: a polling client sees it finish with a pull request and output', async (t) => {
  polled.add('default')
  const { create, poll } = await startPolling(t, SPEED)

  const { seen, session, count } = await poll(await create('Fix it'), isFinished)

  t.same(seen, ['running/working', 'finished/finished'])
  t.equal(count, 2)
  t.match(session, { pull_request: PULL_REQUEST, structured_output: FULL })
  t.match(texts(session), [
    'Fix it',
    "I'm on it: Fix it",
    'The change is ready.',
    /^I opened http/,
    'Done: Fix it',
  ])
})

t.test('blocked-then-finished: a polling client sees it blocked until a reply, then finished', async (t) => {
  const { create, poll, say } = await startPolling(t, SPEED)
  const id = await create(promptFor('blocked-then-finished'))

  const asked = await poll(id, isBlocked)
  const waiting = await poll(id, never, 60)
  t.equal(await say(id, 'main'), null)
  const answered = await poll(id, isFinished)

  t.same(
    [asked.seen, waiting.seen, answered.seen],
    [['running/working', 'running/blocked'], ['running/blocked'], ['running/working', 'finished/finished']],
  )
  t.match(asked.session, { pull_request: null, structured_output: null })
  t.match(answered.session, { pull_request: PULL_REQUEST, structured_output: FULL })
  t.match(texts(answered.session).slice(1, 4), ['Which branch should I use?', 'main', 'Understood: main'])
})

t.test('blocked: a polling client sees it blocked with a pull request, which is not a failure', async (t) => {
  const { create, poll, say } = await startPolling(t, SPEED)
  const id = await create(promptFor('blocked'))

  const first = await poll(id, isBlocked)
  t.equal(await say(id, 'Use tabs'), null)
  const second = await poll(id, isBlocked)

  t.same(first.seen, ['running/working', 'running/blocked'])
  t.match(first.session, { pull_request: PULL_REQUEST, structured_output: FULL })
  t.same(second.seen, ['running/working', 'running/blocked'])
  t.same(second.session.pull_request, first.session.pull_request)
  t.same(second.session.structured_output, first.session.structured_output)
  t.match(texts(second.session).at(-1), /^I updated http/)
})

t.test('expired: a polling client sees it expire without a reply', async (t) => {
  const { create, poll, say } = await startPolling(t, SPEED)
  const id = await create(promptFor('expired'))

  const { seen, session } = await poll(id, ({ status_enum }) => status_enum === 'expired')

  t.same(seen, ['running/working', 'exit/expired'])
  t.match(session, { pull_request: null, structured_output: null })
  t.equal(texts(session).at(-1), 'How should I go on?')
  t.same(await say(id, 'Now I know'), { detail: 'Session has already exited' })
  t.same((await poll(id, never, 60)).session, session, 'an ended session does not change')
})

t.test('expired: a client that replies in time sees it finish', async (t) => {
  const { create, poll, say } = await startPolling(t, 1)
  const id = await create(promptFor('expired'))
  await poll(id, isBlocked)

  t.equal(await say(id, 'Like this'), null)

  t.same((await poll(id, isFinished)).seen, ['running/working', 'finished/finished'])
})

t.test('suspended: a polling client resumes it with a message, which returns a detail', async (t) => {
  const { create, poll, say } = await startPolling(t, SPEED)
  const id = await create(promptFor('suspended'))

  const suspended = await poll(id, isSuspended)
  const answer = await say(id, 'Good morning')
  const resumed = await poll(id, isFinished)

  t.same(suspended.seen, ['running/working', 'suspended/suspend_requested'])
  t.same(answer, { detail: 'Session is suspended' })
  t.same(resumed.seen, ['resuming/resume_requested', 'finished/finished'])
  t.match(resumed.session, { pull_request: null, structured_output: FULL })
  t.ok(texts(resumed.session).includes('Understood: Good morning'))
})

t.test('suspended-in-app: a polling client sees it resumed from the app, then finished', async (t) => {
  const { create, poll } = await startPolling(t, SPEED)
  const id = await create(promptFor('suspended-in-app'))

  const { seen, session } = await poll(id, isFinished)

  t.same(seen, ['running/working', 'resuming/resume_requested_frontend', 'finished/finished'])
  t.match(session, { structured_output: FULL })
})

t.test('suspended-for-cost: a polling client sees it suspended, and messages do not resume it', async (t) => {
  const { create, poll, say, call } = await startPolling(t, SPEED)
  const id = await create(promptFor('suspended-for-cost'), { max_acu_limit: 3 })

  const suspended = await poll(id, isSuspended)
  t.same(await say(id, 'Go on'), { detail: 'Session is suspended' })
  const later = await poll(id, isFinished, 60)

  t.same(suspended.seen, ['running/working', 'suspended/suspend_requested'])
  t.same(later.seen, ['suspended/suspend_requested'])
  t.match(later.session, { pull_request: null, structured_output: null })
  t.same(texts(later.session).slice(2), ['There are no ACUs left for this session.', 'Go on'])
  const url = '/v1/enterprise/consumption?start_date=2026-01-01&end_date=2026-01-31'
  t.equal((await call('GET', url)).json().sessions[0].acu_used, 3)
})

t.test('queued: a polling client sees it wait before it starts', async (t) => {
  const { create, poll } = await startPolling(t, SPEED)
  const id = await create(promptFor('queued'))

  const { seen, session } = await poll(id, isFinished)

  t.same(seen, ['new/null', 'finished/finished'])
  t.match(session, { pull_request: PULL_REQUEST, structured_output: FULL })
})

t.test('slow: a polling client sees it work for half an hour, then finish', async (t) => {
  const { create, poll } = await startPolling(t, SPEED)
  const id = await create(promptFor('slow'))

  const { seen, session, count } = await poll(id, isFinished)

  t.same(seen, ['running/working', 'finished/finished'])
  t.equal(count, 31)
  t.match(session, { pull_request: PULL_REQUEST, structured_output: FULL })
})

t.test('never: a polling client sees it still working after an hour, and terminates it', async (t) => {
  const { create, poll, call } = await startPolling(t, SPEED)
  const id = await create(promptFor('never'))

  const { seen, session, count } = await poll(id, ({ status_enum }) => status_enum !== 'working', 61)

  t.same([seen, count], [['running/working'], 61])
  t.match(session, { pull_request: null, structured_output: null })
  t.equal((await call('DELETE', `/v1/sessions/${id}`)).statusCode, 200)
  t.same((await poll(id, isFinished)).seen, ['exit/finished'])
})

t.test('no-output: a polling client sees it finish without the requested output', async (t) => {
  const { create, poll } = await startPolling(t, SPEED)

  const { seen, session } = await poll(await create(promptFor('no-output')), isFinished)

  t.same(seen, ['running/working', 'finished/finished'])
  t.match(session, { pull_request: PULL_REQUEST, structured_output: null })
})

t.test('partial-output: a polling client sees the required members first, then all', async (t) => {
  const { create, poll } = await startPolling(t, 1)
  const id = await create(promptFor('partial-output'))

  const halfway = await poll(id, ({ structured_output }) => structured_output !== null)
  const { seen, session } = await poll(id, isFinished)

  t.same(Object.keys(Object(halfway.session.structured_output)), ['summary'])
  t.equal(halfway.session.status_enum, 'working')
  t.same(seen, ['running/working', 'finished/finished'])
  t.match(session, { structured_output: FULL })
})

t.test('late-message: a polling client sees it blocked before the message with the reason', async (t) => {
  const { create, poll, say } = await startPolling(t, 1)
  const id = await create(promptFor('late-message'))

  const early = await poll(id, isBlocked)
  const late = await poll(id, ({ messages }) => messages.length > early.session.messages.length)
  t.equal(await say(id, 'main'), null)

  t.same(early.seen, ['running/working', 'running/blocked'])
  t.notOk(early.session.messages.some(({ type }) => type === 'devin_message'))
  t.same(late.seen, ['running/blocked'])
  t.equal(texts(late.session).at(-1), 'Sorry for the wait. Which branch should I use?')
  t.same((await poll(id, isFinished)).seen, ['running/working', 'finished/finished'])
})

t.test('no-pull-request: a polling client sees it finish with an output only', async (t) => {
  const { create, poll } = await startPolling(t, SPEED)

  const { seen, session } = await poll(await create(promptFor('no-pull-request')), isFinished)

  t.same(seen, ['running/working', 'finished/finished'])
  t.match(session, { pull_request: null, structured_output: FULL })
})

t.test('error: a polling client sees it fail, and it stays failed', async (t) => {
  const { create, poll, say } = await startPolling(t, SPEED)
  const id = await create(promptFor('error'))

  const { seen, session } = await poll(id, isFinished, 60)

  t.same(seen, ['running/working', 'error/blocked'])
  t.match(session, { pull_request: null, structured_output: null })
  t.equal(texts(session).at(-1), 'Something went wrong on my side.')
  t.same(await say(id, 'Try again'), { detail: 'Session has already exited' })
})

t.test('three-reads: a polling client sees it finish on the third poll, at any speed', async (t) => {
  for (const speed of [SPEED, 0.001]) {
    const { create, poll } = await startPolling(t, speed)

    const { seen, session, count } = await poll(await create(promptFor('three-reads')), isFinished)

    t.same([seen, count], [['running/working', 'finished/finished'], 3])
    t.match(session, { pull_request: PULL_REQUEST, structured_output: FULL })
  }
})

t.test('out-of-quota: the creation is refused, and the list still succeeds', async (t) => {
  const { send, call } = await startPolling(t, SPEED)

  const res = await send('POST', '/v1/sessions', { prompt: promptFor('out-of-quota') })

  t.equal(res.statusCode, 403)
  t.same(res.json(), { detail: 'Your organization has a billing error. Error: out_of_quota' })
  const list = await call('GET', '/v1/sessions')
  t.same([list.statusCode, list.json()], [200, { sessions: [] }])
})

t.test('a finished session of every built-in scenario resumes on a message and finishes again', async (t) => {
  const finishing = Object.entries(builtIns).filter(([, { scenario }]) =>
    scenario.steps.some((step: Step) => step.status_enum === 'finished'),
  )
  t.ok(finishing.length >= 8)
  for (const [name] of finishing) {
    const { create, poll, say, call } = await startPolling(t, 1)
    const id = await create(name === 'default' ? 'Fix it' : `Fix it [fake:${name}]`)
    await poll(id, isFinished, 3600)

    t.equal(await say(id, 'And the docs'), null, name)

    t.same((await poll(id, isFinished)).seen, ['running/working', 'finished/finished'], name)
    t.equal((await call('DELETE', `/v1/sessions/${id}`)).statusCode, 200, name)
    t.equal((await call('DELETE', `/v1/sessions/${id}`)).statusCode, 400, name)
  }
})

t.test('every built-in scenario has a polling test, here or among those of v3', async (t) => {
  const own = Object.keys(builtIns).filter((name) => !Object.hasOwn(detailedScenarios, name))
  t.same([...polled].sort(), own.sort())
})

// The statuses that a client sees if it polls as often as they change.
const STATUSES: {
  readonly [Name in BuiltInName]?: { readonly first: string[]; readonly answered?: string[] }
} = {
  'blocked-then-finished': {
    first: ['running/working', 'running/blocked'],
    answered: ['running/working', 'finished/finished'],
  },
  expired: { first: ['running/working', 'running/blocked', 'exit/expired'] },
  suspended: {
    first: ['running/working', 'running/suspend_requested', 'suspended/suspend_requested'],
    answered: ['resuming/resume_requested', 'running/resumed', 'running/working', 'finished/finished'],
  },
  'suspended-in-app': {
    first: [
      'running/working',
      'running/suspend_requested_frontend',
      'suspended/suspend_requested_frontend',
      'resuming/resume_requested_frontend',
      'running/resumed',
      'running/working',
      'finished/finished',
    ],
  },
  'suspended-for-cost': {
    first: ['running/working', 'running/suspend_requested', 'suspended/suspend_requested'],
    answered: ['suspended/suspend_requested'],
  },
  queued: { first: ['new/null', 'claimed/null', 'running/working', 'finished/finished'] },
}

for (const [name, { first, answered }] of Object.entries(STATUSES)) {
  t.test(`${name}: a client that polls as often as the status changes sees each status`, async (t) => {
    const { create, poll, say } = await startPolling(t, 1)
    const id = await create(`[fake:${name}]`)

    t.same((await poll(id, never, 100)).seen, first)
    if (answered === undefined) return
    await say(id, 'go on')
    t.same((await poll(id, never, 100)).seen, answered)
  })
}
