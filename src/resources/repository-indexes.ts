import { Type } from '@sinclair/typebox'
import { formatInstant } from '../base/clock.ts'
import { StringEnum } from '../schemas/types.ts'
import type { StoredRecord } from '../store/types.ts'
import { createdAtOf, defineResource, Id, RecordId, StrictObject, Time } from './resource.ts'

/** The index of a repository. */
export interface RepositoryIndexRecord extends StoredRecord {
  /** `owner/name` */
  readonly repositoryName: string
  readonly branches: readonly string[]
  /** How the jobs end. */
  readonly outcome: 'completed' | 'failed'
  /** The time at which the jobs started, in microseconds since the epoch. */
  readonly createdAt: number
}

/** The default branch of all repositories, since the fake reaches no Git host. */
export const DEFAULT_BRANCH = 'main'

/** The indexes of repositories. */
export const repositoryIndexes = defineResource({
  name: 'repository_indexes',
  uniqueKey: ({ repositoryName }: RepositoryIndexRecord) => repositoryName,
  uniqueMember: 'repository_name',
  document: StrictObject({
    id: RecordId,
    /** The repository: `owner/name`. */
    repository_name: Type.String({ pattern: '^[^/\\s:]+(?:/[^/\\s:]+)+$' }),
    /** The branches that are indexed. Default: `main`. */
    branches: Type.Optional(Type.Array(Id)),
    /** How the jobs end. Default: `completed`. */
    outcome: Type.Optional(StringEnum(['completed', 'failed'])),
    created_at: Time,
  }),
  encode: ({ id, repositoryName, branches, outcome, createdAt }: RepositoryIndexRecord) => ({
    id,
    repository_name: repositoryName,
    branches,
    outcome,
    created_at: formatInstant(createdAt),
  }),
  decode: (index, defaults, reader): RepositoryIndexRecord => ({
    id: index.id ?? `repository-index-${defaults.ids.hex()}`,
    repositoryName: index.repository_name,
    branches: index.branches ?? [DEFAULT_BRANCH],
    outcome: index.outcome ?? 'completed',
    createdAt: createdAtOf(index, defaults, reader),
  }),
})
