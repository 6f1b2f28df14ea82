import { hash } from 'node:crypto'
import { unixSeconds } from '../../base/clock.ts'
import type { Repository } from '../../resources/git-connections.ts'
import type { RepositoryIndexRecord } from '../../resources/repository-indexes.ts'
import type { IndexJob } from '../../simulation/index-jobs.ts'
import type {
  OrganizationRepositoryResponse,
  RepoIndexingStatusResponse,
  RepoIndexJobResponse,
  RepositoryIndexingResponse,
} from './contract.ts'
import { gitRepositoryResponse } from './git-connections.ts'

/** An index and the current states of its jobs. */
export interface CurrentIndex {
  readonly index: RepositoryIndexRecord
  readonly jobs: readonly IndexJob[]
}

/** Returns the wire form of a repository that is available to an organization. */
export function repositoryResponse(
  repository: Repository,
  index: CurrentIndex | null,
): OrganizationRepositoryResponse {
  return {
    ...gitRepositoryResponse(repository),
    indexing_status: index === null ? null : indexingStatusResponse(index),
  }
}

/** The wire form of the state of a repository without an index. */
const NOT_INDEXED: RepoIndexingStatusResponse = {
  indexing_enabled: false,
  latest_completed_search_index_job: null,
  latest_completed_wiki_index_job: null,
  latest_indexes: [],
}

/** Returns the wire form of the state of an index; null stands for a repository without one. */
export function indexingStatusResponse(current: CurrentIndex | null): RepoIndexingStatusResponse {
  if (current === null) return NOT_INDEXED
  const { index, jobs } = current
  const completed = (kind: IndexJob['kind']) => {
    const latest = jobs.findLast((job) => job.kind === kind && job.status === 'completed')
    return latest === undefined ? null : jobResponse(index, latest)
  }
  return {
    indexing_enabled: true,
    latest_completed_search_index_job: completed('search'),
    latest_completed_wiki_index_job: completed('wiki'),
    latest_indexes: jobs.map((job) => jobResponse(index, job)),
  }
}

/** Returns the wire form of an index. */
export function indexingResponse(current: CurrentIndex): RepositoryIndexingResponse {
  return {
    repository_path: current.index.repositoryName,
    indexing_enabled: true,
    branches: [...current.index.branches],
    indexing_status: indexingStatusResponse(current),
  }
}

/** The id of a job and the commit follow from the index, since the fake reaches no Git host. */
function jobResponse(
  { id, repositoryName, createdAt }: RepositoryIndexRecord,
  { kind, branch, status }: IndexJob,
): RepoIndexJobResponse {
  return {
    job_id: `repo-idx-job-${hash('sha256', `${id} ${kind} ${branch}`).slice(0, 32)}`,
    status,
    commit: hash('sha1', `${repositoryName}@${branch}`),
    branch_name: branch,
    created_at: unixSeconds(createdAt),
  }
}
