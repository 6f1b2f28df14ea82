import type { Principal } from '../auth/principal.ts'
import { DEFAULT_BRANCH, type RepositoryIndexRecord } from '../resources/repository-indexes.ts'
import { repositoryNameIn } from '../simulation/repository-names.ts'
import { UniqueKeyError } from '../store/types.ts'
import { found, NotFound } from './errors.ts'
import type { Organization, Organizations } from './organizations.ts'
import { availableRepositories } from './repositories.ts'

/** A repository and its index. */
export interface IndexedRepository {
  /** `owner/name` */
  readonly name: string
  /** Null without one. */
  readonly index: RepositoryIndexRecord | null
}

/** Returns a repository and its index. Throws {@link NotFound} for one that is not available to the organization. */
export async function getRepositoryIndex(
  organizations: Organizations,
  organization: Organization,
  path: string,
): Promise<IndexedRepository> {
  const name = nameOf(path)
  const index = await organization.repositoryIndexes.find(name)
  if (index !== undefined) return { name, index }
  const repositories = await availableRepositories(organizations, organization)
  if (!repositories.some((repository) => repository.name === name)) throw new NotFound('repository')
  return { name, index: null }
}

/**
 * Starts to index a repository, which need not have been used before, and returns its index; the present one if there is one. Throws
 * {@link NotFound} if the path is not that of a repository.
 */
export async function indexRepository(
  { repositoryIndexes, ids, clock, auditLog }: Organization,
  principal: Principal,
  path: string,
): Promise<RepositoryIndexRecord> {
  const repositoryName = nameOf(path)
  const index: RepositoryIndexRecord = {
    id: `repository-index-${ids.hex()}`,
    repositoryName,
    branches: [DEFAULT_BRANCH],
    outcome: 'completed',
    createdAt: clock.now(),
  }
  try {
    await repositoryIndexes.insert(index)
  } catch (error) {
    if (!(error instanceof UniqueKeyError)) throw error
    // No operation deletes an index.
    return (await repositoryIndexes.find(repositoryName)) as RepositoryIndexRecord
  }
  auditLog.write(principal, 'index_repository', index.id)
  return index
}

function nameOf(path: string): string {
  return found(repositoryNameIn(path), 'repository').name
}
