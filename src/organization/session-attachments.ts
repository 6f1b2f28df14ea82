import type { AttachmentRecord } from '../resources/attachments.ts'
import type { SessionRecord } from '../resources/sessions.ts'
import { attachmentUrls } from '../simulation/attachment-lines.ts'
import type { DevinFile } from '../simulation/session.ts'
import { UniqueKeyError } from '../store/types.ts'
import { type Organization, sessionNow } from './organizations.ts'

/** A file of a session. */
export interface SessionFile {
  readonly source: 'user' | 'devin'
  /** The URL by which the user named it; null for a file of Devin. */
  readonly url: string | null
  /** The file in the organization; null if it is somewhere else. */
  readonly attachment: AttachmentRecord | null
}

/**
 * Returns the files of a session, each once: those that users named, in lines of the prompt and of messages or beside them, and those
 * that Devin has attached.
 */
export async function sessionFiles(
  organization: Organization,
  session: SessionRecord,
): Promise<SessionFile[]> {
  const { files } = sessionNow(organization, session)
  const found = new Map<string, SessionFile>(await namedFiles(organization, session))
  for (const file of files) {
    const attachment = await storeFile(organization, file)
    found.set(attachment.id, { source: 'devin', url: null, attachment })
  }
  return [...found.values()]
}

/** A file that a user named. */
export interface NamedFile extends SessionFile {
  readonly source: 'user'
  readonly url: string
}

/** Returns the files that users named, each once, by the ids of those in the organization and by the URLs of others. */
export async function namedFiles(
  organization: Organization,
  session: SessionRecord,
): Promise<Map<string, NamedFile>> {
  const texts = [session.prompt, ...session.messages.map(({ text }) => text)]
  const found = new Map<string, NamedFile>()
  for (const url of [...session.attachmentUrls, ...texts.flatMap(attachmentUrls)]) {
    const attachment = await findByUrl(organization, url)
    found.set(attachment?.id ?? url, { source: 'user', url, attachment })
  }
  return found
}

/** Returns the uploaded file that a URL leads to; null if there is none. */
async function findByUrl({ attachments }: Organization, url: string): Promise<AttachmentRecord | null> {
  const [, id, name] = /\/attachments\/([\w-]+)\/([^/?#]+)$/.exec(url) ?? []
  const attachment = id === undefined ? undefined : await attachments.get(id)
  return attachment !== undefined && encodeURIComponent(attachment.name) === name ? attachment : null
}

/** Stores a file of Devin, which can be downloaded from then on, unless it is stored already. */
async function storeFile(
  { attachments }: Organization,
  { id, name, contentType, content, at }: DevinFile,
): Promise<AttachmentRecord> {
  const known = await attachments.get(id)
  if (known !== undefined) return known
  const attachment = { id, name, contentType, bytes: Buffer.from(content), createdAt: at }
  try {
    await attachments.insert(attachment)
  } catch (error) {
    // A concurrent request has stored it.
    if (!(error instanceof UniqueKeyError)) throw error
  }
  return attachment
}
