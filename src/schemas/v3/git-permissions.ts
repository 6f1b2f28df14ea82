import { unixSeconds } from '../../base/clock.ts'
import type { GitPathKind, GitPermissionRecord } from '../../resources/git-permissions.ts'
import type { GitPermissionResponse } from './contract.ts'

/** Returns the wire form of a permission. */
export function gitPermissionResponse({
  id,
  connectionId,
  kind,
  path,
  readOnly,
  createdAt,
}: GitPermissionRecord): GitPermissionResponse {
  const pathIf = (wanted: GitPathKind) => (kind === wanted ? path : null)
  return {
    git_permission_id: id,
    git_connection_id: connectionId,
    repo_path: pathIf('repo_path'),
    prefix_path: pathIf('prefix_path'),
    group_prefix: pathIf('group_prefix'),
    read_only: readOnly,
    created_at: unixSeconds(createdAt),
  }
}
