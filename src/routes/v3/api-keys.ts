import { createApiKey, revokeApiKey, rotateApiKey } from '../../organization/api-keys.ts'
import type { ApiKeyRecord } from '../../resources/api-keys.ts'
import type { ApiKeyTokenResponse } from '../../schemas/v3/contract.ts'
import type { V3Routes } from './types.ts'

/** The vendor's documents in most languages name the first one, those in German the second. */
const permission = ['ManageServiceUsers', 'ManageAccountServiceUsers']

/** The keys of service users. */
export const apiKeysRoutes = {
  // POST /v3/enterprise/service-users/{service_user_id}/api-keys
  'POST /v3/enterprise/service-users/{service_user_id}/api-keys': {
    permission,
    handle: async ({ params, body, principal, server: { organizations, keys } }) =>
      tokenResponse(
        await createApiKey(organizations, principal, keys, params.service_user_id, {
          name: body.name,
          expiresAt: instantOf(body.expires_at),
        }),
      ),
  },

  // DELETE /v3/enterprise/service-users/{service_user_id}/api-keys/{api_key_id}
  'DELETE /v3/enterprise/service-users/{service_user_id}/api-keys/{api_key_id}': {
    permission,
    handle: async ({ params, principal, server: { organizations, keys } }) => {
      await revokeApiKey(organizations, principal, keys, apiKeyIds(params))
      return null
    },
  },

  // POST /v3/enterprise/service-users/{service_user_id}/api-keys/{api_key_id}/rotate
  'POST /v3/enterprise/service-users/{service_user_id}/api-keys/{api_key_id}/rotate': {
    permission,
    handle: async ({ params, body, principal, server: { organizations, keys } }) =>
      tokenResponse(
        await rotateApiKey(organizations, principal, keys, apiKeyIds(params), {
          expiresAt: instantOf(body.new_key_expires_at),
          revokesCurrent: body.revoke_current,
        }),
      ),
  },
} satisfies V3Routes

function apiKeyIds({
  service_user_id: serviceUserId,
  api_key_id: apiKeyId,
}: {
  readonly service_user_id: string
  readonly api_key_id: string
}) {
  return { serviceUserId, apiKeyId }
}

function instantOf(unixSeconds: number | null | undefined): number | null {
  return unixSeconds == null ? null : Number(unixSeconds) * 1_000_000
}

function tokenResponse({ id, name, token }: ApiKeyRecord): ApiKeyTokenResponse {
  return { api_key_id: id, api_key_name: name, token }
}
