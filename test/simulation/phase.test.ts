import fc from 'fast-check'
import t from 'tap'
import {
  CLAIMED_AFTER_MICROS,
  IDLE_LIMIT_MICROS,
  isIdle,
  PHASES,
  type PhaseFacts,
  phaseOf,
  RESUME_MICROS,
  RUNNING_AFTER_MICROS,
} from '../../src/simulation/phase.ts'
import {
  type Scenario,
  STATUS_DETAILS,
  STATUS_ENUMS,
  type StatusEnum,
} from '../../src/simulation/scenario.ts'
import { builtIns } from '../../src/simulation/scenarios.ts'
import { type SessionHistory, sessionAt } from '../../src/simulation/session.ts'
import { after, aHistory, aMessage, histories } from './histories.ts'

const facts = (changes: Partial<PhaseFacts> = {}): PhaseFacts => ({
  status: 'running',
  statusEnum: 'working',
  statusDetail: undefined,
  hasEnded: false,
  isOutOfAcus: false,
  isAsleep: false,
  age: 60_000_000,
  resumedFor: null,
  idleFor: 0,
  ...changes,
})

const blocked = { statusEnum: 'blocked' } as const

/** Returns the phase as `status/detail`, some seconds after the creation. */
const phaseAt = (history: SessionHistory, seconds: number, instant = false) => {
  const { status, detail } = sessionAt(history, after(seconds), instant).phase
  return `${status}/${detail}`
}

const working: StatusEnum = 'working'

t.test('each status_enum has a phase', async (t) => {
  for (const statusEnum of STATUS_ENUMS) {
    t.same(phaseOf(facts({ status: 'any text', statusEnum })), PHASES[statusEnum], statusEnum)
  }
  t.same(phaseOf(facts({ status: 'any text', statusEnum: null })), PHASES.working)
  t.same(phaseOf(facts({ status: 'finished', statusEnum: null })), PHASES.finished)
})

t.test('a status that exists in both generations is the same in both', async (t) => {
  for (const status of ['new', 'claimed', 'resuming', 'error', 'exit'] as const) {
    t.same(phaseOf(facts({ status })), { status, detail: null })
  }
  t.same(phaseOf(facts({ status: 'suspended' })), { status: 'suspended', detail: 'inactivity' })
  t.same(phaseOf(facts({ status: 'suspended', statusEnum: 'suspend_requested_frontend' })), {
    status: 'suspended',
    detail: 'user_request',
  })
})

t.test('a scripted detail replaces the one that follows from the status', async (t) => {
  t.equal(phaseOf(facts({ ...blocked, statusDetail: 'waiting_for_approval' })).detail, 'waiting_for_approval')
  t.equal(phaseOf(facts({ statusDetail: null })).detail, null)
  t.same(phaseOf(facts({ status: 'suspended', statusDetail: 'payment_declined' })), {
    status: 'suspended',
    detail: 'payment_declined',
  })
})

t.test('a session without ACUs is suspended, and so is one that is asleep', async (t) => {
  const limited = { status: 'suspended', detail: 'usage_limit_exceeded' }
  const asleep = { status: 'suspended', detail: 'user_request' }
  for (const change of [{}, blocked, { status: 'new' }, { status: 'resuming' }]) {
    t.same(phaseOf(facts({ ...change, isOutOfAcus: true, isAsleep: true })), limited)
    t.same(phaseOf(facts({ ...change, isAsleep: true })), asleep)
  }
})

t.test('a session that its scenario suspends stays suspended', async (t) => {
  const changes = { isOutOfAcus: true, isAsleep: true, resumedFor: 0, idleFor: IDLE_LIMIT_MICROS }
  t.same(phaseOf(facts({ status: 'suspended', ...changes })), { status: 'suspended', detail: 'inactivity' })
})

t.test('a session that has ended has exited or failed, regardless of its scripted status', async (t) => {
  const changes = { hasEnded: true, isOutOfAcus: true, isAsleep: true, resumedFor: 0 }
  const ended = (status: string) => phaseOf(facts({ ...changes, status, statusEnum: 'expired' }))
  t.same(ended('error'), { status: 'error', detail: null })
  t.same(phaseOf(facts({ ...changes, status: 'error', statusDetail: 'error' })), {
    status: 'error',
    detail: 'error',
  })
  for (const status of ['exit', 'claimed', 'suspended'])
    t.same(ended(status), { status: 'exit', detail: null })
})

