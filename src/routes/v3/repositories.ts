import type { Organization } from '../../organization/organizations.ts'
import { availableRepositories } from '../../organization/repositories.ts'
import { getRepositoryIndex, indexRepository } from '../../organization/repository-indexes.ts'
import type { RepositoryIndexRecord } from '../../resources/repository-indexes.ts'
import {
  type CurrentIndex,
  indexingResponse,
  indexingStatusResponse,
  repositoryResponse,
} from '../../schemas/v3/repositories.ts'
import { indexJobsAt } from '../../simulation/index-jobs.ts'
import { cursorPage, sortedPage } from './pages.ts'
import type { V3Routes } from './types.ts'

/** The repositories that are available to an organization, and their indexes. */
export const repositoriesRoutes = {
  // GET /v3beta1/organizations/{org_id}/repositories
  'GET /v3beta1/organizations/{org_id}/repositories': {
    permission: 'Read',
    handle: async ({ organization, query, server: { organizations } }) => {
      const repositories = await availableRepositories(organizations, organization)
      const indexes = await organization.repositoryIndexes.list()
      const byName = new Map(
        indexes.map((index) => [index.repositoryName, currentIndex(organization, index)]),
      )
      const page = sortedPage({
        list: `repositories:${organization.orgId.toWellFormed()}`,
        records: repositories,
        sortKey: ({ name, connection }) => [0, name, connection.id],
        query,
        show: (repository) => repositoryResponse(repository, byName.get(repository.name) ?? null),
        endsWithCursor: true,
      })
      return { ...page, total: null }
    },
  },

  // GET /v3beta1/organizations/{org_id}/repositories/indexing
  'GET /v3beta1/organizations/{org_id}/repositories/indexing': {
    permission: 'Read',
    handle: async ({ organization, query }) =>
      cursorPage({
        list: 'repository-indexes',
        organization,
        records: organization.repositoryIndexes,
        query,
        order: 'oldest',
        show: (index) => indexingResponse(currentIndex(organization, index)),
      }),
  },

  // GET /v3beta1/organizations/{org_id}/repositories/{repository_path}/indexing
  'GET /v3beta1/organizations/{org_id}/repositories/{repository_path}/indexing': {
    permission: 'Read',
    handle: async ({ organization, params, server: { organizations } }) => {
      const { index } = await getRepositoryIndex(organizations, organization, params.repository_path)
      return indexingStatusResponse(index && currentIndex(organization, index))
    },
  },

  // PUT /v3beta1/organizations/{org_id}/repositories/{repository_path}/indexing
  'PUT /v3beta1/organizations/{org_id}/repositories/{repository_path}/indexing': {
    permission: 'IndexOrgRepositories',
    handle: async ({ organization, principal, params }) => {
      const index = await indexRepository(organization, principal, params.repository_path)
      return indexingResponse(currentIndex(organization, index))
    },
  },
} satisfies V3Routes

function currentIndex({ clock }: Organization, index: RepositoryIndexRecord): CurrentIndex {
  return { index, jobs: indexJobsAt(index, clock.now(), clock.instant) }
}
