import type { Principal } from '../auth/principal.ts'
import { CLOCK_MAX } from '../base/clock.ts'
import { INTERVAL_COUNT_MAX, type ScheduleRecord } from '../resources/schedules.ts'
import { runsBySchedule } from '../simulation/automation-settings.ts'
import { type CronError, checkCron } from '../simulation/cron.ts'
import { found, Impossible, type NotFound } from './errors.ts'
import { impersonated } from './impersonation.ts'
import type { Organization } from './organizations.ts'
import { sessionId } from './sessions.ts'

/** The fields of a schedule that clients set. */
export type ScheduleFields = Pick<
  ScheduleRecord,
  | 'name'
  | 'prompt'
  | 'type'
  | 'frequency'
  | 'intervalCount'
  | 'scheduledAt'
  | 'agent'
  | 'bypassApproval'
  | 'notifyOn'
  | 'platform'
  | 'playbookId'
  | 'slackChannelId'
  | 'slackTeamId'
  | 'tags'
  | 'targetDevinId'
>

/** Changes of a schedule. Omitted fields stay as they are. */
export interface ScheduleChanges extends Partial<ScheduleFields> {
  readonly enabled?: boolean
  /** The user as whom it runs; null for the organization's service user. */
  readonly runAsUserId?: string | null
}

/** Returns a schedule. Throws {@link NotFound}. */
export async function getSchedule({ schedules }: Organization, id: string): Promise<ScheduleRecord> {
  return found(await schedules.get(id), 'schedule')
}

/** Returns a page of the schedules of an organization, oldest first, and the number of all. */
export async function listSchedules(
  { schedules }: Organization,
  page: { readonly offset: number; readonly limit: number },
): Promise<{ items: ScheduleRecord[]; total: number }> {
  const items = schedules.list(page)
  const { total } = await schedules.page({ order: 'oldest', first: 1 })
  return { items: await items, total }
}

/**
 * Creates a schedule, for another user if `createAsUserId` is set. Throws NotPermitted without the permission to do so,
 * {@link Impossible} for times at which it cannot run, and {@link NotFound} for an unknown session.
 */
export async function createSchedule(
  organization: Organization,
  principal: Principal,
  fields: ScheduleFields,
  createAsUserId: string | null,
): Promise<ScheduleRecord> {
  const { schedules, ids, clock, auditLog } = organization
  const user = await impersonated(organization, principal, createAsUserId)
  const now = clock.now()
  const schedule: ScheduleRecord = {
    id: `sched-${ids.hex()}`,
    ...wellFormed(fields),
    enabled: true,
    runsAfter: now,
    runAs: user,
    lastExecutedAt: null,
    lastErrorAt: null,
    lastErrorMessage: null,
    consecutiveFailures: 0,
    createdAt: now,
    createdBy: user ?? principal.actor,
    updatedAt: now,
    updatedBy: null,
  }
  checkTimes(schedule)
  requireFuture(schedule, now)
  await requireTarget(organization, schedule.targetDevinId)
  const next = await nextRun(schedule)
  await schedules.insert(schedule)
  expectRun(organization, next)
  auditLog.write(principal, 'create_schedule', schedule.id)
  return schedule
}

/** Changes a schedule. If its times change or it is enabled, it continues from now on. Throws as `createSchedule` does. */
export async function updateSchedule(
  organization: Organization,
  principal: Principal,
  id: string,
  { runAsUserId, ...given }: ScheduleChanges,
): Promise<ScheduleRecord> {
  const { schedules, clock, auditLog } = organization
  const runAs =
    runAsUserId === undefined ? {} : { runAs: await impersonated(organization, principal, runAsUserId) }
  const changes = { ...wellFormed(given), ...runAs }
  await getSchedule(organization, id)
  await requireTarget(organization, changes.targetDevinId ?? null)
  const now = clock.now()
  const updated = await schedules.update(id, (before) => {
    const after = { ...before, ...changes, updatedAt: now, updatedBy: principal.actor }
    checkTimes(after)
    const isRestarted = timesOf(before) !== timesOf(after)
    if ((isRestarted && after.enabled) || given.scheduledAt != null) requireFuture(after, now)
    return isRestarted ? { ...after, runsAfter: now } : after
  })
  const schedule = found(updated, 'schedule')
  expectRun(organization, await nextRun(schedule))
  auditLog.write(principal, 'update_schedule', schedule.id)
  return schedule
}

/** Deletes a schedule and returns it. Its sessions stay. Throws {@link NotFound}. */
export async function deleteSchedule(
  { schedules, auditLog }: Organization,
  principal: Principal,
  id: string,
): Promise<ScheduleRecord> {
  const schedule = found(await schedules.delete(id), 'schedule')
  auditLog.write(principal, 'delete_schedule', schedule.id)
  return schedule
}

