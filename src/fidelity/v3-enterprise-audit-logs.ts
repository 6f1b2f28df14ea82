import type { FidelityRow } from './row.ts'

/** The facts about audit logs. */
export const v3EnterpriseAuditLogs: readonly FidelityRow[] = [
  {
    operation: 'GET /v3/enterprise/audit-logs',
    what: 'the operation',
    value: 'what was done in the enterprise and in all organizations, through v1 and v3, by cursor',
    confidence: 'documented',
    source: 'v3/audit-logs/enterprise-audit-logs; the SDK',
  },
  {
    operation: 'GET /v3/enterprise/audit-logs',
    what: 'order',
    value: 'newest first unless `order` is `asc`',
    confidence: 'documented',
    source: 'the default of the parameter',
  },
  {
    operation: 'GET /v3/enterprise/audit-logs',
    what: '`end_cursor`',
    value: 'set whenever the page has items, also on the last page',
    confidence: 'documented',
    source: 'api-reference/release-notes (2026-01-15)',
  },
  {
    operation: 'GET /v3/enterprise/audit-logs',
    what: 'time range',
    value:
      'includes `time_after` and excludes `time_before`, which needs `time_after`; from the one to the other at most 100 days',
    confidence: 'documented',
    source: 'v3/audit-logs/enterprise-audit-logs; which ends are included is a guess',
  },
  {
    operation: 'GET /v3/enterprise/audit-logs',
    what: 'answer to another time range',
    value: '400 with a `detail`',
    confidence: 'guess',
    source: 'the rules are documented, the answer is not',
  },
  {
    operation: 'GET /v3/enterprise/audit-logs',
    what: 'actions',
    value:
      '`create_session`, `terminate_session`, `archive_session` (also by a termination) and `sleep_session` (of an archived session that was running), `send_message`, `update_session_tags`, `create_knowledge` and so on: each successful operation that changes something has one, and archiving again or inviting a user of the enterprise has none',
    confidence: 'guess',
    source:
      'an SDK generated from the vendor’s document names those that it shares with the fake; the others follow their style',
  },
  {
    operation: 'GET /v3/enterprise/audit-logs',
    what: '`action`',
    value: 'the entries with exactly this action; none for an unknown one',
    confidence: 'guess',
    source: 'the parameter is documented, the answer to unknown actions is not',
  },
  {
    operation: 'GET /v3/enterprise/audit-logs',
    what: '`data`',
    value: '{"resource_id":<the id of what was acted on>}',
    confidence: 'guess',
    source: 'its members are not published',
  },
  {
    operation: 'GET /v3/enterprise/audit-logs',
    what: 'who did it',
    value:
      '`user_id` and `user_email` of a user, or `service_user_id` and `service_user_name`; the others are null',
    confidence: 'guess',
    source: 'the members are documented, and that they can be null',
  },
  {
    operation: 'GET /v3/enterprise/audit-logs',
    what: '`org_id`',
    value: 'null for what was done to the enterprise and its organizations, such as creating one',
    confidence: 'guess',
    source: 'it can be null',
  },
  {
    operation: 'GET /v3/enterprise/audit-logs',
    what: 'entries of a deleted organization',
    value: 'are deleted with it',
    confidence: 'guess',
    source: 'not published',
  },
  {
    operation: 'GET /v3/enterprise/organizations/{org_id}/audit-logs',
    what: 'the operation',
    value: 'as the audit logs of the enterprise, for one organization',
    confidence: 'documented',
    source: 'the SDK; seen in a reproduction script',
  },
  {
    operation: 'GET /v3/enterprise/organizations/{org_id}/audit-logs',
    what: 'answer to an unknown organization',
    value: '403 with the `detail` `Unauthorized`, also for a deleted one',
    confidence: 'seen',
    source: 'a third party, with the live service; that it is the same for a deleted one is a guess',
  },
]
