import type { AttachmentRecord } from '../resources/attachments.ts'
import { storagePath } from './attachments.ts'
import { getBlueprint } from './blueprints.ts'
import { buildLog, getBuild } from './builds.ts'
import { found, InvalidSignature, NotFound } from './errors.ts'
import type { Organization, Organizations } from './organizations.ts'

/** A file that can be downloaded without a key. */
export type StoredFile = Pick<AttachmentRecord, 'name' | 'contentType' | 'bytes'>

/** A presigned path and the time until which it is valid, in microseconds since the epoch. */
export interface PresignedDownload {
  readonly path: string
  readonly expiresAt: number
}

/** The lifetime of the presigned paths of blueprints and logs, in microseconds: 10 minutes. */
const LIFETIME_MICROS = 600_000_000

/** Returns the presigned path of the contents of a blueprint. Throws {@link NotFound}. */
export async function presignBlueprint(organization: Organization, id: string): Promise<PresignedDownload> {
  await getBlueprint(organization, id)
  return presign(organization, { id, name: BLUEPRINT })
}

/** Returns the presigned path of the log of a build. Throws {@link NotFound}. */
export async function presignBuildLog(organization: Organization, id: string): Promise<PresignedDownload> {
  await getBuild(organization, id)
  return presign(organization, { id, name: BUILD_LOG })
}

/** The names of the files. */
const BLUEPRINT = 'blueprint.yaml'
const BUILD_LOG = 'build.log'

function presign(
  { signer, orgId, clock }: Organization,
  file: Pick<AttachmentRecord, 'id' | 'name'>,
): PresignedDownload {
  const now = clock.now()
  return {
    path: signer.sign(storagePath(orgId, file), now, LIFETIME_MICROS),
    expiresAt: now + LIFETIME_MICROS,
  }
}

/** The parts of a presigned path. */
export interface PresignedPath extends Pick<AttachmentRecord, 'id' | 'name'> {
  readonly orgId: string
  /** Microseconds since the epoch. */
  readonly expires: number
  readonly signature: string
}

/** Returns the file of a presigned path. Throws {@link InvalidSignature}, or {@link NotFound} if the file no longer exists. */
export async function presignedFile(
  organizations: Organizations,
  { orgId, id, name, expires, signature }: PresignedPath,
): Promise<StoredFile> {
  // Checked first, so that a forged URL reveals nothing about stored files.
  if (!organizations.signer.verify(storagePath(orgId, { id, name }), expires, signature)) {
    throw new InvalidSignature()
  }
  const organization = organizations.find(orgId)
  if ((organization ?? organizations).clock.now() > expires) throw new InvalidSignature()
  return found(organization && (await fileWith(organization, id)), 'attachment')
}

/** Returns the file with the id of an attachment, a blueprint or a build. */
async function fileWith(organization: Organization, id: string): Promise<StoredFile | undefined> {
  const attachment = await organization.attachments.get(id)
  if (attachment !== undefined) return attachment
  const blueprint = await organization.blueprints.get(id)
  if (blueprint !== undefined) return textFile(BLUEPRINT, 'application/yaml', blueprint.contents)
  const build = await organization.builds.get(id)
  return build && textFile(BUILD_LOG, 'text/plain', buildLog(organization, build))
}

function textFile(name: string, type: string, text: string): StoredFile {
  return { name, contentType: `${type}; charset=utf-8`, bytes: Buffer.from(text) }
}