t.test('a working session is new, then claimed, then running', async (t) => {
  const at = (age: number | null) => phaseOf(facts({ age }))

  t.same([at(0), at(CLAIMED_AFTER_MICROS - 1)], Array(2).fill({ status: 'new', detail: null }))
  t.same(at(CLAIMED_AFTER_MICROS), { status: 'claimed', detail: null })
  t.same(at(RUNNING_AFTER_MICROS - 1), { status: 'claimed', detail: null })
  t.same([at(RUNNING_AFTER_MICROS), at(null)], Array(2).fill(PHASES.working))
  t.same(phaseOf(facts({ ...blocked, age: 0 })), PHASES.blocked, 'but not one that already waits')
})

t.test('a session resumes for two seconds', async (t) => {
  t.same(phaseOf(facts({ resumedFor: RESUME_MICROS - 1 })), { status: 'resuming', detail: null })
  t.same(phaseOf(facts({ ...blocked, resumedFor: 0 })), { status: 'resuming', detail: null })
  t.same(phaseOf(facts({ resumedFor: RESUME_MICROS })), PHASES.working)
})

t.test('a waiting session is suspended after an hour without events, a working one is not', async (t) => {
  const idle = { status: 'suspended', detail: 'inactivity' }
  for (const statusDetail of [undefined, 'waiting_for_approval', 'finished'] as const) {
    const waiting = (idleFor: number) => facts({ ...blocked, statusDetail, idleFor })
    t.same(phaseOf(waiting(IDLE_LIMIT_MICROS)), idle)
    t.not(phaseOf(waiting(IDLE_LIMIT_MICROS - 1)).status, 'suspended')
    t.same([isIdle(waiting(IDLE_LIMIT_MICROS)), isIdle(waiting(IDLE_LIMIT_MICROS - 1))], [true, false])
  }
  for (const changes of [
    {},
    { ...blocked, hasEnded: true },
    { ...blocked, isAsleep: true },
    { ...blocked, isOutOfAcus: true },
  ]) {
    t.notOk(isIdle(facts({ ...changes, idleFor: IDLE_LIMIT_MICROS })))
  }
  t.same(phaseOf(facts({ idleFor: IDLE_LIMIT_MICROS })), PHASES.working)
})

t.test('the built-in scenarios reach every status and every detail', async (t) => {
  const seen = new Set<string>()
  for (const { scenario } of Object.values<{ scenario: Scenario }>(builtIns)) {
    for (const seconds of [0, 0.5, 4, 6, 9, 40, 70, 7_200]) {
      const history = aHistory({ scenario, maxAcuLimit: 5 })
      for (const part of phaseAt(history, seconds).split('/')) seen.add(part)
    }
  }
  const message = aHistory({ scenario: builtIns.suspended.scenario, messages: [aMessage(9)] })
  seen.add(sessionAt(message, after(9)).phase.status)
  const asleep = aHistory({ events: [{ at: after(1), effect: {}, sleep: true }] })
  seen.add(String(sessionAt(asleep, after(1)).phase.detail))

  const statuses = ['new', 'claimed', 'running', 'exit', 'error', 'suspended', 'resuming', 'null']
  t.same([...seen].sort(), [...new Set([...statuses, ...STATUS_DETAILS])].sort())
})

t.test('a session of the default scenario lives as it was recorded', async (t) => {
  const history = aHistory({ scenario: builtIns.default.scenario })

  t.same(
    [0, 0.5, 1, 8, 3_607, 3_608].map((seconds) => phaseAt(history, seconds)),
    [
      'new/null',
      'claimed/null',
      'running/working',
      'running/waiting_for_user',
      'running/waiting_for_user',
      'suspended/inactivity',
    ],
  )
  const idle = sessionAt(history, after(9_999))
  t.same([idle.updatedAt, idle.changedAt], [after(8), after(3_608)])
  t.match(idle, { status: 'finished', statusEnum: 'finished' })
  const { changedAt, updatedAt } = sessionAt(history, after(9))
  t.equal(changedAt, updatedAt)
  for (const change of [{ archivedAt: after(5_000) }, { tagsChangedAt: after(5_000) }]) {
    t.match(sessionAt({ ...history, ...change }, after(9_999)), {
      updatedAt: after(5_000),
      changedAt: after(5_000),
    })
  }
})

