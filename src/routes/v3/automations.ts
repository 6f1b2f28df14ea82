import { parseBody } from '../../fastapi/body.ts'
import { QueryParameters } from '../../fastapi/query.ts'
import { webhookPath } from '../../organization/automation-runs.ts'
import {
  createAutomation,
  deleteAutomation,
  getAutomation,
  updateAutomation,
} from '../../organization/automations.ts'
import type { AutomationRecord } from '../../resources/automations.ts'
import { automationResponse, automationSchemas } from '../../schemas/v3/automations.ts'
import type { AutomationResponse } from '../../schemas/v3/contract.ts'
import { cursorPage } from './pages.ts'
import type { V3Request, V3Routes } from './types.ts'

/** The automations of an organization. */
export const automationsRoutes = {
  // GET /v3/organizations/{org_id}/automations
  'GET /v3/organizations/{org_id}/automations': {
    permission: 'ViewOrgAutomations',
    handle: async (request) => {
      const { organization, query, originalUrl } = request
      return cursorPage({
        list: 'automations',
        organization,
        records: organization.automations,
        query,
        order: 'oldest',
        where: metadataFilter(originalUrl),
        show: (automation) => show(request, automation),
      })
    },
  },

  // POST /v3/organizations/{org_id}/automations
  'POST /v3/organizations/{org_id}/automations': {
    permission: 'ManageOrgAutomations',
    handle: async (request) => {
      const { organization, principal, body } = request
      const { automation, newSecret } = await createAutomation(organization, principal, body)
      return show(request, automation, newSecret)
    },
  },

  // GET /v3/organizations/{org_id}/automations/schemas
  'GET /v3/organizations/{org_id}/automations/schemas': {
    permission: 'ViewOrgAutomations',
    handle: async () => automationSchemas(),
  },

  // GET /v3/organizations/{org_id}/automations/{automation_id}
  'GET /v3/organizations/{org_id}/automations/{automation_id}': {
    permission: 'ViewOrgAutomations',
    handle: async (request) => {
      const { organization, params } = request
      return show(request, await getAutomation(organization, params.automation_id))
    },
  },

  // PATCH /v3/organizations/{org_id}/automations/{automation_id}
  'PATCH /v3/organizations/{org_id}/automations/{automation_id}': {
    permission: 'ManageOrgAutomations',
    handle: async (request) => {
      const { organization, principal, params } = request
      const { automation, newSecret } = await updateAutomation(
        organization,
        principal,
        params.automation_id,
        changesOf(request),
      )
      return show(request, automation, newSecret)
    },
  },

  // DELETE /v3/organizations/{org_id}/automations/{automation_id}
  'DELETE /v3/organizations/{org_id}/automations/{automation_id}': {
    permission: 'ManageOrgAutomations',
    handle: async (request) => {
      const { organization, principal, params } = request
      return show(request, await deleteAutomation(organization, principal, params.automation_id))
    },
  },
} satisfies V3Routes

type Shown = Pick<
  V3Request<'PATCH /v3/organizations/{org_id}/automations/{automation_id}'>,
  'origin' | 'organization'
>

function show(
  { origin, organization }: Shown,
  automation: AutomationRecord,
  secret: string | null = null,
): AutomationResponse {
  const url = origin + webhookPath(organization.orgId, automation.id)
  return automationResponse(automation, { url, secret })
}

/** Returns the members of a PATCH that were sent. Validation adds the default of `enabled`, which would enable the automation. */
function changesOf({
  body,
  sentBody,
  raw,
}: V3Request<'PATCH /v3/organizations/{org_id}/automations/{automation_id}'>) {
  const sent = parseBody(raw.headers['content-type'], sentBody as Uint8Array)
  const { enabled, ...others } = body
  return Object.hasOwn(Object(sent), 'enabled') ? body : others
}

const METADATA = 'metadata.'

/** Returns the test for automations with the metadata that a query asks for: `?metadata.team=web`. */
function metadataFilter(target: string): ((automation: AutomationRecord) => boolean) | undefined {
  const query = QueryParameters.in(target)
  const asked = query
    .names()
    .filter((name) => name.startsWith(METADATA))
    .map((name) => [name.slice(METADATA.length), query.last(name)] as const)
  if (asked.length === 0) return undefined
  return ({ settings: { metadata } }) =>
    asked.every(([name, value]) => Object.hasOwn(metadata, name) && metadata[name] === value)
}
