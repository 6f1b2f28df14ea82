import { type Static, Type } from '@sinclair/typebox'
import type { Actor } from '../auth/principal.ts'
import { formatInstant, formatInstantOrNull } from '../base/clock.ts'
import { DateTime, Nullable, StringEnum } from '../schemas/types.ts'
import { type CronError, checkCron } from '../simulation/cron.ts'
import type { StoredRecord } from '../store/types.ts'
import type { DocumentReader } from './document-reader.ts'
import {
  createdAtOf,
  defineResource,
  MaybeActor,
  MaybeText,
  MaybeTexts,
  RecordId,
  StrictObject,
  Text,
  Time,
} from './resource.ts'

/** The maximum of `intervalCount`. Each run looks for that many moments of the cron expression. */
export const INTERVAL_COUNT_MAX = 100

const TYPES = ['recurring', 'one_time'] as const
const AGENTS = ['devin', 'data_analyst'] as const
const NOTIFICATIONS = ['always', 'failure', 'never'] as const

/** A schedule, which starts sessions at given times. All times are in microseconds since the epoch. */
export interface ScheduleRecord extends StoredRecord {
  readonly name: string
  readonly prompt: string
  readonly type: (typeof TYPES)[number]
  /** The cron expression of a recurring schedule. */
  readonly frequency: string | null
  /** Every how many moments of the cron expression it runs. */
  readonly intervalCount: number
  /** The time of a one-time schedule. */
  readonly scheduledAt: number | null
  readonly enabled: boolean
  /** It runs at the first of its moments after this time. */
  readonly runsAfter: number
  readonly agent: (typeof AGENTS)[number]
  readonly bypassApproval: boolean
  readonly notifyOn: (typeof NOTIFICATIONS)[number]
  readonly platform: string | null
  readonly playbookId: string | null
  readonly slackChannelId: string | null
  readonly slackTeamId: string | null
  readonly tags: readonly string[] | null
  /** The session that gets the prompt as a message, instead of a new session. */
  readonly targetDevinId: string | null
  /** The user as whom it runs; null for the organization's service user. */
  readonly runAs: Actor | null
  readonly lastExecutedAt: number | null
  readonly lastErrorAt: number | null
  readonly lastErrorMessage: string | null
  readonly consecutiveFailures: number
  readonly createdAt: number
  readonly createdBy: Actor | null
  readonly updatedAt: number
  /** The actor of the last change; null if it was never changed. */
  readonly updatedBy: Actor | null
}

const ScheduleDocument = StrictObject({
  id: RecordId,
  /** The name. */
  name: Text,
  /** The prompt of the sessions that it starts. */
  prompt: Text,
  /** Whether it runs again and again, or once. Default: `recurring`. */
  schedule_type: Type.Optional(StringEnum(TYPES)),
  /** The cron expression of a recurring schedule, which needs one. Default: null. */
  frequency: MaybeText,
  /** Every how many moments of the cron expression it runs. Default: 1. */
  interval_count: Type.Optional(Type.Integer({ minimum: 1, maximum: INTERVAL_COUNT_MAX })),
  /** The time of a schedule that runs once, which needs one, ISO 8601. Default: null. */
  scheduled_at: Type.Optional(Nullable(DateTime())),
  /** Whether it runs. Default: yes. */
  enabled: Type.Optional(Type.Boolean()),
  /** It runs at the first of its moments after this time, ISO 8601. Default: now, so that no run is made up for. */
  runs_after: Time,
  /** The agent that it starts. Default: `devin`. */
  agent: Type.Optional(StringEnum(AGENTS)),
  /** Whether its sessions skip the approvals of their scenarios. Default: no. */
  bypass_approval: Type.Optional(Type.Boolean()),
  /** When to notify its creator. Default: `failure`. */
  notify_on: Type.Optional(StringEnum(NOTIFICATIONS)),
  /** The platform of the machines of its sessions; null for the default. Default: null. */
  platform: MaybeText,
  /** The playbook of its sessions; null for none. Default: null. */
  playbook_id: MaybeText,
  /** The Slack channel for notifications; null for none. Default: null. */
  slack_channel_id: MaybeText,
  /** The Slack team of the channel; null for none. Default: null. */
  slack_team_id: MaybeText,
  /** The tags of its sessions; null for none. Default: null. */
  tags: MaybeTexts,
  /** The session that gets the prompt as a message, instead of a new session; null for none. Default: null. */
  target_devin_id: MaybeText,
  /** The user as whom it runs; null for the service user of the organization. Default: null. */
  run_as: MaybeActor,
  /** When it last ran, ISO 8601; null for never. Default: null. */
  last_executed_at: Type.Optional(Nullable(DateTime())),
  /** When it last failed, ISO 8601; null for never. Default: null. */
  last_error_at: Type.Optional(Nullable(DateTime())),
  /** Why it last failed; null if it never did. Default: null. */
  last_error_message: MaybeText,
  /** The number of failures since it last succeeded. Default: 0. */
  consecutive_failures: Type.Optional(Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER })),
  created_at: Time,
  created_by: MaybeActor,
  updated_at: Time,
  /** The actor of the last change; null if it was never changed. Default: null. */
  updated_by: MaybeActor,
})

