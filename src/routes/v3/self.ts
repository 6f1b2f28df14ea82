import { sessionId } from '../../organization/sessions.ts'
import { devinSelfResponse, selfResponse, windsurfSelfResponse } from '../../schemas/v3/self.ts'
import type { V3Routes } from './types.ts'

/** The principal behind a key. */
export const selfRoutes = {
  // GET /v3/self
  'GET /v3/self': {
    permission: null,
    handle: async ({ organization: { orgId }, principal }) => {
      const { session: own, actor } = principal
      if (own?.type === 'windsurf_session') return windsurfSelfResponse(actor, orgId)
      if (own === undefined) return selfResponse(principal, orgId)
      return devinSelfResponse(sessionId(own.devinId), actor, orgId)
    },
  },
} satisfies V3Routes
