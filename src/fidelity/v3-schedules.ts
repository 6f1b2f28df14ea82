import type { FidelityRow } from './row.ts'

const LIST = 'GET /v3/organizations/{org_id}/schedules'
const POST = 'POST /v3/organizations/{org_id}/schedules'
const GET = 'GET /v3/organizations/{org_id}/schedules/{schedule_id}'
const PATCH = 'PATCH /v3/organizations/{org_id}/schedules/{schedule_id}'
const DELETE = 'DELETE /v3/organizations/{org_id}/schedules/{schedule_id}'

/** The document that the vendor's Terraform provider contains. */
const PROVIDER = 'openapi.json of CognitionAI/terraform-provider-devin, 2026-06'

/** The facts about schedules. */
export const v3Schedules: readonly FidelityRow[] = [
  {
    operation: LIST,
    what: 'the operation',
    value: '`limit` (1 to 200, by default 200) and `offset` instead of a cursor, so `end_cursor` is null',
    confidence: 'documented',
    source: PROVIDER,
  },
  {
    operation: LIST,
    what: 'order of the list, and `total`',
    value: 'oldest first; the number of all schedules',
    confidence: 'guess',
    source: 'neither is published',
  },
  {
    operation: LIST,
    what: 'permission',
    value: '`ManageOrgSchedules`, also for reading',
    confidence: 'guess',
    source: 'the only published permission of schedules',
  },
  {
    operation: POST,
    what: 'the operation',
    value:
      'creates a schedule that starts sessions: `recurring` ones by `frequency`, a cron expression in UTC; `one_time` ones at `scheduled_at`, after which they are disabled',
    confidence: 'documented',
    source: 'v3/schedules/post-organizations-schedules',
  },
  {
    operation: POST,
    what: 'sessions of a schedule',
    value:
      'have the origin `automation`, the time of the run as `created_at`, and the title, prompt, tags and playbook of the schedule. They are there at the next request to the API, in the order of their times, each run once',
    confidence: 'guess',
    source: 'the origin was seen by third parties; the fake has no timers, so runs are made up for',
  },
  {
    operation: POST,
    what: 'number of runs that a request makes up for',
    value:
      'the first 300 that are due; the following requests go on with the others. While `instant` is set on the clock, schedules still wait for their times',
    confidence: 'guess',
    source: 'a choice of the fake, to bound the cost of a request',
  },
  {
    operation: POST,
    what: 'cron expressions',
    value:
      'five fields of numbers, names (`jan`, `mon`), `*`, ranges, lists and steps, at most 500 characters. If both days are restricted, one of them has to match. An expression without any moment, such as February 30, is accepted and never runs',
    confidence: 'guess',
    source: 'v3/schedules/post-organizations-schedules says “5-field cron”',
  },
  {
    operation: POST,
    what: 'answer to times that do not work: an invalid `frequency`, none for `recurring`, no `scheduled_at` for `one_time`, one in the past or without a time zone',
    value: '400 with the reason as `detail`',
    confidence: 'guess',
    source: 'the rules are documented, their answers are not',
  },
  {
    operation: POST,
    what: '`interval_count`',
    value:
      'every how many moments of the expression it runs, from 1 to 100; the first moment counts. 400 for other values',
    confidence: 'guess',
    source: `${PROVIDER} has the name only`,
  },
  {
    operation: POST,
    what: '`target_devin_id`',
    value:
      'the session that gets the prompt as a message, at the request that makes up for the run, instead of a new session. 404 for an unknown one',
    confidence: 'guess',
    source: `${PROVIDER} has the name only`,
  },
  {
    operation: POST,
    what: '`create_as_user_id`',
    value:
      'the user who creates the schedule and as whom it runs; 403 without `ImpersonateOrgSessions`. Otherwise it runs as the service user that created it, or the organization’s',
    confidence: 'guess',
    source: 'the permission is documented for sessions and for `run_as_user_id`',
  },
  {
    operation: POST,
    what: '`platform`',
    value: 'linux or windows, in any case; otherwise 400 that lists them',
    confidence: 'documented',
    source: `${PROVIDER}; the two labels are a choice of the fake`,
  },
  {
    operation: POST,
    what: '`playbook_id` of an unknown playbook',
    value: 'is accepted, and `playbook.title` is null',
    confidence: 'guess',
    source: 'the title is nullable',
  },
  {
    operation: POST,
    what: '`agent`, `notify_on` and the Slack members',
    value: 'are stored and shown, and have no effect',
    confidence: 'guess',
    source: 'the fake sends no notifications, and has one agent',
  },
  {
    operation: POST,
    what: '`bypass_approval` and `platform` of the sessions',
    value: 'are those of the schedule, as in the creation of a session',
    confidence: 'guess',
    source: 'both members exist in both requests',
  },
  {
    operation: GET,
    what: 'the operation',
    value: 'answers with the schedule; its id is `scheduled_session_id`',
    confidence: 'documented',
    source: `${PROVIDER}; common-flows has \`schedule_id\``,
  },
  {
    operation: GET,
    what: 'answer to an unknown id, to that of a deleted schedule, and to another organization’s',
    value: '404 with the `detail` `Schedule not found`',
    confidence: 'guess',
    source: 'like the other resources of v3',
  },
  {
    operation: GET,
    what: '`consecutive_failures`, `last_error_at` and `last_error_message`',
    value:
      'the runs whose session could not be created, because the scenario refuses it or the store is full, or whose message the session did not accept. The count restarts after a success, the other two stay',
    confidence: 'guess',
    source: 'only the names are published',
  },
  {
    operation: PATCH,
    what: 'the operation',
    value: 'changes the members that are sent',
    confidence: 'documented',
    source: PROVIDER,
  },
  {
    operation: PATCH,
    what: 'null',
    value:
      'clears a nullable member, and keeps another one; null for `run_as_user_id` makes it run as the service user again',
    confidence: 'guess',
    source: `${PROVIDER} says so for \`run_as_user_id\``,
  },
  {
    operation: PATCH,
    what: 'runs after a change of the times, or after it was enabled',
    value: 'start at the first moment after the change; moments while it was disabled are not made up for',
    confidence: 'guess',
    source: 'not published',
  },
  {
    operation: DELETE,
    what: 'the operation',
    value: 'answers with the deleted schedule. Its sessions stay',
    confidence: 'documented',
    source: PROVIDER,
  },
]
