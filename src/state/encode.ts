import type { Principal } from '../auth/principal.ts'
import { type ClockState, formatInstant } from '../base/clock.ts'
import { encodeJson } from '../fastapi/json/encode.ts'
import { listTexts, wrap } from '../fastapi/long-answer.ts'
import type { OrganizationState, ServerState } from '../organization/state.ts'
import { builtInScenarios } from '../simulation/scenarios.ts'
import type * as records from '../store/records.ts'
import { maskTexts } from './mask-texts.ts'
import type { SessionDocument } from './schema.ts'

/** What is written of keys and of the values of secrets. */
export interface Reveal {
  /** Whether they are written; without them a restored secret has its metadata alone. Default false. */
  readonly reveal?: boolean
}

/**
 * The document of a state as JSON, text by text: a record at a time and a file in pieces, since with files of some hundred
 * megabytes it is longer than V8's longest text.
 */
export function* stateTexts(state: ServerState, { reveal = false }: Reveal = {}): Generator<string> {
  const { clock, idsGiven, organizations, scenarios, keys } = state
  yield openObject({ version: 1, clock: encodeClock(clock), ids_given: idsGiven }, true)
  yield ',"organizations":['
  for (const [index, organization] of organizations.entries()) {
    if (index > 0) yield ','
    yield* organizationTexts(organization, state, reveal)
  }
  yield ']'
  yield* member('scenarios', scenarios, encodeRule, reveal)
  if (reveal) yield* member('revoked_keys', keys.revoked, (key) => key, true)
  yield '}'
}

function* organizationTexts(
  organization: OrganizationState,
  { renamed, keys }: ServerState,
  reveal: boolean,
): Generator<string> {
  const { orgId, name, clock, idsGiven, records } = organization
  const list = <Item>(kind: string, items: Iterable<Item>, encode: (item: Item) => unknown) =>
    member(kind, items, encode, reveal)
  yield openObject({ org_id: orgId, name, clock: encodeClock(clock), ids_given: idsGiven }, reveal)
  if (reveal) yield* list('keys', keysOf(organization, keys.registered), (key) => key)
  yield* list('secrets', records.secrets, (secret) => {
    const { value, ...shown } = encoders.secrets(secret)
    return reveal ? { ...shown, value } : shown
  })
  yield* list('sessions', records.sessions, (session) => encodeSession(session, renamed))
  yield ',"attachments":['
  for (const [index, attachment] of records.attachments.entries()) {
    if (index > 0) yield ','
    yield* attachmentTexts(attachment, reveal)
  }
  yield ']'
  yield* list('knowledge', records.knowledge, encoders.knowledge)
  yield* list('folders', records.folders, encoders.folders)
  yield* list('playbooks', records.playbooks, encoders.playbooks)
  yield* list('audit_logs', records.auditLog, encoders.auditLog)
  yield '}'
}

/** The beginning of an object, to which members are added. Keys in its texts are masked without `reveal`. */
function openObject(value: Readonly<Record<string, unknown>>, reveal: boolean): string {
  return encodeJson(reveal ? value : maskTexts(value)).slice(0, -1)
}

/** A further member of an object: a list, item by item. Keys in its texts are masked without `reveal`. */
function* member<Item>(
  name: string,
  items: Iterable<Item>,
  encode: (item: Item) => unknown,
  reveal: boolean,
): Generator<string> {
  const show = reveal ? encode : (item: Item) => maskTexts(encode(item))
  yield* wrap(`,"${name}":[`, listTexts(items, show), ']')
}

/** How many bytes of a file one text has: a multiple of three, so that base64 has no padding within it. */
const FILE_PIECE = 49_152

function* attachmentTexts(
  { id, name, contentType, bytes, createdAt }: records.AttachmentRecord,
  reveal: boolean,
) {
  yield `${openObject({ id, name, content_type: contentType }, reveal)},"base64":"`
  for (let at = 0; at < bytes.length; at += FILE_PIECE) {
    yield Buffer.from(bytes.subarray(at, at + FILE_PIECE)).toString('base64')
  }
  yield `","created_at":${encodeJson(formatInstant(createdAt))}}`
}