t.test('a message resumes a session that was idle, with or without a turn of its own', async (t) => {
  const scenario = { steps: [{ status_enum: 'blocked' as const }], on_message: [{ status_enum: working }] }
  const messages = [aMessage(4_000)]

  const answered = aHistory({ scenario, messages })
  t.same(
    [3_999, 4_000, 4_002].map((seconds) => phaseAt(answered, seconds)),
    ['suspended/inactivity', 'resuming/null', 'running/working'],
  )
  const unanswered = aHistory({ scenario: { steps: scenario.steps }, messages })
  t.same(
    [4_000, 4_002, 7_599, 7_600].map((seconds) => phaseAt(unanswered, seconds)),
    ['resuming/null', 'running/waiting_for_user', 'running/waiting_for_user', 'suspended/inactivity'],
  )
  const awake = aHistory({ scenario, messages: [aMessage(9)] })
  t.equal(phaseAt(awake, 9), 'running/working')
})

t.test('a session that waits again has resumed, even if the clock is frozen', async (t) => {
  const scenario = {
    steps: [{ status_enum: 'blocked' as const }],
    on_message: [{ after_reads: 1, status_enum: 'blocked' as const }],
  }
  const history = aHistory({ scenario, messages: [aMessage(4_000)], reads: [after(4_000)] })

  t.equal(phaseAt({ ...history, reads: [] }, 4_000), 'resuming/null')
  t.equal(phaseAt(history, 4_000), 'running/waiting_for_user')
})

t.test('an instant clock, and steps that wait for reads, skip the delays of a phase', async (t) => {
  const steps = [{ status_enum: working }]
  t.equal(phaseAt(aHistory({ scenario: { steps } }), 0, true), 'running/working')
  t.equal(phaseAt(aHistory({ scenario: { steps: [...steps, { after_reads: 9 }] } }), 0), 'running/working')
  const answering = { steps, on_message: [{ after_reads: 9 }] }
  t.equal(phaseAt(aHistory({ scenario: answering }), 0), 'running/working')
  const blocked = { steps: [{ status_enum: 'blocked' as const }], on_message: [{ after_reads: 9 }] }
  t.equal(phaseAt(aHistory({ scenario: blocked }), 9_999, true), 'running/waiting_for_user')
})

t.test('a new status resets the detail', async (t) => {
  const steps = [
    { status_enum: 'blocked' as const, status_detail: 'waiting_for_approval' as const },
    { after_seconds: 2, message: 'still' },
    { after_seconds: 4, status_enum: 'blocked' as const },
    { after_seconds: 6, status_detail: 'finished' as const },
    { after_seconds: 8, status: 'suspended' },
  ]

  t.same(
    [2, 4, 6, 8].map((seconds) => phaseAt(aHistory({ scenario: { steps } }), seconds)),
    ['running/waiting_for_approval', 'running/waiting_for_user', 'running/finished', 'suspended/inactivity'],
  )
  const terminated = aHistory({ scenario: { steps }, terminatedAt: after(6) })
  t.equal(phaseAt(terminated, 6), 'exit/null')
})

