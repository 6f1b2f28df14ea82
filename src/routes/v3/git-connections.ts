import { getGitConnection, listGitConnections } from '../../organization/git-connections.ts'
import { connectedRepositories } from '../../organization/repositories.ts'
import { gitConnectionResponse, gitRepositoryResponse } from '../../schemas/v3/git-connections.ts'
import { sortedPage } from './pages.ts'
import type { V3Routes } from './types.ts'

const permission = 'ManageGitIntegrations'

/** The maximum number of repositories on a page. */
const REPOSITORIES_MAX = 100

/** The connections of the enterprise to Git providers. */
export const gitConnectionsRoutes = {
  // GET /v3/enterprise/git-providers/connections
  'GET /v3/enterprise/git-providers/connections': {
    permission,
    handle: async ({ query, server }) =>
      sortedPage({
        list: 'git-connections',
        records: await listGitConnections(server.organizations),
        sortKey: ({ createdAt, id }) => [createdAt, id],
        query,
        show: gitConnectionResponse,
      }),
  },

  // GET /v3/enterprise/git-providers/connections/{connection_id}/repositories
  'GET /v3/enterprise/git-providers/connections/{connection_id}/repositories': {
    permission,
    handle: async ({ params, query, server: { organizations } }) => {
      const { id } = await getGitConnection(organizations, params.connection_id)
      const wanted = query.filter_name?.toLowerCase() ?? ''
      const repositories = await connectedRepositories(organizations, id)
      return sortedPage({
        list: `git-repositories:${id}`,
        records: repositories.filter(({ name }) => name.toLowerCase().includes(wanted)),
        sortKey: ({ name }) => [0, name],
        query: { ...query, first: Math.min(Number(query.first), REPOSITORIES_MAX) },
        show: gitRepositoryResponse,
      })
    },
  },
} satisfies V3Routes