type ScheduleDocument = Static<typeof ScheduleDocument>

/** The schedules, which start sessions at given times. */
export const schedules = defineResource({
  name: 'schedules',
  document: ScheduleDocument,
  encode: (schedule: ScheduleRecord) => ({
    id: schedule.id,
    name: schedule.name,
    prompt: schedule.prompt,
    schedule_type: schedule.type,
    frequency: schedule.frequency,
    interval_count: schedule.intervalCount,
    scheduled_at: formatInstantOrNull(schedule.scheduledAt),
    enabled: schedule.enabled,
    runs_after: formatInstant(schedule.runsAfter),
    agent: schedule.agent,
    bypass_approval: schedule.bypassApproval,
    notify_on: schedule.notifyOn,
    platform: schedule.platform,
    playbook_id: schedule.playbookId,
    slack_channel_id: schedule.slackChannelId,
    slack_team_id: schedule.slackTeamId,
    tags: schedule.tags,
    target_devin_id: schedule.targetDevinId,
    run_as: schedule.runAs,
    last_executed_at: formatInstantOrNull(schedule.lastExecutedAt),
    last_error_at: formatInstantOrNull(schedule.lastErrorAt),
    last_error_message: schedule.lastErrorMessage,
    consecutive_failures: schedule.consecutiveFailures,
    created_at: formatInstant(schedule.createdAt),
    created_by: schedule.createdBy,
    updated_at: formatInstant(schedule.updatedAt),
    updated_by: schedule.updatedBy,
  }),
  decode: (schedule, defaults, reader) => {
    const createdAt = createdAtOf(schedule, defaults, reader)
    return {
      id: schedule.id ?? `sched-${defaults.ids.hex()}`,
      name: schedule.name,
      prompt: schedule.prompt,
      ...timing(schedule, reader),
      runsAfter: reader.instant(['runs_after'], schedule.runs_after, defaults.now),
      agent: schedule.agent ?? 'devin',
      bypassApproval: schedule.bypass_approval ?? false,
      notifyOn: schedule.notify_on ?? 'failure',
      platform: schedule.platform ?? null,
      playbookId: schedule.playbook_id ?? null,
      slackChannelId: schedule.slack_channel_id ?? null,
      slackTeamId: schedule.slack_team_id ?? null,
      tags: schedule.tags ?? null,
      targetDevinId: schedule.target_devin_id ?? null,
      runAs: schedule.run_as ?? null,
      lastExecutedAt: instantOrNull(schedule, 'last_executed_at', reader),
      lastErrorAt: instantOrNull(schedule, 'last_error_at', reader),
      lastErrorMessage: schedule.last_error_message ?? null,
      consecutiveFailures: schedule.consecutive_failures ?? 0,
      createdAt,
      createdBy: schedule.created_by ?? null,
      updatedAt: reader.instant(['updated_at'], schedule.updated_at, createdAt),
      updatedBy: schedule.updated_by ?? null,
    }
  },
})

function timing(schedule: ScheduleDocument, reader: DocumentReader) {
  const { schedule_type: type = 'recurring', frequency = null, interval_count: intervalCount = 1 } = schedule
  const scheduledAt = instantOrNull(schedule, 'scheduled_at', reader)
  if (type === 'recurring' && frequency === null) reader.reject(['frequency'], 'required if it is recurring')
  if (type === 'one_time' && scheduledAt === null) {
    reader.reject(['scheduled_at'], 'required if it runs one time')
  }
  try {
    if (frequency !== null) checkCron(frequency)
  } catch (error) {
    reader.reject(['frequency'], (error as CronError).message)
  }
  return { type, frequency, intervalCount, scheduledAt, enabled: schedule.enabled ?? true }
}

function instantOrNull(
  schedule: ScheduleDocument,
  member: 'scheduled_at' | 'last_executed_at' | 'last_error_at',
  reader: DocumentReader,
): number | null {
  const text = schedule[member]
  return text == null ? null : reader.instant([member], text, 0)
}