t.test('a sleeping session takes no steps until a message wakes it, and is suspended in v1', async (t) => {
  const { scenario } = builtIns.default
  const sleep = { at: after(5), messages: 0, effect: {}, sleep: true } as const
  const history = aHistory({ scenario, events: [sleep] })
  const asleep = sessionAt(history, after(99))

  t.match(asleep, { status: 'suspended', statusEnum: 'suspend_requested_frontend', updatedAt: after(5) })
  t.equal(phaseAt(history, 99), 'suspended/user_request')
  t.same(asleep.pullRequests, [])
  const woken = { ...history, messages: [aMessage(100)] }
  t.same(
    [100, 102, 108].map((seconds) => phaseAt(woken, seconds)),
    ['resuming/null', 'running/working', 'running/waiting_for_user'],
  )
  t.equal(sessionAt(woken, after(108)).status, 'finished')
  const byHand = { ...history, events: [sleep, { at: after(7), effect: { status_enum: working } }] }
  t.equal(phaseAt(byHand, 7), 'running/working')
  t.equal(phaseAt({ ...history, terminatedAt: after(9) }, 9), 'exit/null')
  t.equal(sessionAt({ ...history, terminatedAt: after(9) }, after(9)).status, 'exit')
})

t.test('a message without an `on_message` continues the turn of a sleeping session', async (t) => {
  const steps = [4, 8, 12].map((after_seconds) => ({ after_seconds, message: `step ${after_seconds}` }))
  const events = [{ at: after(5), effect: {}, sleep: true } as const]
  const history = aHistory({ scenario: { steps }, events, messages: [aMessage(9, 'go on')] })

  t.same(
    sessionAt(history, after(99)).messages.map(({ text }) => text),
    ['Fix the tests', 'step 4', 'go on', 'step 12'],
  )
})

t.test('a session stops at its ACU limit, before a step that costs more', async (t) => {
  const { scenario } = builtIns.default
  const at = (maxAcuLimit: number, seconds: number) =>
    sessionAt(aHistory({ scenario, maxAcuLimit, messages: [aMessage(20)] }), after(seconds))
  const limited = { status: 'suspended', detail: 'usage_limit_exceeded' }

  t.match(at(1, 7), { phase: PHASES.working, acus: 0.8 })
  t.match(at(1, 8), { phase: limited, acus: 1, structuredOutput: null })
  t.match(at(1, 8), { status: 'suspended', statusEnum: 'suspend_requested' })
  t.match(at(1, 99), { phase: limited, updatedAt: after(20) }, 'no message wakes it')
  t.match(at(2, 8), { phase: PHASES.finished, acus: 1.5 })
  t.match(at(1.5, 8), { phase: limited, acus: 1.5, status: 'suspended' }, 'the step at the limit completes')
  for (const limit of [0, -5]) {
    t.match(at(limit, 3.9), { phase: PHASES.working })
    t.match(at(limit, 4), { phase: limited, acus: 0 }, 'it stops at the first ACU')
  }
})

t.test('a manual event takes effect beyond the ACU limit, and can lift it', async (t) => {
  const events = [
    { at: after(1), effect: { acus: 9, message: 'Too expensive' } },
    { at: after(2), effect: { acus: 1, status_enum: working } },
  ]
  const history = aHistory({ maxAcuLimit: 5, events })

  t.match(sessionAt(history, after(1)).messages.at(-1), { text: 'Too expensive' })
  t.equal(phaseAt(history, 1), 'suspended/usage_limit_exceeded')
  t.equal(phaseAt(history, 2), 'running/working')
})

t.test('a file of Devin has the same id in every run, and its templates are filled', async (t) => {
  const step = { attachment: { name: 'a.txt', content: 'For {{request}}' } }
  const scenario = { steps: [step, { after_seconds: 1, ...step }] }
  const files = () => sessionAt(aHistory({ scenario }), after(1)).files

  t.match(files(), [
    { name: 'a.txt', contentType: 'text/plain', content: 'For Fix the tests', at: after(0) },
    { at: after(1) },
  ])
  t.match(files()[0]?.id, /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/)
  t.same(files(), files())
  t.equal(new Set(files().map(({ id }) => id)).size, 2)
})

t.test('property: a session is suspended in v1 only if it is in v3', async () => {
  fc.assert(
    fc.property(
      histories(),
      fc.nat({ max: 60 }),
      fc.option(fc.integer({ min: -1, max: 3 })),
      (history, n, limit) => {
        const { status, phase, endedAt } = sessionAt({ ...history, maxAcuLimit: limit }, after(n / 2))
        if (endedAt !== null) return phase.status === 'exit'
        return status !== 'suspended' || phase.status === 'suspended'
      },
    ),
  )
})
