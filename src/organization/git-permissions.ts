import type { Principal } from '../auth/principal.ts'
import { GIT_PATH_KINDS, type GitPathKind, type GitPermissionRecord } from '../resources/git-permissions.ts'
import { found, Impossible, InUse, NotFound } from './errors.ts'
import { listGitConnections } from './git-connections.ts'
import type { Organization, Organizations } from './organizations.ts'

/** The fields of a new permission. Exactly one of the paths must be set. */
export interface NewGitPermission extends Readonly<Record<GitPathKind, string | null>> {
  readonly connectionId: string
  readonly readOnly: boolean
}

/**
 * Adds permissions, all or none. Throws {@link NotFound} for an unknown connection, {@link Impossible} without exactly one path or for
 * an empty one, and {@link InUse} for a permission that exists.
 */
export async function createGitPermissions(
  organization: Organization,
  organizations: Organizations,
  principal: Principal,
  permissions: readonly NewGitPermission[],
): Promise<GitPermissionRecord[]> {
  const hosts = await hostsOf(organizations)
  const { added } = await organization.gitPermissions.swap((before) => ({
    deleted: [],
    added: recordsOf(organization, hosts, { permissions, before }),
  }))
  for (const { id } of added) organization.auditLog.write(principal, 'create_git_permission', id)
  return [...added]
}

/** Replaces all permissions in one step. Throws as {@link createGitPermissions}, and changes nothing then. */
export async function replaceGitPermissions(
  organization: Organization,
  organizations: Organizations,
  principal: Principal,
  permissions: readonly NewGitPermission[],
): Promise<GitPermissionRecord[]> {
  const hosts = await hostsOf(organizations)
  const { added } = await organization.gitPermissions.swap((deleted) => ({
    deleted,
    added: recordsOf(organization, hosts, { permissions, before: [] }),
  }))
  organization.auditLog.write(principal, 'replace_git_permissions', organization.orgId)
  return [...added]
}

/** Deletes all permissions in one step, and returns them. */
export async function clearGitPermissions(
  organization: Organization,
  principal: Principal,
): Promise<GitPermissionRecord[]> {
  const { deleted } = await organization.gitPermissions.swap((all) => ({ deleted: all, added: [] }))
  organization.auditLog.write(principal, 'clear_git_permissions', organization.orgId)
  return [...deleted]
}

/** Changes whether a permission is only for reading; undefined leaves it. Throws {@link NotFound}. */
export async function updateGitPermission(
  { gitPermissions, auditLog }: Organization,
  principal: Principal,
  id: string,
  readOnly: boolean | undefined,
): Promise<GitPermissionRecord> {
  const updated = await gitPermissions.update(id, (before) => ({
    ...before,
    readOnly: readOnly ?? before.readOnly,
  }))
  const permission = found(updated, 'git_permission')
  auditLog.write(principal, 'update_git_permission', permission.id)
  return permission
}

/** Deletes a permission. Throws {@link NotFound}. */
export async function deleteGitPermission(
  { gitPermissions, auditLog }: Organization,
  principal: Principal,
  id: string,
): Promise<GitPermissionRecord> {
  const deleted = found(await gitPermissions.delete(id), 'git_permission')
  auditLog.write(principal, 'delete_git_permission', deleted.id)
  return deleted
}

/** The hosts of the connections by their ids. */
type Hosts = ReadonlyMap<string, string>

async function hostsOf(organizations: Organizations): Promise<Hosts> {
  return new Map((await listGitConnections(organizations)).map(({ id, host }) => [id, host]))
}

/** Returns new permissions. `before` are those that stay. */
function recordsOf(
  { ids, clock }: Organization,
  hosts: Hosts,
  {
    permissions,
    before,
  }: { readonly permissions: readonly NewGitPermission[]; readonly before: readonly GitPermissionRecord[] },
): GitPermissionRecord[] {
  const created = permissions.map((permission) => {
    const { connectionId, readOnly } = permission
    if (!hosts.has(connectionId)) throw new NotFound('git_connection')
    const { kind, path } = pathOf(permission)
    return { id: `git-permission-${ids.hex()}`, connectionId, kind, path, readOnly, createdAt: clock.now() }
  })
  // Ignores the host at the start of a path, unlike the unique key of the records.
  const keyOf = ({ connectionId, kind, path }: GitPermissionRecord) => {
    const host = `${hosts.get(connectionId)}/`
    return `${connectionId} ${kind} ${path.startsWith(host) ? path.slice(host.length) : path}`
  }
  const taken = new Set(before.map(keyOf))
  for (const key of created.map(keyOf)) {
    if (taken.has(key)) throw new InUse('The organization has this git permission already')
    taken.add(key)
  }
  return created
}

function pathOf(permission: NewGitPermission): Pick<GitPermissionRecord, 'kind' | 'path'> {
  const [given, ...others] = GIT_PATH_KINDS.flatMap((kind) => {
    const path = permission[kind]
    return path === null ? [] : [{ kind, path: path.toWellFormed() }]
  })
  if (given === undefined || others.length > 0) {
    throw new Impossible('Exactly one of repo_path, prefix_path and group_prefix must be set')
  }
  // The vendor stores a prefix of groups with a slash at the end, and returns it without.
  const path = given.kind === 'group_prefix' ? given.path.replace(/\/$/, '') : given.path
  if (path === '') throw new Impossible(`${given.kind} must not be empty`)
  return { ...given, path }
}
