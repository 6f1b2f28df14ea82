import type { FastifyRequest } from 'fastify'
import { objectTexts, sendTexts } from '../../fastapi/long-answer.ts'
import { currentOrganizations } from '../../organization/enterprise-scope.ts'
import { organizationOfSession } from '../../organization/enterprise-sessions.ts'
import type { Organization, Organizations } from '../../organization/organizations.ts'
import { getSession } from '../../organization/sessions.ts'
import type { SessionRecord } from '../../resources/sessions.ts'
import type { Operations } from '../../schemas/v3/contract.ts'
import { generateInsights, showInsights } from './insights.ts'
import { mergedPage } from './merged-page.ts'
import type { CursorPage } from './pages.ts'
import { appendTags, postMessage, sendFiles, sendMessages } from './session-details.ts'
import { sessionFilter } from './session-filter.ts'
import { showListed, showRead } from './sessions.ts'
import type { V3Routes } from './types.ts'

const VIEW = 'ViewAccountSessions'
const MANAGE = 'ManageAccountSessions'

/** The sessions of all organizations. */
export const enterpriseSessionsRoutes = {
  // GET /v3/enterprise/sessions
  'GET /v3/enterprise/sessions': {
    permission: VIEW,
    handle: async ({ query, server }, reply) => {
      const list = { list: 'enterprise-sessions', query, show: showListed }
      return sendTexts(reply, objectTexts(await sessionsPage(server.organizations, list)))
    },
  },

  // GET /v3/enterprise/sessions/insights
  'GET /v3/enterprise/sessions/insights': {
    permission: VIEW,
    handle: async ({ query, server }, reply) => {
      const list = { list: 'enterprise-insights', query, show: showInsights }
      return sendTexts(reply, objectTexts(await sessionsPage(server.organizations, list)))
    },
  },

  // GET /v3/enterprise/sessions/{devin_id}
  'GET /v3/enterprise/sessions/{devin_id}': {
    permission: VIEW,
    handle: async (request) => showRead(await organizationFor(request), request.params.devin_id),
  },

  // GET /v3/enterprise/sessions/{devin_id}/attachments
  'GET /v3/enterprise/sessions/{devin_id}/attachments': {
    permission: VIEW,
    handle: async (request, reply) =>
      sendFiles(reply, await organizationFor(request), request.params.devin_id, request.origin),
  },

  // GET /v3/enterprise/sessions/{devin_id}/insights
  'GET /v3/enterprise/sessions/{devin_id}/insights': {
    permission: VIEW,
    handle: async (request) => {
      const organization = await organizationFor(request)
      return showInsights(organization, await getSession(organization, request.params.devin_id))
    },
  },

  // POST /v3/enterprise/sessions/{devin_id}/insights/generate
  'POST /v3/enterprise/sessions/{devin_id}/insights/generate': {
    permission: MANAGE,
    handle: async (request) =>
      generateInsights(await organizationFor(request), request.principal, request.params.devin_id),
  },

  // GET /v3/enterprise/sessions/{devin_id}/messages
  'GET /v3/enterprise/sessions/{devin_id}/messages': {
    permission: VIEW,
    handle: async (request, reply) =>
      sendMessages(reply, await organizationFor(request), request.params.devin_id, request.query),
  },

  // POST /v3/enterprise/sessions/{devin_id}/messages
  'POST /v3/enterprise/sessions/{devin_id}/messages': {
    permission: MANAGE,
    handle: async (request) => postMessage(await organizationFor(request), request),
  },

  // POST /v3/enterprise/sessions/{devin_id}/tags
  'POST /v3/enterprise/sessions/{devin_id}/tags': {
    permission: MANAGE,
    handle: async (request) =>
      appendTags(
        await organizationFor(request),
        request.principal,
        request.params.devin_id,
        request.body.tags,
      ),
  },
} satisfies V3Routes

interface SessionRequest extends Pick<FastifyRequest, 'server'> {
  readonly params: { readonly devin_id: string }
  readonly query: { readonly org_id?: string | null }
}

/** Returns the organization of the session that a request is about. Throws NotFound. */
function organizationFor({ server, params, query }: SessionRequest): Promise<Organization> {
  return organizationOfSession(server.organizations, params.devin_id, query.org_id ?? null)
}

interface SessionList<Item> {
  readonly list: string
  readonly query: Operations['GET /v3/enterprise/sessions']['query']
  show(organization: Organization, session: SessionRecord): Item
}

/** Returns a page of the sessions of all organizations, or of those that the query names, newest first. */
async function sessionsPage<Item>(
  organizations: Organizations,
  { list, query, show }: SessionList<Item>,
): Promise<CursorPage<Item>> {
  const current = await currentOrganizations(organizations, query.org_ids)
  const sources = await Promise.all(
    current.map(async (organization) => ({
      organization,
      records: organization.sessions,
      where: await sessionFilter(organization, query),
    })),
  )
  return mergedPage({
    list,
    sources,
    query,
    order: 'newest',
    show: (session, organization) => show(organization, session),
  })
}
