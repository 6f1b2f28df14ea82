import { Type } from '@sinclair/typebox'
import { formatInstant } from '../base/clock.ts'
import type { StoredRecord } from '../store/types.ts'
import { decodeBase64 } from './attachments.ts'
import { createdAtOf, defineResource, MaybeText, RecordId, StrictObject, Text, Time } from './resource.ts'

/** A file that a blueprint refers to by an environment variable. */
export interface BlueprintFile {
  readonly id: string
  readonly name: string
  readonly bytes: Uint8Array
  /** Microseconds since the epoch. */
  readonly createdAt: number
}

/** The declared environment of sessions: that of the organization, or of one of its repositories. */
export interface BlueprintRecord extends StoredRecord {
  /** Null for the blueprint of the organization. */
  readonly repoName: string | null
  /** YAML. */
  readonly contents: string
  readonly files: readonly BlueprintFile[]
  /** Microseconds since the epoch. */
  readonly createdAt: number
  /** Microseconds since the epoch. */
  readonly updatedAt: number
}

/** Returns the environment variable that has the path of a file. */
export function envVarNameOf({ name }: Pick<BlueprintFile, 'name'>): string {
  return `FILE_${name.replaceAll(/[^A-Za-z0-9]+/g, '_').toUpperCase()}`
}

const FileDocument = StrictObject({
  id: RecordId,
  /** The name of the file. */
  name: Text,
  /** The contents, in base64. Default: empty. */
  base64: Type.Optional(Text),
  created_at: Time,
})

/** The blueprints, which declare the environments of sessions. */
export const blueprints = defineResource({
  name: 'blueprints',
  uniqueKey: ({ repoName }: BlueprintRecord) => (repoName === null ? 'org' : `repo ${repoName}`),
  uniqueMember: 'repo_name',
  document: StrictObject({
    id: RecordId,
    /** The repository that it is for; null for the whole organization. Default: null. */
    repo_name: MaybeText,
    /** The blueprint, YAML. Default: empty. */
    contents: Type.Optional(Text),
    /** The files that it refers to by environment variables. Default: none. */
    files: Type.Optional(Type.Array(FileDocument)),
    created_at: Time,
    updated_at: Time,
  }),
  encode: ({ id, repoName, contents, files, createdAt, updatedAt }: BlueprintRecord) => ({
    id,
    repo_name: repoName,
    contents,
    files: files.map((file) => ({
      id: file.id,
      name: file.name,
      base64: Buffer.from(file.bytes).toString('base64'),
      created_at: formatInstant(file.createdAt),
    })),
    created_at: formatInstant(createdAt),
    updated_at: formatInstant(updatedAt),
  }),
  decode: (blueprint, defaults, reader): BlueprintRecord => {
    const createdAt = createdAtOf(blueprint, defaults, reader)
    const names = new Map<string, string>()
    const ids = new Map<string, string>()
    return {
      id: blueprint.id ?? `blueprint-${defaults.ids.hex()}`,
      repoName: blueprint.repo_name ?? null,
      contents: blueprint.contents ?? '',
      files: reader.each('files', blueprint.files, (document) => {
        const file = {
          id: document.id ?? `file-${defaults.ids.hex()}`,
          name: document.name,
          bytes: decodeBase64(document.base64 ?? '', reader),
          createdAt: reader.instant(['created_at'], document.created_at, createdAt),
        }
        reader.requireUnique(ids, file.id, 'id')
        reader.requireUnique(names, envVarNameOf(file), 'name')
        return file
      }),
      createdAt,
      updatedAt: reader.instant(['updated_at'], blueprint.updated_at, createdAt),
    }
  },
})
