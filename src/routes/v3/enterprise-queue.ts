import { sessionQueue } from '../../organization/enterprise-queue.ts'
import { currentOrganizations } from '../../organization/enterprise-scope.ts'
import type { V3Routes } from './types.ts'

/** The queue of the sessions of all organizations. */
export const enterpriseQueueRoutes = {
  // GET /v3/enterprise/queue
  'GET /v3/enterprise/queue': {
    permission: 'ViewAccountMetrics',
    handle: async ({ server }) => {
      const { status, length } = await sessionQueue(await currentOrganizations(server.organizations))
      return { queue_size: length, status }
    },
  },
} satisfies V3Routes
