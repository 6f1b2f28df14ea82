import { formatInstant, formatInstantOrNull } from '../../base/clock.ts'
import type { PlaybookRecord } from '../../resources/playbooks.ts'
import type { ScheduleRecord } from '../../resources/schedules.ts'
import type { ScheduleResponse } from './contract.ts'

/** Returns the wire form of a schedule. `playbook` is its playbook, if that exists. */
export function scheduleResponse(
  schedule: ScheduleRecord,
  orgId: string,
  playbook: PlaybookRecord | undefined,
): ScheduleResponse {
  const { playbookId } = schedule
  return {
    scheduled_session_id: schedule.id,
    org_id: orgId,
    created_by: schedule.createdBy?.id ?? null,
    name: schedule.name,
    prompt: schedule.prompt,
    playbook: playbookId === null ? null : { playbook_id: playbookId, title: playbook?.title ?? null },
    frequency: schedule.frequency,
    enabled: schedule.enabled,
    last_executed_at: formatInstantOrNull(schedule.lastExecutedAt),
    created_at: formatInstant(schedule.createdAt),
    updated_at: formatInstant(schedule.updatedAt),
    last_error_at: formatInstantOrNull(schedule.lastErrorAt),
    last_error_message: schedule.lastErrorMessage,
    consecutive_failures: schedule.consecutiveFailures,
    notify_on: schedule.notifyOn,
    agent: schedule.agent,
    bypass_approval: schedule.bypassApproval,
    interval_count: schedule.intervalCount,
    last_edited_by: schedule.updatedBy?.id ?? null,
    platform: schedule.platform,
    schedule_type: schedule.type,
    scheduled_at: formatInstantOrNull(schedule.scheduledAt),
    slack_channel_id: schedule.slackChannelId,
    slack_team_id: schedule.slackTeamId,
    tags: schedule.tags === null ? null : [...schedule.tags],
    target_devin_id: schedule.targetDevinId,
  }
}
