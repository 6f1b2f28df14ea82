import { Type } from '@sinclair/typebox'
import { mintApkKeys } from '../../auth/apk-keys.ts'
import { mintCogKeys } from '../../auth/cog-keys.ts'
import { DEFAULT_ORG_ID } from '../../auth/principal.ts'
import { version } from '../../base/version.ts'
import { sendJson, sendNothing } from '../../fastapi/answer.ts'
import { HttpException } from '../../fastapi/errors.ts'
import type { ApiInstance } from '../../hooks/types.ts'
import { newOrgId } from '../../organization/new-org-id.ts'
import { ErrorResponse } from '../../schemas/control/errors.ts'
import {
  NewOrganization,
  Organization,
  OrganizationList,
  OrganizationsQuery,
  RevokedKey,
} from '../../schemas/control/organizations.ts'
import { HTTPValidationError } from '../../schemas/errors.ts'
import type { ControlOptions } from './scope.ts'

/** Registers the routes that list and create organizations and revoke keys. */
export async function organizationRoutes(
  app: ApiInstance,
  { organizations, keys, tokenRequired }: ControlOptions,
): Promise<void> {
  const publishKeys = (action: 'created' | 'deleted', orgId: string) =>
    organizations.events.live?.publish({ kind: 'keys', org_id: orgId, action })

  // GET /_fake/organizations
  app.get(
    '/_fake/organizations',
    {
      schema: {
        operationId: 'list_organizations',
        summary: 'List the organizations, with keys if requested, and how to reach the control plane',
        querystring: OrganizationsQuery,
        response: { 200: OrganizationList, 422: HTTPValidationError },
      },
    },
    async ({ query }) => {
      const { listOrganizations } = await import('./organization-list.ts')
      const { appUrl } = organizations.getEphemeral(DEFAULT_ORG_ID)
      return {
        organizations: await listOrganizations({ organizations, keys }, query.reveal),
        strict_keys: keys.strict,
        control: { token_required: tokenRequired, version, app_url: appUrl },
      }
    },
  )

  // POST /_fake/organizations
  app.post(
    '/_fake/organizations',
    {
      schema: {
        operationId: 'create_organization',
        summary: 'Create an organization, with keys that select it',
        body: Type.Union([NewOrganization, Type.Null()]),
        response: { 201: Organization, 422: HTTPValidationError, 507: ErrorResponse },
      },
    },
    async ({ body }, reply) => {
      const { ids } = organizations
      const orgId = newOrgId(organizations)
      const [v1, v3] = [mintApkKeys(orgId, ids), mintCogKeys(orgId, ids)]
      organizations.create(orgId, body?.name)
      // Open keys need no registration, because they contain their organization.
      if (keys.strict) {
        for (const key of [...Object.values(v1), ...Object.values(v3)]) keys.register({ key, orgId })
        publishKeys('created', orgId)
      }
      return sendJson(reply, 201, { org_id: orgId, keys: { ...v1, v3 } })
    },
  )

  // POST /_fake/keys/revoke
  app.post(
    '/_fake/keys/revoke',
    {
      schema: {
        operationId: 'revoke_key',
        summary: 'Revoke a key',
        body: RevokedKey,
        response: { 204: Type.Null(), 404: ErrorResponse, 422: HTTPValidationError, 507: ErrorResponse },
      },
    },
    async ({ body }, reply) => {
      const principal = keys.principalOf(body.key)
      const isMeant = principal !== undefined && (body.org_id ?? principal.orgId) === principal.orgId
      if (!isMeant) throw new HttpException(404, 'Key not found')
      keys.revoke(body.key)
      publishKeys('deleted', principal.orgId)
      return sendNothing(reply)
    },
  )
}
