import {
  clearGitPermissions,
  createGitPermissions,
  deleteGitPermission,
  type NewGitPermission,
  replaceGitPermissions,
  updateGitPermission,
} from '../../organization/git-permissions.ts'
import type { GitPermissionBulkCreateRequest } from '../../schemas/v3/contract.ts'
import { gitPermissionResponse } from '../../schemas/v3/git-permissions.ts'
import { cursorPage } from './pages.ts'
import type { V3Routes } from './types.ts'

const permission = 'ManageGitIntegrations'

/** The permissions of an organization to use repositories of the enterprise's Git connections. */
export const gitPermissionsRoutes = {
  // DELETE /v3/enterprise/organizations/{org_id}/git-providers/permissions
  'DELETE /v3/enterprise/organizations/{org_id}/git-providers/permissions': {
    permission,
    handle: async ({ organization, principal }) =>
      (await clearGitPermissions(organization, principal)).map(gitPermissionResponse),
  },

  // GET /v3/enterprise/organizations/{org_id}/git-providers/permissions
  'GET /v3/enterprise/organizations/{org_id}/git-providers/permissions': {
    permission,
    handle: async ({ organization, query }) =>
      cursorPage({
        list: 'git-permissions',
        organization,
        records: organization.gitPermissions,
        query,
        order: 'oldest',
        show: gitPermissionResponse,
      }),
  },

  // POST /v3/enterprise/organizations/{org_id}/git-providers/permissions
  'POST /v3/enterprise/organizations/{org_id}/git-providers/permissions': {
    permission,
    handle: async ({ organization, principal, body, server: { organizations } }) => {
      const created = await createGitPermissions(organization, organizations, principal, permissionsIn(body))
      return created.map(gitPermissionResponse)
    },
  },

  // PUT /v3/enterprise/organizations/{org_id}/git-providers/permissions
  'PUT /v3/enterprise/organizations/{org_id}/git-providers/permissions': {
    permission,
    handle: async ({ organization, principal, body, server: { organizations } }) => {
      const created = await replaceGitPermissions(organization, organizations, principal, permissionsIn(body))
      return created.map(gitPermissionResponse)
    },
  },

  // DELETE /v3/enterprise/organizations/{org_id}/git-providers/permissions/{git_permission_id}
  'DELETE /v3/enterprise/organizations/{org_id}/git-providers/permissions/{git_permission_id}': {
    permission,
    handle: async ({ organization, principal, params }) =>
      gitPermissionResponse(await deleteGitPermission(organization, principal, params.git_permission_id)),
  },

  // PATCH /v3/enterprise/organizations/{org_id}/git-providers/permissions/{git_permission_id}
  'PATCH /v3/enterprise/organizations/{org_id}/git-providers/permissions/{git_permission_id}': {
    permission,
    handle: async ({ organization, principal, params, body }) => {
      const readOnly = body.read_only ?? undefined
      return gitPermissionResponse(
        await updateGitPermission(organization, principal, params.git_permission_id, readOnly),
      )
    },
  },
} satisfies V3Routes

function permissionsIn({ permissions }: GitPermissionBulkCreateRequest): NewGitPermission[] {
  return permissions.map((one) => ({
    connectionId: one.git_connection_id,
    readOnly: one.read_only,
    repo_path: one.repo_path ?? null,
    prefix_path: one.prefix_path ?? null,
    group_prefix: one.group_prefix ?? null,
  }))
}