/** The runs of an organization's schedules. */
interface Runs {
  /** The time before which no schedule is due, in microseconds since the epoch. */
  nextAt: number
  /** Settles when the runs in progress are over. Never rejects. */
  current: Promise<void> | undefined
}

const runsOf = new WeakMap<Organization, Runs>()

/**
 * Starts the sessions of all schedules that are due. Every request to the API calls it first, so it costs next to nothing, and
 * returns undefined, while none is due. Concurrent requests wait for each other, so that each sees all sessions.
 */
export function runDueSchedules(organization: Organization): Promise<void> | undefined {
  const runs = runsOf.get(organization) ?? { nextAt: Number.NEGATIVE_INFINITY, current: undefined }
  if (runs.current === undefined && !isDue(organization, runs)) return undefined
  runsOf.set(organization, runs)
  const turn = (runs.current ?? Promise.resolve()).then(() => catchUp(organization, runs))
  const settled = turn
    .catch(() => {})
    .then(() => {
      if (runs.current === settled) runs.current = undefined
    })
  runs.current = settled
  return turn
}

function isDue({ clock }: Organization, { nextAt }: Runs): boolean {
  // Most organizations have no schedule, and reading the clock costs more than this comparison.
  return nextAt !== Number.POSITIVE_INFINITY && nextAt <= clock.now()
}

async function catchUp(organization: Organization, runs: Runs): Promise<void> {
  if (!isDue(organization, runs)) return
  // Changes of schedules lower it in the meantime.
  runs.nextAt = Number.POSITIVE_INFINITY
  const { schedules, automations } = organization
  const [first] = [
    ...(await schedules.list({ limit: 1 })),
    ...(await automations.list({ where: ({ settings }) => runsBySchedule(settings), limit: 1 })),
  ]
  if (first === undefined) return
  const { runSchedules } = await import('./schedule-runs.ts')
  const nextAt = await runSchedules(organization).catch((error) => {
    runs.nextAt = Number.NEGATIVE_INFINITY
    throw error
  })
  runs.nextAt = Math.min(runs.nextAt, nextAt)
}

/** Takes the next run of a schedule or an automation that was created or changed into account. */
export function expectRun(organization: Organization, at: number | null): void {
  const runs = runsOf.get(organization)
  if (runs !== undefined && at !== null) runs.nextAt = Math.min(runs.nextAt, at)
}

/** Makes the next request check which schedules are due, because another process has changed some. */
export function recheckRuns(organization: Organization): void {
  const runs = runsOf.get(organization)
  if (runs !== undefined) runs.nextAt = Number.NEGATIVE_INFINITY
}

async function nextRun(schedule: ScheduleRecord): Promise<number | null> {
  const { nextRunOf } = await import('./schedule-runs.ts')
  return nextRunOf(schedule)
}

function wellFormed<Fields extends Partial<ScheduleFields>>(fields: Fields): Fields {
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [name, wellFormedValue(value)]),
  ) as Fields
}

function wellFormedValue(value: ScheduleFields[keyof ScheduleFields]): unknown {
  if (typeof value === 'string') return value.toWellFormed()
  return Array.isArray(value) ? value.map((text) => text.toWellFormed()) : value
}

/** Throws {@link Impossible} for a schedule that does not say when it runs. */
function checkTimes({ type, frequency, intervalCount, scheduledAt }: ScheduleFields): void {
  if (type === 'recurring' && frequency === null) {
    throw new Impossible('frequency is required for recurring schedules')
  }
  if (type === 'one_time' && scheduledAt === null) {
    throw new Impossible('scheduled_at is required for one-time schedules')
  }
  if (intervalCount < 1 || intervalCount > INTERVAL_COUNT_MAX) {
    throw new Impossible(`interval_count must be from 1 to ${INTERVAL_COUNT_MAX}`)
  }
  if (scheduledAt !== null && scheduledAt > CLOCK_MAX) throw new Impossible('scheduled_at is too late')
  if (frequency !== null) requireCron(frequency)
}

function requireCron(frequency: string): void {
  try {
    checkCron(frequency)
  } catch (error) {
    throw new Impossible(`Invalid frequency: ${(error as CronError).message}`)
  }
}

function requireFuture({ type, scheduledAt }: ScheduleFields, now: number): void {
  if (type === 'one_time' && scheduledAt !== null && scheduledAt <= now) {
    throw new Impossible('scheduled_at must be in the future')
  }
}

/** Throws {@link NotFound} if a schedule's session does not exist. */
async function requireTarget({ sessions }: Organization, targetDevinId: string | null): Promise<void> {
  if (targetDevinId !== null) found(await sessions.get(sessionId(targetDevinId)), 'session')
}

/** Returns a text to compare two schedules: it is the same if they run at the same times. */
function timesOf({ type, frequency, intervalCount, scheduledAt, enabled }: ScheduleRecord): string {
  return JSON.stringify([type, frequency, intervalCount, scheduledAt, enabled])
}
