import { Type } from '@sinclair/typebox'
import { formatInstant } from '../base/clock.ts'
import { StringEnum } from '../schemas/types.ts'
import type { StoredRecord } from '../store/types.ts'
import { createdAtOf, defineResource, Id, RecordId, StrictObject, Time } from './resource.ts'

/** What the path of a permission names: one repository, or all whose paths begin with it. */
export const GIT_PATH_KINDS = ['repo_path', 'prefix_path', 'group_prefix'] as const

/** What the path of a permission names. */
export type GitPathKind = (typeof GIT_PATH_KINDS)[number]

/** The permission of an organization to use repositories of a Git connection. */
export interface GitPermissionRecord extends StoredRecord {
  readonly connectionId: string
  readonly kind: GitPathKind
  readonly path: string
  readonly readOnly: boolean
  /** Microseconds since the epoch. */
  readonly createdAt: number
}

/** The permissions of the organization to use repositories. */
export const gitPermissions = defineResource({
  name: 'git_permissions',
  uniqueKey: ({ connectionId, kind, path }: GitPermissionRecord) => `${connectionId} ${kind} ${path}`,
  uniqueMember: 'path',
  document: StrictObject({
    id: RecordId,
    /** The id of the connection. */
    git_connection_id: Id,
    /** What `path` names. Default: `repo_path`. */
    kind: Type.Optional(StringEnum(GIT_PATH_KINDS)),
    /** A repository, or the beginning of the paths of several. */
    path: Type.String({ minLength: 1 }),
    /** Whether sessions may only read them. Default: no. */
    read_only: Type.Optional(Type.Boolean()),
    created_at: Time,
  }),
  encode: ({ id, connectionId, kind, path, readOnly, createdAt }: GitPermissionRecord) => ({
    id,
    git_connection_id: connectionId,
    kind,
    path,
    read_only: readOnly,
    created_at: formatInstant(createdAt),
  }),
  decode: (permission, defaults, reader): GitPermissionRecord => ({
    id: permission.id ?? `git-permission-${defaults.ids.hex()}`,
    connectionId: permission.git_connection_id,
    kind: permission.kind ?? 'repo_path',
    path: permission.path,
    readOnly: permission.read_only ?? false,
    createdAt: createdAtOf(permission, defaults, reader),
  }),
})
