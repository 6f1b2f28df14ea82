import { DAY_MICROS } from '../../base/periods.ts'
import { currentOrganizations } from '../../organization/enterprise-scope.ts'
import { Impossible } from '../../organization/errors.ts'
import type { Organization } from '../../organization/organizations.ts'
import type { AuditEntry } from '../../resources/audit-log.ts'
import { auditLogResponse } from '../../schemas/v3/audit-logs.ts'
import type { AuditLogResponse, Operations } from '../../schemas/v3/contract.ts'
import { unauthorized } from './errors.ts'
import { mergedPage } from './merged-page.ts'
import type { CursorPage } from './pages.ts'
import { timeRange } from './time-range.ts'
import type { V3Routes } from './types.ts'

const permission = 'ManageEnterpriseSettings'

/** The audit logs: what was done through either generation of the API. */
export const enterpriseAuditLogsRoutes = {
  // GET /v3/enterprise/audit-logs
  'GET /v3/enterprise/audit-logs': {
    permission,
    handle: async ({ organization: enterprise, query, server }) =>
      auditLogsPage('audit-logs', [enterprise, ...(await currentOrganizations(server.organizations))], query),
  },

  // GET /v3/enterprise/organizations/{org_id}/audit-logs
  'GET /v3/enterprise/organizations/{org_id}/audit-logs': {
    permission,
    handle: async ({ params, query, server }) => {
      const found = await currentOrganizations(server.organizations, [params.org_id])
      if (found.length === 0) return unauthorized()
      return auditLogsPage(`audit-logs:${encodeURIComponent(params.org_id)}`, found, query)
    },
  },
} satisfies V3Routes

type AuditLogsQuery = Operations['GET /v3/enterprise/audit-logs']['query']

/** The maximum length of the time range. */
const RANGE_MAX_MICROS = 100 * DAY_MICROS

async function auditLogsPage(
  list: string,
  organizations: readonly Organization[],
  query: AuditLogsQuery,
): Promise<CursorPage<AuditLogResponse>> {
  const where = selectorOf(query)
  return mergedPage({
    list,
    sources: organizations.map((organization) => ({ organization, records: organization.auditLog, where })),
    query,
    order: query.order === 'asc' ? 'oldest' : 'newest',
    show: (entry, { auditLog, orgId }) => auditLogResponse(auditLog.read(entry), orgId),
    endsWithCursor: true,
  })
}

/** Returns a function that selects the entries of a query. Throws {@link Impossible} for a time range that is not supported. */
function selectorOf(query: AuditLogsQuery): (entry: AuditEntry) => boolean {
  const { time_after: start, time_before: end, action } = query
  const { after, before } = timeRange(query)
  if (end != null) {
    if (start == null) throw new Impossible('time_before requires time_after')
    if (before - after > RANGE_MAX_MICROS) throw new Impossible('The time range must not exceed 100 days')
  }
  return (entry) =>
    entry.createdAt >= after && entry.createdAt < before && (action == null || entry.action === action)
}
