import { parseInstant } from '../../base/clock.ts'
import { Impossible } from '../../organization/errors.ts'
import type { Organization } from '../../organization/organizations.ts'
import { usedPlaybook } from '../../organization/playbooks.ts'
import {
  createSchedule,
  deleteSchedule,
  getSchedule,
  listSchedules,
  type ScheduleChanges,
  updateSchedule,
} from '../../organization/schedules.ts'
import type { ScheduleRecord } from '../../resources/schedules.ts'
import type { ScheduleResponse, ScheduleUpdateRequest } from '../../schemas/v3/contract.ts'
import { scheduleResponse } from '../../schemas/v3/schedules.ts'
import { knownPlatform } from './platforms.ts'
import type { V3Routes } from './types.ts'

const permission = 'ManageOrgSchedules'

/** The maximum number of schedules on a page. */
const LIMIT_MAX = 200

/** The schedules of an organization. */
export const schedulesRoutes = {
  // GET /v3/organizations/{org_id}/schedules
  'GET /v3/organizations/{org_id}/schedules': {
    permission,
    handle: async ({ organization, query }) => {
      const offset = Math.max(Number(query.offset), 0)
      const limit = Math.min(Math.max(Number(query.limit), 1), LIMIT_MAX)
      const { items, total } = await listSchedules(organization, { offset, limit })
      return {
        items: await Promise.all(items.map((schedule) => show(organization, schedule))),
        end_cursor: null,
        has_next_page: offset + items.length < total,
        total,
      }
    },
  },

  // POST /v3/organizations/{org_id}/schedules
  'POST /v3/organizations/{org_id}/schedules': {
    permission,
    handle: async ({ organization, principal, body }) => {
      const fields = {
        name: body.name,
        prompt: body.prompt,
        type: body.schedule_type,
        frequency: body.frequency ?? null,
        intervalCount: Number(body.interval_count),
        scheduledAt: instantOf(body.scheduled_at ?? null),
        agent: body.agent,
        bypassApproval: body.bypass_approval,
        notifyOn: body.notify_on,
        platform: body.platform == null ? null : knownPlatform(body.platform),
        playbookId: body.playbook_id ?? null,
        slackChannelId: body.slack_channel_id ?? null,
        slackTeamId: body.slack_team_id ?? null,
        tags: body.tags ?? null,
        targetDevinId: body.target_devin_id ?? null,
      }
      const schedule = await createSchedule(organization, principal, fields, body.create_as_user_id ?? null)
      return show(organization, schedule)
    },
  },

  // GET /v3/organizations/{org_id}/schedules/{schedule_id}
  'GET /v3/organizations/{org_id}/schedules/{schedule_id}': {
    permission,
    handle: async ({ organization, params }) =>
      show(organization, await getSchedule(organization, params.schedule_id)),
  },

  // PATCH /v3/organizations/{org_id}/schedules/{schedule_id}
  'PATCH /v3/organizations/{org_id}/schedules/{schedule_id}': {
    permission,
    handle: async ({ organization, principal, params, body }) => {
      const schedule = await updateSchedule(organization, principal, params.schedule_id, changesOf(body))
      return show(organization, schedule)
    },
  },

  // DELETE /v3/organizations/{org_id}/schedules/{schedule_id}
  'DELETE /v3/organizations/{org_id}/schedules/{schedule_id}': {
    permission,
    handle: async ({ organization, principal, params }) =>
      show(organization, await deleteSchedule(organization, principal, params.schedule_id)),
  },
} satisfies V3Routes

async function show(organization: Organization, schedule: ScheduleRecord): Promise<ScheduleResponse> {
  return scheduleResponse(schedule, organization.orgId, await usedPlaybook(organization, schedule.playbookId))
}

/** Returns the changes of a PATCH: null clears a member, or keeps one that cannot be null. */
function changesOf(body: ScheduleUpdateRequest): ScheduleChanges {
  const { interval_count: count, scheduled_at: at, platform } = body
  const changes: { readonly [Name in keyof ScheduleChanges]: ScheduleChanges[Name] | null | undefined } = {
    name: body.name ?? undefined,
    prompt: body.prompt ?? undefined,
    enabled: body.enabled ?? undefined,
    type: body.schedule_type ?? undefined,
    frequency: body.frequency,
    intervalCount: count == null ? undefined : Number(count),
    scheduledAt: at === undefined ? undefined : instantOf(at),
    agent: body.agent ?? undefined,
    bypassApproval: body.bypass_approval ?? undefined,
    notifyOn: body.notify_on ?? undefined,
    platform: platform == null ? platform : knownPlatform(platform),
    playbookId: body.playbook_id,
    slackChannelId: body.slack_channel_id,
    slackTeamId: body.slack_team_id,
    tags: body.tags,
    targetDevinId: body.target_devin_id,
    runAsUserId: body.run_as_user_id,
  }
  return Object.fromEntries(
    Object.entries(changes).filter(([, value]) => value !== undefined),
  ) as ScheduleChanges
}

/** Returns a time of a request in microseconds since the epoch. Throws {@link Impossible} for one without a time zone. */
function instantOf(text: string | null): number | null {
  if (text === null) return null
  const instant = /(?:Z|[+-]\d\d:\d\d)$/.test(text) ? parseInstant(text) : undefined
  if (instant === undefined) throw new Impossible('scheduled_at must have a time zone')
  return instant
}
