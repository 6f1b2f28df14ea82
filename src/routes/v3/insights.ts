import type { Principal } from '../../auth/principal.ts'
import { objectTexts, sendTexts } from '../../fastapi/long-answer.ts'
import { analyzedState } from '../../organization/insights.ts'
import { type Organization, sessionNow } from '../../organization/organizations.ts'
import { getSession, requestInsights } from '../../organization/sessions.ts'
import type { SessionRecord } from '../../resources/sessions.ts'
import type { SessionInsightsGenerateResponse, SessionInsightsResponse } from '../../schemas/v3/contract.ts'
import { insightsResponse } from '../../schemas/v3/insights.ts'
import { bareId } from '../../schemas/v3/sessions.ts'
import { cursorPage } from './pages.ts'
import { sessionFilter } from './session-filter.ts'
import type { V3Routes } from './types.ts'

/** The insights into sessions: their size, and their analysis once it was requested. */
export const insightsRoutes = {
  // GET /v3/organizations/{org_id}/sessions/insights
  'GET /v3/organizations/{org_id}/sessions/insights': {
    permission: 'ViewOrgSessions',
    handle: async ({ organization, query }, reply) => {
      const page = await cursorPage({
        list: 'insights',
        organization,
        records: organization.sessions,
        query,
        order: 'newest',
        where: await sessionFilter(organization, query),
        show: (session) => showInsights(organization, session),
      })
      return sendTexts(reply, objectTexts(page))
    },
  },

  // GET /v3/organizations/{org_id}/sessions/{devin_id}/insights
  'GET /v3/organizations/{org_id}/sessions/{devin_id}/insights': {
    permission: 'ViewOrgSessions',
    handle: async ({ organization, params }) =>
      showInsights(organization, await getSession(organization, params.devin_id)),
  },

  // POST /v3/organizations/{org_id}/sessions/{devin_id}/insights/generate
  'POST /v3/organizations/{org_id}/sessions/{devin_id}/insights/generate': {
    permission: 'ManageOrgSessions',
    handle: async ({ organization, principal, params }) =>
      generateInsights(organization, principal, params.devin_id),
  },
} satisfies V3Routes

/** Requests the analysis of a session. */
export async function generateInsights(
  organization: Organization,
  principal: Principal,
  devinId: string,
): Promise<SessionInsightsGenerateResponse> {
  const { session, isFirst } = await requestInsights(organization, principal, devinId)
  return { session_id: bareId(session.id), status: isFirst ? 'started' : 'already_exists' }
}

/** Returns the wire form of a session with its insights. */
export function showInsights(organization: Organization, session: SessionRecord): SessionInsightsResponse {
  const { orgId, appUrl, answers } = organization
  return insightsResponse(session, sessionNow(organization, session), {
    orgId,
    appUrl,
    answers,
    analyzed: analyzedState(organization, session),
  })
}
