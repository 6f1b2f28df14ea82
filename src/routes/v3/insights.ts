import { objectTexts, sendTexts } from '../../fastapi/long-answer.ts'
import { analyzedState } from '../../organization/insights.ts'
import { type Organization, sessionNow } from '../../organization/organizations.ts'
import { getSession, requestInsights } from '../../organization/sessions.ts'
import type { SessionRecord } from '../../resources/sessions.ts'
import type { SessionInsightsResponse } from '../../schemas/v3/contract.ts'
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
        show: (session) => show(organization, session),
      })
      return sendTexts(reply, objectTexts({ ...page }))
    },
  },

  // GET /v3/organizations/{org_id}/sessions/{devin_id}/insights
  'GET /v3/organizations/{org_id}/sessions/{devin_id}/insights': {
    permission: 'ViewOrgSessions',
    handle: async ({ organization, params }) =>
      show(organization, await getSession(organization, params.devin_id)),
  },

  // POST /v3/organizations/{org_id}/sessions/{devin_id}/insights/generate
  'POST /v3/organizations/{org_id}/sessions/{devin_id}/insights/generate': {
    permission: 'ManageOrgSessions',
    handle: async ({ organization, principal, params }) => {
      const { session, isFirst } = await requestInsights(organization, principal, params.devin_id)
      return { session_id: bareId(session.id), status: isFirst ? 'started' : 'already_exists' }
    },
  },
} satisfies V3Routes

function show(organization: Organization, session: SessionRecord): SessionInsightsResponse {
  return insightsResponse(session, sessionNow(organization, session), {
    orgId: organization.orgId,
    analyzed: analyzedState(organization, session),
  })
}
