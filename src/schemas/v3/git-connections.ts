import { unixSeconds } from '../../base/clock.ts'
import type { GitConnectionRecord, Repository } from '../../resources/git-connections.ts'
import type { GitConnectionRepositoryResponse, GitConnectionResponse } from './contract.ts'

/** Returns the wire form of a connection. */
export function gitConnectionResponse({
  id,
  providerType,
  name,
  host,
  createdAt,
}: GitConnectionRecord): GitConnectionResponse {
  return {
    git_connection_id: id,
    git_provider_type: providerType,
    name,
    host,
    created_at: unixSeconds(createdAt),
  }
}

/** Returns the wire form of a repository. Its path begins with the host. */
export function gitRepositoryResponse({
  connection,
  providerId,
  name,
  description,
  language,
  updatedAt,
}: Repository): GitConnectionRepositoryResponse & { last_updated_at: number } {
  return {
    provider_repository_id: providerId,
    git_connection_id: connection.id,
    git_connection_host: connection.host,
    repo_name: name,
    repo_path: `${connection.host}/${name}`,
    repo_description: description,
    last_updated_at: unixSeconds(updatedAt),
    repo_language: language,
  }
}
