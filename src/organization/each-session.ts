import { nextTurn } from '../fastapi/turns.ts'
import type { SessionRecord } from '../resources/sessions.ts'
import type { Moment } from '../simulation/history.ts'
import type { Organization } from './organizations.ts'

/** The number of sessions that are computed per turn of the event loop. */
const SESSIONS_PER_TURN = 1_000

/** Calls a function for each selected session of organizations, a limited number of them per turn of the event loop. */
export async function eachSession(
  organizations: readonly Organization[],
  where: (session: SessionRecord) => boolean,
  visit: (session: SessionRecord, moment: Moment) => void,
): Promise<void> {
  let visited = 0
  for (const { sessions, clock } of organizations) {
    const moment = { now: clock.now(), instant: clock.instant }
    for (const session of await sessions.list({ where })) {
      if (++visited % SESSIONS_PER_TURN === 0) await nextTurn()
      visit(session, moment)
    }
  }
}
