import type { StatusDetail, StatusEnum } from './scenario.ts'

/** The values of a session's `status` in v3. */
export type PhaseStatus = 'new' | 'claimed' | 'running' | 'exit' | 'error' | 'suspended' | 'resuming'

/** The `status` and `status_detail` of a session in v3. */
export interface Phase {
  readonly status: PhaseStatus
  readonly detail: StatusDetail | null
}

/** The facts that a phase follows from. Durations are in microseconds. */
export interface PhaseFacts {
  /** v1's `status`, which scenarios set. */
  readonly status: string
  /** v1's `status_enum`. */
  readonly statusEnum: StatusEnum | null
  /** The detail that a step has set; undefined if it follows from the status. */
  readonly statusDetail: StatusDetail | null | undefined
  /** Whether the session can never change again. */
  readonly hasEnded: boolean
  /** Whether the session has reached its ACU limit. */
  readonly isOutOfAcus: boolean
  /** Whether a user has put it to sleep. */
  readonly isAsleep: boolean
  /** The time since the creation; null if it does not matter, because the clock is instant or the scenario counts reads. */
  readonly age: number | null
  /** The time since a message resumed the session; null if none did, or if the clock is instant. */
  readonly resumedFor: number | null
  /** The time since the last event. */
  readonly idleFor: number
}

/** The age at which a session is claimed by a machine. */
export const CLAIMED_AFTER_MICROS = 500_000

/** The age at which a session runs. */
export const RUNNING_AFTER_MICROS = 1_000_000

/** The time without events after which a waiting session is suspended: 3706 s were recorded, the limit itself is unpublished. */
export const IDLE_LIMIT_MICROS = 3_600_000_000

/** The time that a suspended session takes to resume after a message. */
export const RESUME_MICROS = 2_000_000

const WORKING: Phase = { status: 'running', detail: 'working' }
const WAITING: Phase = { status: 'running', detail: 'waiting_for_user' }
const RESUMING: Phase = { status: 'resuming', detail: null }

/** The phase for each `status_enum` of v1. `docs/scenarios.md` shows this table. */
export const PHASES: Readonly<Record<StatusEnum, Phase>> = {
  working: WORKING,
  blocked: WAITING,
  finished: WAITING,
  expired: { status: 'exit', detail: null },
  suspend_requested: WORKING,
  suspend_requested_frontend: WORKING,
  resume_requested: RESUMING,
  resume_requested_frontend: RESUMING,
  resumed: WORKING,
}

/** The details of a running session that waits, and falls asleep if nothing happens. */
const WAITING_DETAILS: readonly (StatusDetail | null)[] = [
  'waiting_for_user',
  'waiting_for_approval',
  'finished',
]

/** Returns the phase of a session. */
export function phaseOf(facts: PhaseFacts): Phase {
  const { hasEnded, isOutOfAcus, isAsleep, resumedFor } = facts
  const phase = scriptedPhase(facts)
  // A scenario may give a session that expires any status.
  if (hasEnded) {
    return { status: phase.status === 'error' ? 'error' : 'exit', detail: facts.statusDetail ?? null }
  }
  if (phase.status === 'suspended') return phase
  if (isOutOfAcus) return { status: 'suspended', detail: 'usage_limit_exceeded' }
  if (isAsleep) return { status: 'suspended', detail: 'user_request' }
  if (phase.status !== 'running') return phase
  if (resumedFor !== null && resumedFor < RESUME_MICROS) return RESUMING
  if (isIdle(facts)) return { status: 'suspended', detail: 'inactivity' }
  return phase.detail === 'working' ? startingPhase(facts.age) : phase
}

/** Returns whether the session is suspended because nothing happened while it waited. */
export function isIdle(facts: PhaseFacts): boolean {
  const { status, detail } = scriptedPhase(facts)
  return (
    status === 'running' &&
    WAITING_DETAILS.includes(detail) &&
    !facts.hasEnded &&
    !facts.isOutOfAcus &&
    !facts.isAsleep &&
    facts.idleFor >= IDLE_LIMIT_MICROS
  )
}

/** Returns the phase of a working session: a machine has to claim it first. */
function startingPhase(age: number | null): Phase {
  if (age === null || age >= RUNNING_AFTER_MICROS) return WORKING
  return { status: age < CLAIMED_AFTER_MICROS ? 'new' : 'claimed', detail: null }
}

/** Returns the phase that the scenario has reached. */
export function scriptedPhase({
  status,
  statusEnum,
  statusDetail,
}: Pick<PhaseFacts, 'status' | 'statusEnum' | 'statusDetail'>): Phase {
  const phase = phaseOfStatus(status, statusEnum)
  return statusDetail === undefined ? phase : { status: phase.status, detail: statusDetail }
}

function phaseOfStatus(status: string, statusEnum: StatusEnum | null): Phase {
  switch (status) {
    case 'new':
    case 'claimed':
    case 'resuming':
    case 'error':
    case 'exit':
      return { status, detail: null }
    case 'suspended':
      return { status, detail: statusEnum === 'suspend_requested_frontend' ? 'user_request' : 'inactivity' }
    default:
      return PHASES[statusEnum ?? (status === 'finished' ? 'finished' : 'working')]
  }
}
