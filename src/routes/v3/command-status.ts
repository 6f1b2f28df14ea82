import type { LazyRoute } from '../../fastapi/lazy-routes.ts'
import { requirePermission } from '../../organization/errors.ts'

/**
 * The progress of a command. The contract lacks the operation, but the vendor's command line calls it once a second: it reads `status`
 * until that is `completed`, and then shows `response`.
 */
export const commandStatusRoute: LazyRoute = {
  method: 'GET',
  path: '/v3beta1/organizations/{org_id}/sessions/{devin_id}/command/{request_id}',
  body: undefined,
  loadSchema: async () => ({}),
  async handle({ organization, principal, params }) {
    requirePermission(principal, 'ViewOrgSessions')
    const { commandStatus } = await import('../../organization/session-commands.ts')
    const { devin_id: id, request_id: requestId } = params as { devin_id: string; request_id: string }
    return commandStatus(organization, id, requestId)
  },
}
