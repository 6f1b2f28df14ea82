import type { FidelityRow } from './row.ts'

const LIST = 'GET /v3/organizations/{org_id}/automations'
const POST = 'POST /v3/organizations/{org_id}/automations'
const SCHEMAS = 'GET /v3/organizations/{org_id}/automations/schemas'
const GET = 'GET /v3/organizations/{org_id}/automations/{automation_id}'
const PATCH = 'PATCH /v3/organizations/{org_id}/automations/{automation_id}'
const DELETE = 'DELETE /v3/organizations/{org_id}/automations/{automation_id}'

/** The facts about automations. */
export const v3Automations: readonly FidelityRow[] = [
  {
    operation: LIST,
    what: 'the operation',
    value: 'a page of automations by `first` and `after`, oldest first',
    confidence: 'seen',
    source: 'v3/automations/organizations-automations; two clients page in this way; the order is a guess',
  },
  {
    operation: LIST,
    what: '`metadata.<key>=<value>` in the query',
    value: 'selects the automations with all of these metadata',
    confidence: 'seen',
    source: 'a client that works with the live service',
  },
  {
    operation: POST,
    what: 'the operation',
    value: 'creates an automation of triggers and actions',
    confidence: 'documented',
    source: 'v3/automations/post-organizations-automations',
  },
  {
    operation: POST,
    what: '`run_as`',
    value:
      'service users must send `organization` (400 otherwise); `creator` needs `UsePersonalAutomations` (403 otherwise)',
    confidence: 'documented',
    source: 'v3/automations/post-organizations-automations; the status 400 is a guess',
  },
  {
    operation: POST,
    what: 'events that start an automation',
    value:
      'those of its webhook, and the moments of its schedule. Triggers with other event types, such as `github:issues`, are accepted, and only a test sets them off: `POST /_fake/automations/{automation_id}/trigger`. `replies` are stored, and not performed',
    confidence: 'guess',
    source:
      'the fake is not connected to other services; the document has no list of event types, and none of an organization’s own sessions was seen',
  },
  {
    operation: POST,
    what: 'schedule of a `schedule:recurring` trigger',
    value:
      'a condition on `rrule` with the operator `recurrence` or `matches` gives a recurrence rule (RFC 5545) in UTC, such as `FREQ=WEEKLY;BYDAY=MO;BYHOUR=9;BYMINUTE=0`. Each moment by the clock of the organization starts the sessions once. A rule with a start, a time zone or an end, a numbered weekday, or an uneven interval is accepted, and never due. Times that a rule omits are the earliest: midnight, Monday, the first. An automation may have 50 rules',
    confidence: 'seen',
    source:
      'the trigger in several public clients, of which some have `matches` and most, as the vendor’s Terraform provider, `recurrence`, which the contract lacks; the details are choices of the fake',
  },
  {
    operation: POST,
    what: '`bypass_approval` of an action’s `session`',
    value: 'as in the creation of a session',
    confidence: 'guess',
    source: 'the member was seen in a client',
  },
  {
    operation: POST,
    what: 'webhook of a `webhook:incoming` trigger',
    value:
      '`webhook.url` is an address of the fake; `webhook.secret` is `whsec_` and 32 hexadecimal digits, and shown only in the answer that created it. At most one such trigger, otherwise 400',
    confidence: 'seen',
    source:
      'v3/automations/post-organizations-automations, and two clients; the form of the secret is a guess',
  },
  {
    operation: POST,
    what: 'event at the webhook',
    value:
      'a POST with the secret as `X-Webhook-Secret` starts one session per action, with `automation_id` and the origin `automation`, and answers 200 {"session_ids":[…]}. The body follows the prompt of the action. Without the secret 401, for an unknown automation 404, for a disabled one 409; nothing happens then',
    confidence: 'guess',
    source: 'the header was seen in two clients; the answers are choices of the fake',
  },
  {
    operation: POST,
    what: '`conditions`',
    value:
      'null, as its absence, accepts every event. `field` is the path of a member of the body, such as `pull_request.number`; an event that meets none of the lists starts nothing. All tests of an event have 0.4 s',
    confidence: 'guess',
    source:
      'v3/automations/post-organizations-automations describes the shape; a project lists the operators; the contract requires the member, and the vendor’s Terraform provider omits it',
  },
  {
    operation: POST,
    what: '`limits` and `concurrency`',
    value:
      'an event beyond `max_per_window` or `max_concurrent_runs` gets 429 and starts nothing; the fake has no queue, so `max_queue_depth` has no effect. `max_acu_limit` is that of the sessions. A session runs while it works',
    confidence: 'guess',
    source: 'only the names were seen',
  },
  {
    operation: POST,
    what: 'answer to settings that validation lets through but that cannot work',
    value:
      '400 with the path and the reason as `detail`. The only action is `start_session`. At most 50 triggers, and 20 actions',
    confidence: 'guess',
    source: 'the members of the objects were seen in two clients; bounds are a choice of the fake',
  },
  {
    operation: SCHEMAS,
    what: 'the operation',
    value:
      '`sources`: by source and then by the name of the event, `event_type`, `fields` by their path and `supported_replies`. They are those of webhooks and schedules, and three of GitHub, which tests send',
    confidence: 'seen',
    source:
      'v3/automations/get-organizations-automations-schemas has the two levels; the names of members were seen in three clients of 2026. Which sources and fields are listed, and `operators` and `required` of a field, are guesses',
  },
  {
    operation: GET,
    what: 'the operation',
    value: 'answers with the automation, without the secret of its webhook',
    confidence: 'documented',
    source: 'v3/automations/get-organizations-automation',
  },
  {
    operation: GET,
    what: 'ids and times',
    value: '`automation-` and 32 hexadecimal digits; Unix seconds',
    confidence: 'guess',
    source: 'neither was seen; most resources of v3 have such times',
  },
  {
    operation: GET,
    what: '`last_invocation`',
    value: 'the last event that was accepted: `succeeded`, or `failed` if a session could not be created',
    confidence: 'guess',
    source: 'clients read `status` and `fired_at`; the values were not seen',
  },
  {
    operation: GET,
    what: 'answer to an unknown id, to that of a deleted automation, and to another organization’s',
    value: '404 with the `detail` `Automation not found`',
    confidence: 'guess',
    source: 'like the other resources of v3',
  },
  {
    operation: PATCH,
    what: 'the operation',
    value:
      'changes the members that are sent: `run_as`, `limits`, `concurrency` and `session_settings` are merged, lists and `metadata` replaced; null removes a key of the metadata',
    confidence: 'seen',
    source:
      'a client, and a note by another; the vendor’s Terraform provider names every member of a group that it changes, and sends null for keys of metadata that go, unless the schemas say `update_semantics: replace_groups`, which the fake does not; that other metadata goes is a guess',
  },
  {
    operation: PATCH,
    what: 'secret of the webhook',
    value:
      'stays while the automation has a webhook trigger. A change that adds one makes a new secret, and shows it',
    confidence: 'documented',
    source: 'v3/automations/post-organizations-automations',
  },
  {
    operation: DELETE,
    what: 'the operation',
    value: 'answers with the deleted automation. Its webhook is gone, its sessions stay',
    confidence: 'documented',
    source: 'v3/automations/delete-organizations-automation',
  },
]
