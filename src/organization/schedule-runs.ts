import { CLOCK_MAX } from '../base/clock.ts'
import { nextTurn } from '../fastapi/turns.ts'
import type { ScheduleRecord } from '../resources/schedules.ts'
import { runsBySchedule } from '../simulation/automation-settings.ts'
import { compileCron } from '../simulation/cron.ts'
import { SessionFullError } from '../simulation/session-limits.ts'
import { StoreFullError } from '../store/types.ts'
import { principalOf, serviceActor, startAutomatedSession } from './automated-sessions.ts'
import { InvalidField, OperationError } from './errors.ts'
import type { Organization } from './organizations.ts'
import { receiveMessage } from './sessions.ts'

/** The maximum number of runs that one request makes up for. The following requests go on with the others. */
export const RUNS_MAX = 300

/** The number of schedules looked at per turn of the event loop. Each takes up to 0.3 ms. */
const SCHEDULES_PER_TURN = 100

/** A schedule or an automation with its next run. */
export interface Upcoming {
  /** The time of the next run, in microseconds since the epoch. Infinite if there is none. */
  at: number
  /** Runs once, for the time `at`, and returns the time of the next run. */
  readonly run: (at: number) => Promise<number>
}

/** The next moments of recurring schedules. A record never changes, and most requests change none. */
const nextMoments = new WeakMap<ScheduleRecord, number | null>()

/** Returns the time of the next run of a schedule, or null. */
export async function nextRunOf(schedule: ScheduleRecord): Promise<number | null> {
  const { type, enabled, frequency, scheduledAt, runsAfter } = schedule
  if (!enabled) return null
  if (type === 'one_time') return scheduledAt !== null && scheduledAt > runsAfter ? scheduledAt : null
  let next = nextMoments.get(schedule)
  if (next === undefined) {
    const nextAfter = await compileCron(frequency as string)
    next = nextAfter(runsAfter)
    nextMoments.set(schedule, next)
  }
  return next
}

/** Runs the schedules and automations that are due, in the order of their times, each moment once. Returns the time of the next run. */
export async function runSchedules(organization: Organization): Promise<number> {
  const now = organization.clock.now()
  const due = (await upcomingRuns(organization))
    .filter(({ at }) => at <= now)
    .sort((one, other) => one.at - other.at)
    .slice(0, RUNS_MAX)
  for (let runs = 0; runs < RUNS_MAX; runs++) {
    const next = earliest(due)
    if (next === undefined || next.at > now) break
    next.at = await next.run(next.at)
  }
  return earliest(await upcomingRuns(organization))?.at ?? Number.POSITIVE_INFINITY
}

async function upcomingRuns(organization: Organization): Promise<Upcoming[]> {
  const upcoming: Upcoming[] = []
  const add = async (one: Promise<Upcoming>) => {
    upcoming.push(await one)
    if (upcoming.length % SCHEDULES_PER_TURN === 0) await nextTurn()
  }
  const { schedules, automations } = organization
  for (const schedule of await schedules.list({ where: ({ enabled }) => enabled })) {
    await add(upcomingRun(organization, schedule))
  }
  const scheduled = await automations.list({ where: ({ settings }) => runsBySchedule(settings) })
  if (scheduled.length === 0) return upcoming
  const { upcomingAutomation } = await import('./scheduled-automations.ts')
  for (const automation of scheduled) await add(upcomingAutomation(organization, automation))
  return upcoming
}

async function upcomingRun(organization: Organization, schedule: ScheduleRecord): Promise<Upcoming> {
  let current = schedule
  return {
    at: (await nextRunOf(schedule)) ?? Number.POSITIVE_INFINITY,
    run: async (at) => {
      if (await claim(organization, current, at)) {
        await noteOutcome(organization, current, at, await start(organization, current, at))
      }
      const found = await organization.schedules.get(schedule.id)
      current = found ?? current
      return (found && (await nextRunOf(found))) ?? Number.POSITIVE_INFINITY
    },
  }
}

/** Returns the item with the earliest next run; the first of several. */
function earliest(upcoming: readonly Upcoming[]): Upcoming | undefined {
  let first = upcoming[0]
  for (const one of upcoming) if (first !== undefined && one.at < first.at) first = one
  return first
}

/** Advances a schedule to its next run. Returns false if a request has changed or deleted it meanwhile. */
async function claim({ schedules }: Organization, schedule: ScheduleRecord, at: number): Promise<boolean> {
  const runsAfter = await skipped(schedule, at)
  let isClaimed = false
  await schedules.update(schedule.id, (before) => {
    isClaimed = before === schedule
    return isClaimed
      ? { ...before, runsAfter, lastExecutedAt: at, enabled: before.type === 'recurring' }
      : before
  })
  return isClaimed
}

/** Returns the time after which the next run follows: the last moment that the interval skips, or the run itself. */
async function skipped({ type, frequency, intervalCount }: ScheduleRecord, at: number): Promise<number> {
  if (type === 'one_time') return at
  const nextAfter = await compileCron(frequency as string)
  let moment = at
  for (let count = 1; count < intervalCount; count++) moment = nextAfter(moment) ?? CLOCK_MAX
  return moment
}

/** Starts the session of a run, or sends the message. Returns the reason if it fails. */
async function start(
  organization: Organization,
  schedule: ScheduleRecord,
  at: number,
): Promise<string | undefined> {
  const { id, name, prompt, tags, playbookId, targetDevinId, runAs, createdBy } = schedule
  const actor = runAs ?? serviceActor(createdBy)
  try {
    if (targetDevinId !== null) {
      const principal = principalOf(actor, organization)
      await receiveMessage(organization, principal, targetDevinId, { text: prompt })
      return undefined
    }
    await startAutomatedSession(organization, {
      prompt,
      title: name,
      tags: tags ?? [],
      actor,
      createdAt: at,
      playbookId,
      bypassApproval: schedule.bypassApproval,
      platform: schedule.platform,
      scheduleId: id,
    })
    return undefined
  } catch (error) {
    if (isExpected(error)) return error.message
    throw error
  }
}

/** Returns whether an error is an expected failure of a run, not one of the server. */
export function isExpected(error: unknown): error is Error {
  return [OperationError, InvalidField, StoreFullError, SessionFullError].some((one) => error instanceof one)
}

async function noteOutcome(
  { schedules }: Organization,
  { id }: ScheduleRecord,
  at: number,
  failure: string | undefined,
): Promise<void> {
  const note = (lastErrorMessage: string | null) =>
    schedules.update(id, (before) =>
      failure === undefined
        ? { ...before, consecutiveFailures: 0 }
        : {
            ...before,
            consecutiveFailures: before.consecutiveFailures + 1,
            lastErrorAt: at,
            lastErrorMessage,
          },
    )
  try {
    await note(failure ?? null)
  } catch {
    // The store is full, so there is no room for the message either.
    await note(null)
  }
}
