import type { Actor } from '../auth/principal.ts'
import type { SessionRecord } from '../resources/sessions.ts'
import { acusByDay, type TimeRange } from '../simulation/consumption.ts'
import { eachSession } from './each-session.ts'
import type { Organization } from './organizations.ts'
import { getSession } from './sessions.ts'

/** The ACUs of each billing day with consumption, by the start of the day, in order. */
export type DailyConsumption = ReadonlyMap<number, number>

/** Returns the ACUs that the sessions of organizations, or those of certain creators, consumed in a time range. */
export async function dailyConsumption(
  organizations: readonly Organization[],
  range: TimeRange,
  isCreator?: (creator: Actor | null) => boolean,
): Promise<DailyConsumption> {
  const isSelected = ({ createdAt, createdBy }: SessionRecord) =>
    createdAt < range.before && (isCreator === undefined || isCreator(createdBy))
  const sums = new Map<number, number>()
  await eachSession(organizations, isSelected, (session, moment) => {
    for (const [day, acus] of acusByDay(session, range, moment)) sums.set(day, (sums.get(day) ?? 0) + acus)
  })
  return new Map([...sums].sort(([one], [other]) => one - other))
}

/** Returns the ACUs that a session consumed in a time range. Throws NotFound. */
export async function sessionConsumption(
  organization: Organization,
  range: TimeRange,
  idInPath: string,
): Promise<DailyConsumption> {
  const session = await getSession(organization, idInPath)
  const { clock } = organization
  return acusByDay(session, range, { now: clock.now(), instant: clock.instant })
}
