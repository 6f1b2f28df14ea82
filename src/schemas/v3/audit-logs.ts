import { isUser } from '../../auth/principal.ts'
import { unixSeconds } from '../../base/clock.ts'
import type { AuditRecord } from '../../resources/audit-log.ts'
import { accessOf } from './access.ts'
import type { AuditLogResponse } from './contract.ts'

/** Returns the wire form of an entry of the audit log of an organization, or of the enterprise. */
export function auditLogResponse(
  { id, action, actor, createdAt, subjectId }: AuditRecord,
  orgId: string,
): AuditLogResponse {
  const serviceUser = isUser(actor) ? null : actor
  return {
    action,
    audit_log_id: id,
    created_at: unixSeconds(createdAt),
    data: { resource_id: subjectId },
    org_id: accessOf(orgId).org_id,
    service_user_id: serviceUser?.id ?? null,
    service_user_name: serviceUser?.name ?? null,
    user_email: actor?.email ?? null,
    user_id: isUser(actor) ? actor.id : null,
  }
}
