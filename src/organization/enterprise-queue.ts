import { sessionAt } from '../simulation/session.ts'
import { eachSession } from './each-session.ts'
import type { Organization } from './organizations.ts'

/** How many sessions wait for a machine. */
export interface SessionQueue {
  readonly status: 'normal' | 'elevated' | 'high'
  readonly length: number
}

/** The maximum length of a normal queue. */
const NORMAL_MAX = 10

/** The maximum length of an elevated queue. */
const ELEVATED_MAX = 50

/** Returns the queue of the sessions of organizations that were created or resumed, but do not run yet. */
export async function sessionQueue(organizations: readonly Organization[]): Promise<SessionQueue> {
  let length = 0
  await eachSession(
    organizations,
    ({ terminatedAt }) => terminatedAt === null,
    (session, { now, instant }) => {
      const { status } = sessionAt(session, now, instant).phase
      if (status === 'new' || status === 'claimed' || status === 'resuming') length++
    },
  )
  return { status: statusOf(length), length }
}

function statusOf(length: number): SessionQueue['status'] {
  if (length > ELEVATED_MAX) return 'high'
  return length > NORMAL_MAX ? 'elevated' : 'normal'
}
