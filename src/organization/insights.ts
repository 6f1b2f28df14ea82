import type { SessionRecord } from '../resources/sessions.ts'
import { type SessionState, sessionAt } from '../simulation/session.ts'
import type { Organization } from './organizations.ts'

/** The time that an analysis takes, in microseconds. */
const ANALYSIS_MICROS = 5_000_000

/** Returns the state of a session that its analysis describes; null if there is no analysis yet. */
export function analyzedState({ clock }: Organization, session: SessionRecord): SessionState | null {
  const { insightsRequestedAt } = session
  if (insightsRequestedAt === null) return null
  const completedAt = insightsRequestedAt + (clock.instant ? 0 : ANALYSIS_MICROS)
  return clock.now() < completedAt ? null : sessionAt(session, completedAt, clock.instant)
}
