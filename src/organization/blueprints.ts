import type { Principal } from '../auth/principal.ts'
import { copyString } from '../base/copy-string.ts'
import { type BlueprintFile, type BlueprintRecord, envVarNameOf } from '../resources/blueprints.ts'
import { UniqueKeyError } from '../store/types.ts'
import { found, Impossible, InUse, NotFound, type NotPermitted, requirePermission } from './errors.ts'
import type { Organization } from './organizations.ts'

/** The fields of a new blueprint. */
export interface NewBlueprint {
  /** Null for the blueprint of the organization. */
  readonly repoName: string | null
  /** YAML. */
  readonly contents: string
}

/** The maximum number of files of a blueprint, and of bytes in them. The vendor publishes none. State documents have them as one text. */
export const BLUEPRINT_FILES_MAX = 100
export const BLUEPRINT_BYTES_MAX = 64 * 2 ** 20

/** The maximum length of the name of a file. */
const NAME_LENGTH_MAX = 255

/**
 * Creates a blueprint. Throws {@link NotPermitted} for the blueprint of the organization without the permission for it, and
 * {@link InUse} if there is one for the same repository.
 */
export async function createBlueprint(
  { blueprints, ids, clock, auditLog }: Organization,
  principal: Principal,
  { repoName, contents }: NewBlueprint,
): Promise<BlueprintRecord> {
  if (repoName === null) requirePermission(principal, 'ManageOrgSnapshots')
  const createdAt = clock.now()
  const blueprint: BlueprintRecord = {
    id: `blueprint-${ids.hex()}`,
    repoName: repoName?.toWellFormed() ?? null,
    contents: contents.toWellFormed(),
    files: [],
    createdAt,
    updatedAt: createdAt,
  }
  try {
    await blueprints.insert(blueprint)
  } catch (error) {
    if (!(error instanceof UniqueKeyError)) throw error
    throw new InUse(`A blueprint for the ${repoName === null ? 'organization' : 'repository'} exists already`)
  }
  auditLog.write(principal, 'create_blueprint', blueprint.id)
  return blueprint
}

/** Returns a blueprint. Throws {@link NotFound}. */
export async function getBlueprint({ blueprints }: Organization, id: string): Promise<BlueprintRecord> {
  return found(await blueprints.get(id), 'blueprint')
}

/** Deletes a blueprint with its files. Throws {@link NotFound}. */
export async function deleteBlueprint(
  { blueprints, auditLog }: Organization,
  principal: Principal,
  id: string,
): Promise<void> {
  const deleted = found(await blueprints.delete(id), 'blueprint')
  auditLog.write(principal, 'delete_blueprint', deleted.id)
}

/**
 * Adds a file to a blueprint. Throws {@link NotFound} for an unknown blueprint, {@link InUse} if a file has the same environment
 * variable, and {@link Impossible} for a name that makes none and for too many files.
 */
export async function addBlueprintFile(
  { blueprints, ids, clock, auditLog }: Organization,
  principal: Principal,
  blueprintId: string,
  { name: given, bytes }: Pick<BlueprintFile, 'name' | 'bytes'>,
): Promise<{ blueprint: BlueprintRecord; file: BlueprintFile }> {
  const name = copyString(given)
  if (name.length > NAME_LENGTH_MAX || !/[A-Za-z0-9]/.test(name)) {
    throw new Impossible(`name must have a letter or digit, and at most ${NAME_LENGTH_MAX} characters`)
  }
  const file: BlueprintFile = { id: `file-${ids.hex()}`, name, bytes, createdAt: clock.now() }
  const updated = await blueprints.update(blueprintId, ({ files, ...rest }) => {
    const isTaken = files.some((other) => envVarNameOf(other) === envVarNameOf(file))
    if (isTaken) throw new InUse(`Another file has the environment variable ${envVarNameOf(file)}`)
    if (files.length >= BLUEPRINT_FILES_MAX) {
      throw new Impossible(`A blueprint can have at most ${BLUEPRINT_FILES_MAX} files`)
    }
    const size = files.reduce((sum, other) => sum + other.bytes.length, file.bytes.length)
    if (size > BLUEPRINT_BYTES_MAX) {
      throw new Impossible(`The files of a blueprint can have at most ${BLUEPRINT_BYTES_MAX} bytes`)
    }
    return { ...rest, files: [...files, file], updatedAt: file.createdAt }
  })
  const blueprint = found(updated, 'blueprint')
  auditLog.write(principal, 'upload_blueprint_file', file.id)
  return { blueprint, file }
}

/** Deletes a file of a blueprint. Throws {@link NotFound} for an unknown blueprint or file. */
export async function deleteBlueprintFile(
  { blueprints, clock, auditLog }: Organization,
  principal: Principal,
  blueprintId: string,
  fileId: string,
): Promise<void> {
  let deleted = ''
  const updated = await blueprints.update(blueprintId, (before) => {
    const file = before.files.find(({ id }) => id === fileId)
    if (file === undefined) throw new NotFound('blueprint_file')
    deleted = file.id
    return { ...before, files: before.files.filter((one) => one !== file), updatedAt: clock.now() }
  })
  found(updated, 'blueprint')
  auditLog.write(principal, 'delete_blueprint_file', deleted)
}
