import { nextTurn } from '../fastapi/turns.ts'
import type { SessionRecord } from '../resources/sessions.ts'
import { acusByDay, type TimeRange } from '../simulation/consumption.ts'
import { NotFound } from './errors.ts'
import type { Organization } from './organizations.ts'
import { sessionId } from './sessions.ts'

/** The ACUs of each billing day with consumption, by the start of the day, in order. */
export type DailyConsumption = ReadonlyMap<number, number>

/** The number of sessions that are computed per turn of the event loop. */
export const SESSIONS_PER_TURN = 1_000

/** Returns the ACUs that the sessions of an organization, or of one of its users or service users, consumed in a time range. */
export async function dailyConsumption(
  organization: Organization,
  range: TimeRange,
  creatorId?: string,
): Promise<DailyConsumption> {
  const sessions = await organization.sessions.list({
    where: ({ createdAt, createdBy }) =>
      createdAt < range.before && (creatorId === undefined || createdBy?.id === creatorId),
  })
  return sumOf(organization, sessions, range)
}

/** Returns the ACUs that a session consumed in a time range. Throws {@link NotFound}. */
export async function sessionConsumption(
  organization: Organization,
  range: TimeRange,
  idInPath: string,
): Promise<DailyConsumption> {
  const session = await organization.sessions.get(sessionId(idInPath))
  if (session === undefined) throw new NotFound('session')
  return sumOf(organization, [session], range)
}

async function sumOf(
  { clock }: Organization,
  sessions: readonly SessionRecord[],
  range: TimeRange,
): Promise<DailyConsumption> {
  const moment = { now: clock.now(), instant: clock.instant }
  const sums = new Map<number, number>()
  for (const [index, session] of sessions.entries()) {
    if (index % SESSIONS_PER_TURN === SESSIONS_PER_TURN - 1) await nextTurn()
    for (const [day, acus] of acusByDay(session, range, moment)) sums.set(day, (sums.get(day) ?? 0) + acus)
  }
  return new Map([...sums].sort(([one], [other]) => one - other))
}
