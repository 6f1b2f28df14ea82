import { unixSeconds } from '../../base/clock.ts'
import { type BlueprintFile, type BlueprintRecord, envVarNameOf } from '../../resources/blueprints.ts'
import type { BlueprintFile as BlueprintFileResponse, Blueprint as BlueprintResponse } from './contract.ts'

/** Returns the wire form of a blueprint. */
export function blueprintResponse({
  id,
  repoName,
  createdAt,
  updatedAt,
}: BlueprintRecord): BlueprintResponse {
  return {
    blueprint_id: id,
    type: repoName === null ? 'org' : 'repo',
    repo_name: repoName,
    created_at: unixSeconds(createdAt),
    updated_at: unixSeconds(updatedAt),
  }
}

/** Returns the wire form of a file of a blueprint. */
export function blueprintFileResponse(
  { id: blueprintId }: BlueprintRecord,
  file: BlueprintFile,
): BlueprintFileResponse {
  return {
    file_id: file.id,
    blueprint_id: blueprintId,
    name: file.name,
    env_var_name: envVarNameOf(file),
    size_bytes: file.bytes.length,
    created_at: unixSeconds(file.createdAt),
    updated_at: unixSeconds(file.createdAt),
  }
}
