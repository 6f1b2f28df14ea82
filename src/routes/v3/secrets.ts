import { createSecret, deleteSecret } from '../../organization/secrets.ts'
import { secretResponse } from '../../schemas/v3/secrets.ts'
import { unknownSecret } from './errors.ts'
import { cursorPage } from './pages.ts'
import type { V3Routes } from './types.ts'

const permission = 'ManageOrgSecrets'

/** The secrets of an organization. */
export const secretsRoutes = {
  // GET /v3/organizations/{org_id}/secrets
  'GET /v3/organizations/{org_id}/secrets': {
    permission,
    handle: async ({ organization, query }) =>
      cursorPage({
        list: 'secrets',
        organization,
        records: organization.secrets,
        query,
        order: 'oldest',
        show: secretResponse,
      }),
  },

  // POST /v3/organizations/{org_id}/secrets
  'POST /v3/organizations/{org_id}/secrets': {
    permission,
    handle: async ({ organization, principal, body }) => {
      const { is_sensitive: sensitive, note = null, type, key, value } = body
      return secretResponse(
        await createSecret(organization, principal, { type, key, value, sensitive, note }),
      )
    },
  },

  // DELETE /v3/organizations/{org_id}/secrets/{secret_id}
  'DELETE /v3/organizations/{org_id}/secrets/{secret_id}': {
    permission,
    handle: async ({ organization, principal, params }) => {
      const deleted = await deleteSecret(organization, principal, params.secret_id)
      return deleted === undefined ? unknownSecret(organization.answers) : secretResponse(deleted)
    },
  },
} satisfies V3Routes
