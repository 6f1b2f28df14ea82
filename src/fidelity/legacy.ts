import { type FidelityRow, LEGACY_DOCUMENT } from './row.ts'

/** The facts about operations that only old clients call. The vendor's current document has none of them. */
export const legacy: readonly FidelityRow[] = [
  {
    operation: 'GET /v1/session/{session_id}',
    what: 'the operation',
    value: 'the same as `GET /v1/sessions/{session_id}`',
    confidence: 'documented',
    source: 'getting-started/migration-guide names this path',
  },
  {
    operation: 'POST /v1/session/{session_id}/message',
    what: 'the operation',
    value: 'the same as `POST /v1/sessions/{session_id}/message`',
    confidence: 'documented',
    source: 'getting-started/migration-guide; seen working by third parties, 2026-08',
  },
  {
    operation: 'PUT /v1/session/{session_id}/tags',
    what: 'the operation',
    value: 'the same as `PUT /v1/sessions/{session_id}/tags`',
    confidence: 'guess',
    source: 'one old client calls it',
  },
  {
    operation: 'GET /v1/auth_status',
    what: 'the operation',
    value: '200 {"status":"ok","org_id":"org-<32 hex>"}',
    confidence: 'guess',
    source:
      'External_API/external-api (alpha) has the path, and an early client has the shape; no source has the text',
  },
  {
    operation: 'GET /v1/audit-logs',
    what: 'the operation',
    value:
      'the entries of the organization, newest first, at most `limit` between the ids `after` and `before`',
    confidence: 'documented',
    source: LEGACY_DOCUMENT,
  },
  {
    operation: 'GET /v1/audit-logs',
    what: 'an entry',
    value:
      '200 {"audit_logs":[{"audit_log_id":"audit_log-<32 hex>","action":"create_secret","created_at":<milliseconds>,"user_id":"email|<24 hex>","resource_id":"secret-<32 hex>"}]}',
    confidence: 'guess',
    source: `action, id and milliseconds from the ${LEGACY_DOCUMENT}; the other two members are invented`,
  },
  {
    operation: 'GET /v1/audit-logs',
    what: 'logged actions',
    value:
      'the fake’s own operations: `create_session`, `terminate_session`, `send_message`, `update_session_tags`, `upload_attachment`, `create_secret`, `delete_secret`, `create_knowledge`, `edit_knowledge`, `delete_knowledge`, `create_playbook`, `update_playbook`, `delete_playbook`',
    confidence: 'guess',
    source: `the ${LEGACY_DOCUMENT} names the actions for creating and terminating sessions, sending messages, and creating and deleting secrets; the others follow their style`,
  },
  {
    operation: 'GET /v1/audit-logs',
    what: 'number of entries kept, and unknown ids',
    value: 'the latest 10,000; unknown ids are ignored',
    confidence: 'guess',
    source: 'not published',
  },
  {
    operation: 'GET /v1/enterprise/consumption',
    what: 'the operation',
    value: 'the sessions created from `start_date` to `end_date`, both days included',
    confidence: 'documented',
    source: `${LEGACY_DOCUMENT}, without the \`/v1\` that a client of it uses; including the last day is a guess`,
  },
  {
    operation: 'GET /v1/enterprise/consumption',
    what: 'answer to an invalid date',
    value: '400 {"detail":"Invalid date format. Dates must be in ISO format (YYYY-MM-DD)"}',
    confidence: 'documented',
    source: LEGACY_DOCUMENT,
  },
  {
    operation: 'GET /v1/enterprise/consumption',
    what: 'answer to an organization without the feature',
    value:
      'never sent: every organization has it (the text would be `Contact support to enable the consumption API`)',
    confidence: 'documented',
    source: LEGACY_DOCUMENT,
  },
  {
    operation: 'GET /v1/enterprise/consumption',
    what: 'values that the fake does not have',
    value:
      '`org_name` is the organization’s id, a pull request is `open`, and sessions of a service key have empty user names',
    confidence: 'guess',
    source: 'not published',
  },
]
