import { hash } from 'node:crypto'
import { Type } from '@sinclair/typebox'
import { formatInstant } from '../base/clock.ts'
import { StringEnum } from '../schemas/types.ts'
import type { StoredRecord } from '../store/types.ts'
import { createdAtOf, defineResource, Id, MaybeText, RecordId, StrictObject, Time } from './resource.ts'

/** The kinds of access to a Git provider. */
const GIT_PROVIDER_TYPES = [
  'github_token',
  'github_individual_token',
  'github_app',
  'gitlab_token',
  'gitlab_oauth',
  'azure_devops_oauth',
  'bitbucket_oauth',
  'bitbucket_token',
] as const

/** A repository of a connection. */
export interface ConnectedRepository {
  /** The path at the host of the connection: `owner/name`. */
  readonly name: string
  /** The id that the Git provider gave it. */
  readonly providerId: string
  readonly description: string | null
  readonly language: string | null
  /** Microseconds since the epoch. */
  readonly updatedAt: number
}

/** A connection of the enterprise to a Git provider. */
export interface GitConnectionRecord extends StoredRecord {
  readonly providerType: (typeof GIT_PROVIDER_TYPES)[number]
  readonly name: string | null
  readonly host: string
  readonly repositories: readonly ConnectedRepository[]
  /** Microseconds since the epoch. */
  readonly createdAt: number
}

/** A repository and its connection. */
export interface Repository extends ConnectedRepository {
  readonly connection: Pick<GitConnectionRecord, 'id' | 'host'>
}

/** The connection that every enterprise has, since no operation creates one: to GitHub, at 2026-01-01T00:00:00Z. */
export const BUILT_IN_CONNECTION: GitConnectionRecord = {
  id: 'git-connection-fa4ede71000000000000000000000001',
  providerType: 'github_app',
  name: 'GitHub',
  host: 'github.com',
  repositories: [],
  createdAt: 1_767_225_600_000_000,
}

/** Returns the id of a repository at a Git provider. It follows from the name, since the fake reaches no Git host. */
export function providerIdOf(host: string, name: string): string {
  return String(Number.parseInt(hash('sha256', `${host}/${name}`).slice(0, 8), 16))
}

const RepositoryDocument = StrictObject({
  /** The path of the repository at the host: `owner/name`. */
  name: Type.String({ pattern: '^[^/\\s:]+(?:/[^/\\s:]+)+$' }),
  /** The id that the Git provider gave it. Default: one that follows from the name. */
  provider_repository_id: Type.Optional(Id),
  /** What it is; null for nothing. Default: null. */
  description: MaybeText,
  /** Its main language; null if it is not known. Default: null. */
  language: MaybeText,
  updated_at: Time,
})

/** The connections of the enterprise to Git providers. */
export const gitConnections = defineResource({
  name: 'git_connections',
  document: StrictObject({
    id: RecordId,
    /** The kind of access. Default: `github_app`. */
    provider_type: Type.Optional(StringEnum(GIT_PROVIDER_TYPES)),
    /** The name; null for none. Default: null. */
    name: MaybeText,
    /** The host. Default: `github.com`. */
    host: Type.Optional(Id),
    /** The repositories that it gives access to. Default: none. */
    repositories: Type.Optional(Type.Array(RepositoryDocument)),
    created_at: Time,
  }),
  encode: ({ id, providerType, name, host, repositories, createdAt }: GitConnectionRecord) => ({
    id,
    provider_type: providerType,
    name,
    host,
    repositories: repositories.map((repository) => ({
      name: repository.name,
      provider_repository_id: repository.providerId,
      description: repository.description,
      language: repository.language,
      updated_at: formatInstant(repository.updatedAt),
    })),
    created_at: formatInstant(createdAt),
  }),
  decode: (connection, defaults, reader): GitConnectionRecord => {
    const host = connection.host ?? BUILT_IN_CONNECTION.host
    const createdAt = createdAtOf(connection, defaults, reader)
    const seen = new Map<string, string>()
    return {
      id: connection.id ?? `git-connection-${defaults.ids.hex()}`,
      providerType: connection.provider_type ?? 'github_app',
      name: connection.name ?? null,
      host,
      repositories: reader.each('repositories', connection.repositories, (repository) => {
        reader.requireUnique(seen, repository.name, 'name')
        return {
          name: repository.name,
          providerId: repository.provider_repository_id ?? providerIdOf(host, repository.name),
          description: repository.description ?? null,
          language: repository.language ?? null,
          updatedAt: reader.instant(['updated_at'], repository.updated_at, createdAt),
        }
      }),
      createdAt,
    }
  },
})
