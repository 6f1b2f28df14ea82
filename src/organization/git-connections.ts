import { BUILT_IN_CONNECTION, type GitConnectionRecord } from '../resources/git-connections.ts'
import { found, NotFound } from './errors.ts'
import type { Organizations } from './organizations.ts'

/**
 * Returns the connections of the enterprise to Git providers: the built-in one, and those of seeds and state documents. One of them
 * may have the id of the built-in one, and replaces it.
 */
export async function listGitConnections({ enterprise }: Organizations): Promise<GitConnectionRecord[]> {
  const known = await enterprise.gitConnections.list()
  return known.some(({ id }) => id === BUILT_IN_CONNECTION.id) ? known : [BUILT_IN_CONNECTION, ...known]
}

/** Returns a connection. Throws {@link NotFound}. */
export async function getGitConnection(
  organizations: Organizations,
  id: string,
): Promise<GitConnectionRecord> {
  const connections = await listGitConnections(organizations)
  const connection = connections.find((one) => one.id === id)
  return found(connection, 'git_connection')
}
