import { sendNothing } from '../../fastapi/answer.ts'
import { deleteAcuLimit, replaceGroups, setAcuLimit } from '../../organization/acu-limits.ts'
import { listOrganizations } from '../../organization/enterprise-organizations.ts'
import { settingsOf } from '../../organization/settings.ts'
import type { OrganizationGroup, SettingsRecord } from '../../resources/settings.ts'
import type { OrgGroupsConfig } from '../../schemas/v3/contract.ts'
import { finiteNumber } from '../../simulation/finite-number.ts'
import { sortedPage } from './pages.ts'
import type { V3Routes } from './types.ts'

const permission = 'ManageBilling'

/** The limits of the ACUs of organizations, and of groups of organizations. */
export const acuLimitsRoutes = {
  // GET /v3/enterprise/consumption/acu-limits/devin
  'GET /v3/enterprise/consumption/acu-limits/devin': {
    permission,
    handle: async ({ query, server }) => {
      const all = await listOrganizations(server.organizations)
      return sortedPage({
        list: 'acu-limits',
        records: all.flatMap(({ organization: { orgId }, settings: { createdAt, cycleAcuLimit } }) =>
          cycleAcuLimit === null ? [] : [{ orgId, createdAt, cycleAcuLimit }],
        ),
        sortKey: ({ createdAt, orgId }) => [createdAt, orgId],
        query,
        show: ({ orgId, cycleAcuLimit }) => ({
          scope: 'org' as const,
          org_id: orgId,
          user_id: null,
          cycle_acu_limit: cycleAcuLimit,
        }),
      })
    },
  },

  // DELETE /v3/enterprise/consumption/acu-limits/devin/organizations/{org_id}
  'DELETE /v3/enterprise/consumption/acu-limits/devin/organizations/{org_id}': {
    permission,
    handle: async ({ organization, principal }, reply) => {
      await deleteAcuLimit(organization, principal)
      return sendNothing(reply)
    },
  },

  // PUT /v3/enterprise/consumption/acu-limits/devin/organizations/{org_id}
  'PUT /v3/enterprise/consumption/acu-limits/devin/organizations/{org_id}': {
    permission,
    handle: async ({ organization, principal, body }, reply) => {
      await setAcuLimit(organization, principal, finiteNumber(body.cycle_acu_limit))
      return sendNothing(reply)
    },
  },

  // GET /v3/enterprise/org-group-limits
  'GET /v3/enterprise/org-group-limits': {
    permission,
    handle: async ({ organization }) => groupsResponse(await settingsOf(organization)),
  },

  // PUT /v3/enterprise/org-group-limits
  'PUT /v3/enterprise/org-group-limits': {
    permission,
    handle: async ({ principal, body, server }) =>
      groupsResponse({ groups: await replaceGroups(server.organizations, principal, groupsIn(body)) }),
  },
} satisfies V3Routes

function groupsIn({ groups }: OrgGroupsConfig): Record<string, OrganizationGroup> {
  return Object.fromEntries(
    Object.entries(groups).map(([name, { org_ids: orgIds, max_cycle_acus: limit }]) => [
      name.toWellFormed(),
      {
        // A set in the model of the vendor, so duplicates are dropped.
        orgIds: [...new Set(orgIds.map((id) => id.toWellFormed()))],
        maxCycleAcus: limit == null ? null : finiteNumber(limit),
      },
    ]),
  )
}

function groupsResponse({ groups }: Pick<SettingsRecord, 'groups'>): OrgGroupsConfig {
  return {
    groups: Object.fromEntries(
      Object.entries(groups).map(([name, { orgIds, maxCycleAcus }]) => [
        name,
        { org_ids: [...orgIds], max_cycle_acus: maxCycleAcus },
      ]),
    ),
  }
}
