import {
  BUILT_IN_CONNECTION,
  type GitConnectionRecord,
  providerIdOf,
  type Repository,
} from '../resources/git-connections.ts'
import type { GitPermissionRecord } from '../resources/git-permissions.ts'
import { pullRequestIn, type RepositoryName, repositoryNameIn } from '../simulation/repository-names.ts'
import { eachSession } from './each-session.ts'
import { listGitConnections } from './git-connections.ts'
import { type Organization, type Organizations, sessionNow } from './organizations.ts'

/** A repository, and whether one of the organizations at hand has used it. */
interface KnownRepository extends Repository {
  readonly isUsed: boolean
}

/** The use of a repository. */
interface Mention extends RepositoryName {
  /** The connection; null if only the host is known. */
  readonly connectionId: string | null
  /** Microseconds since the epoch. */
  readonly at: number
}

/** The host of repositories that are named without one. */
const DEFAULT_HOST = BUILT_IN_CONNECTION.host

/** The repositories of Git connections. */
class Repositories {
  readonly #connections: readonly GitConnectionRecord[]
  /** By connection and name. */
  readonly #known = new Map<string, KnownRepository>()

  constructor(connections: readonly GitConnectionRecord[]) {
    this.#connections = connections
    for (const connection of connections) {
      for (const repository of connection.repositories) {
        this.#known.set(keyOf(connection, repository.name), { connection, ...repository, isUsed: false })
      }
    }
  }

  /** Adds a repository that was used, unless no connection reaches its host. */
  add({ host, name, connectionId, at }: Mention): void {
    const reaching = this.#connections.filter((one) =>
      connectionId === null ? one.host === (host ?? DEFAULT_HOST) : one.id === connectionId,
    )
    const connection = reaching.find((one) => this.#known.has(keyOf(one, name))) ?? reaching[0]
    if (connection === undefined) return
    const key = keyOf(connection, name)
    const known = this.#known.get(key)
    this.#known.set(key, {
      connection,
      name,
      providerId: known?.providerId ?? providerIdOf(connection.host, name),
      description: known?.description ?? null,
      language: known?.language ?? null,
      updatedAt: Math.max(known?.updatedAt ?? at, at),
      isUsed: true,
    })
  }

  all(): KnownRepository[] {
    return [...this.#known.values()]
  }
}

function keyOf({ id }: Pick<GitConnectionRecord, 'id'>, name: string): string {
  return `${id} ${name}`
}

/** Returns the repositories of a connection: its own, and those that the organizations of the enterprise have used. */
export async function connectedRepositories(
  organizations: Organizations,
  connectionId: string,
): Promise<Repository[]> {
  const repositories = await repositoriesOf(organizations, organizations.ofEnterprise())
  return repositories.filter(({ connection }) => connection.id === connectionId)
}

/**
 * Returns the repositories that are available to an organization: those that it has used, and those of the connections that its
 * permissions cover.
 */
export async function availableRepositories(
  organizations: Organizations,
  organization: Organization,
): Promise<Repository[]> {
  const permissions = await organization.gitPermissions.list()
  const repositories = await repositoriesOf(organizations, [organization])
  return repositories.filter(
    (repository) => repository.isUsed || permissions.some((permission) => covers(permission, repository)),
  )
}

async function repositoriesOf(
  organizations: Organizations,
  users: readonly Organization[],
): Promise<KnownRepository[]> {
  const repositories = new Repositories(await listGitConnections(organizations))
  for (const user of users) await eachMention(user, (mention) => repositories.add(mention))
  return repositories.all()
}

/** Returns whether a permission covers a repository: the one at its path, or those below a prefix. The path may begin with the host. */
function covers(
  { connectionId, kind, path }: GitPermissionRecord,
  { connection, name }: Repository,
): boolean {
  if (connection.id !== connectionId) return false
  const paths = [`${name}/`, `${connection.host}/${name}/`]
  const given = path.endsWith('/') ? path : `${path}/`
  return paths.some((one) => (kind === 'repo_path' ? one === given : one.startsWith(given)))
}

/** Calls a function for each use of a repository by an organization. */
async function eachMention(organization: Organization, found: (mention: Mention) => void): Promise<void> {
  const find = (text: string | null, at: number, connectionId: string | null = null) => {
    const repository = text === null ? undefined : repositoryNameIn(text)
    if (repository !== undefined) found({ ...repository, connectionId, at })
  }
  await eachSession(
    [organization],
    () => true,
    (session) => {
      for (const repo of session.repos) find(repo, session.createdAt)
      const { pullRequests, updatedAt } = sessionNow(organization, session)
      for (const { url } of pullRequests) {
        const pullRequest = pullRequestIn(url)
        if (pullRequest !== undefined) found({ ...pullRequest.repository, connectionId: null, at: updatedAt })
      }
    },
  )
  for (const note of await organization.knowledge.list()) find(note.pinnedRepo, note.updatedAt)
  for (const review of await organization.prReviews.list()) find(review.repoPath, review.createdAt)
  for (const { kind, path, createdAt, connectionId } of await organization.gitPermissions.list()) {
    if (kind === 'repo_path') find(path, createdAt, connectionId)
  }
  for (const index of await organization.repositoryIndexes.list()) find(index.repositoryName, index.createdAt)
  for (const { repoName, createdAt } of await organization.blueprints.list()) find(repoName, createdAt)
}
