import { sessionAt } from '../simulation/session.ts'
import { eachSession } from './each-session.ts'
import type { Organization } from './organizations.ts'

/** How many sessions wait for a machine. */
export interface SessionQueue {
  readonly status: 'normal' | 'elevated' | 'high'
  readonly length: number
}

/** The length from which a queue is elevated. The vendor does not publish it. */
const ELEVATED_MIN = 10

/** The length from which a queue is high. The vendor does not publish it. */
const HIGH_MIN = 100

/** Returns the queue of the sessions of organizations that were created, but do not run yet. */
export async function sessionQueue(organizations: readonly Organization[]): Promise<SessionQueue> {
  let length = 0
  await eachSession(
    organizations,
    ({ terminatedAt }) => terminatedAt === null,
    (session, { now, instant }) => {
      const { status } = sessionAt(session, now, instant).phase
      if (status === 'new' || status === 'claimed') length++
    },
  )
  return { status: statusOf(length), length }
}

function statusOf(length: number): SessionQueue['status'] {
  if (length >= HIGH_MIN) return 'high'
  return length >= ELEVATED_MIN ? 'elevated' : 'normal'
}