function encodeRule({ id, orgId, name, match, scenario }: ServerState['scenarios'][number]) {
  return {
    id,
    org_id: orgId,
    ...(name !== undefined && { name }),
    ...(match !== undefined && { match }),
    scenario,
  }
}

function keysOf({ orgId }: OrganizationState, registered: ReadonlyMap<string, Principal>): unknown[] {
  return [...registered]
    .filter(([, principal]) => principal.orgId === orgId)
    .map(([key, { user }]) => (user === null ? key : { key, user }))
}

function encodeClock({ now, ...rest }: ClockState) {
  return { now: formatInstant(now), ...rest }
}

/** How the document writes a record of each kind, but for the bytes of a file. */
export const encoders = {
  secrets: ({ id, type, key, value, sensitive, note, createdAt }: records.SecretRecord) => ({
    id,
    type,
    key,
    value,
    sensitive,
    note,
    created_at: formatInstant(createdAt),
  }),
  sessions: (session: records.SessionRecord) => encodeSession(session),
  attachments: ({ id, name, contentType, createdAt }: records.AttachmentRecord) => ({
    id,
    name,
    content_type: contentType,
    created_at: formatInstant(createdAt),
  }),
  knowledge: (note: records.KnowledgeRecord) => ({
    id: note.id,
    name: note.name,
    body: note.body,
    trigger_description: note.triggerDescription,
    macro: note.macro,
    parent_folder_id: note.parentFolderId,
    pinned_repo: note.pinnedRepo,
    created_at: formatInstant(note.createdAt),
    created_by: note.createdBy,
  }),
  folders: ({ id, name, description, createdAt }: records.FolderRecord) => ({
    id,
    name,
    description,
    created_at: formatInstant(createdAt),
  }),
  playbooks: (playbook: records.PlaybookRecord) => ({
    id: playbook.id,
    title: playbook.title,
    body: playbook.body,
    macro: playbook.macro,
    status: playbook.status,
    created_at: formatInstant(playbook.createdAt),
    created_by: playbook.createdBy,
    updated_at: formatInstant(playbook.updatedAt),
    updated_by: playbook.updatedBy,
  }),
  auditLog: ({ id, action, createdAt, userId, subjectId }: records.AuditRecord) => ({
    id,
    action,
    created_at: formatInstant(createdAt),
    user_id: userId,
    subject_id: subjectId,
  }),
}

/** What is built in is written by its name, unless the name is among the `renamed`. */
function encodeSession(
  session: records.SessionRecord,
  renamed: ReadonlySet<string> = new Set(),
): SessionDocument {
  const builtIn = Object.entries(builtInScenarios).find(
    ([name, scenario]) => scenario === session.scenario && !renamed.has(name),
  )
  return {
    id: session.id,
    prompt: session.prompt,
    title: session.title,
    tags: [...session.tags],
    created_tags: [...session.createdTags],
    scenario: builtIn?.[0] ?? session.scenario,
    created_at: formatInstant(session.createdAt),
    created_by: session.createdBy,
    prompt_event_id: session.promptEventId,
    messages: session.messages.map(({ eventId, at, text, reads }) => ({
      event_id: eventId,
      at: formatInstant(at),
      text,
      reads,
    })),
    reads: session.reads.map(formatInstant),
    events: session.events.map(({ at, ...event }) => ({ at: formatInstant(at), ...event })),
    terminated_at: session.terminatedAt === null ? null : formatInstant(session.terminatedAt),
    samples: session.samples,
    structured_output_schema: session.structuredOutputSchema,
    snapshot_id: session.snapshotId,
    playbook_id: session.playbookId,
    unlisted: session.unlisted,
    max_acu_limit: session.maxAcuLimit === null ? null : integerOf(session.maxAcuLimit),
    knowledge_ids: session.knowledgeIds === null ? null : [...session.knowledgeIds],
    secret_ids: session.secretIds === null ? null : [...session.secretIds],
    session_secret_keys: [...session.sessionSecretKeys],
    answers_for_prompt: session.answersForPrompt,
  }
}

/** A number that JSON writes as an integer however large it is; a client may ask for a limit beyond all numbers. */
function integerOf(limit: number): number {
  return Number.isSafeInteger(limit)
    ? limit
    : (BigInt(Math.min(limit, Number.MAX_VALUE)) as unknown as number)
}
