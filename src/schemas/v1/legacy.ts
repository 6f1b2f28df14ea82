import { type Static, Type } from '@sinclair/typebox'
import { userOrNull } from '../../auth/principal.ts'
import { formatInstant } from '../../base/clock.ts'
import type { AuditRecord } from '../../resources/audit-log.ts'
import type { SessionRecord } from '../../resources/sessions.ts'
import type { SessionState } from '../../simulation/session.ts'
import { type SessionPlace, sessionUrl } from '../session-url.ts'
import { DateTime, Defaulted, StringEnum } from '../types.ts'

// Operations that the vendor once documented and still serves to legacy clients. Their routes are not in the document.

/** The response of `GET /v1/auth_status`. */
export const LegacyAuthStatusResponse = Type.Object({ status: Type.String(), org_id: Type.String() })

/** The query of `GET /v1/audit-logs`, which lists the entries between `after` and `before`, newest first. */
export const LegacyAuditLogsQuery = Type.Object({
  limit: Defaulted(Type.Integer({ default: 100, minimum: 1 })),
  before: Type.Optional(Type.String()),
  after: Type.Optional(Type.String()),
})

/** An entry of the audit log. Its other properties depend on its action. */
export const LegacyAuditLog = Type.Object(
  {
    action: Type.Optional(Type.String({ title: 'Action' })),
    audit_log_id: Type.Optional(
      Type.String({ title: 'Audit Log Id', description: 'format: audit_log-{uuid_without_hyphens}' }),
    ),
    created_at: Type.Optional(
      Type.Integer({
        title: 'Created At',
        description: 'Creation timestamp (Unix timestamp in milliseconds)',
      }),
    ),
  },
  { $id: 'LegacyAuditLog', title: 'AuditLog', description: 'Audit log entry', additionalProperties: true },
)

/** The response of `GET /v1/audit-logs`. */
export const LegacyAuditLogsResponse = Type.Object({ audit_logs: Type.Array(LegacyAuditLog) })

/** The query of `GET /v1/enterprise/consumption`. The dates are strings, because the operation itself answers 400 to an invalid one. */
export const LegacyConsumptionQuery = Type.Object({ start_date: Type.String(), end_date: Type.String() })

/** The response of `GET /v1/enterprise/consumption`. */
export const LegacyEnterpriseConsumptionResponse = Type.Object(
  {
    sessions: Type.Array(
      Type.Object({
        user_name: Type.String(),
        user_email: Type.String(),
        session_name: Type.String(),
        created_at: DateTime(),
        acu_used: Type.Number(),
        url: Type.String(),
        org_id: Type.String(),
        org_name: Type.String(),
        pull_requests: Type.Array(
          Type.Object({ pr_url: Type.String(), pr_status: StringEnum(['open', 'closed', 'merged']) }),
        ),
      }),
    ),
    cycle: Type.Object({ start: Type.String({ format: 'date' }), end: Type.String({ format: 'date' }) }),
  },
  { $id: 'LegacyEnterpriseConsumptionResponse', title: 'EnterpriseConsumptionResponse' },
)

/** Returns the wire form of an entry of the audit log. */
export function auditLogResponse(entry: AuditRecord): Static<typeof LegacyAuditLog> {
  const { id, action, createdAt, actor, subjectId } = entry
  return {
    audit_log_id: id,
    action,
    created_at: Math.floor(createdAt / 1000),
    // The vendor does not document the other members of an entry.
    user_id: userOrNull(actor)?.id ?? null,
    resource_id: subjectId,
  } as Static<typeof LegacyAuditLog>
}

/** Returns the wire form of a session in the consumption report. */
export function consumedSession(
  session: SessionRecord,
  state: SessionState,
  place: SessionPlace,
): Static<typeof LegacyEnterpriseConsumptionResponse>['sessions'][number] {
  const createdBy = userOrNull(session.createdBy)
  return {
    user_name: createdBy?.name ?? '',
    user_email: createdBy?.email ?? '',
    session_name: state.title ?? '',
    created_at: formatInstant(session.createdAt),
    acu_used: state.acus,
    url: sessionUrl(session.id, place),
    org_id: place.orgId,
    org_name: place.orgId,
    pull_requests: state.pullRequests.map(({ url, state: status }) => ({ pr_url: url, pr_status: status })),
  }
}
