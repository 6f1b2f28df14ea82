import type { Principal } from '../auth/principal.ts'
import { type ClockState, formatInstant } from '../base/clock.ts'
import type { OrganizationState, RecordsState, ServerState } from '../organization/state.ts'
import { builtInScenarios } from '../simulation/scenarios.ts'
import type * as records from '../store/records.ts'
import type { SessionDocument, StateDocument } from './schema.ts'

/** What is written of keys and of the values of secrets. */
export interface Reveal {
  /** Whether they are written; without them a restored secret has its metadata alone. Default false. */
  readonly reveal?: boolean
}

/** The document of a state. */
export function encodeState(state: ServerState, { reveal = false }: Reveal = {}): StateDocument {
  const { clock, idsGiven, organizations, scenarios, renamed, keys } = state
  return {
    version: 1,
    clock: encodeClock(clock),
    ids_given: idsGiven,
    organizations: organizations.map((organization) => ({
      org_id: organization.orgId,
      name: organization.name,
      clock: encodeClock(organization.clock),
      ids_given: organization.idsGiven,
      ...(reveal && { keys: keysOf(organization, keys.registered) }),
      ...encodeRecords(organization.records, renamed, reveal),
    })),
    scenarios: scenarios.map(({ id, orgId, name, match, scenario }) => ({
      id,
      org_id: orgId,
      ...(name !== undefined && { name }),
      ...(match !== undefined && { match }),
      scenario,
    })),
    ...(reveal && { revoked_keys: [...keys.revoked] }),
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

function encodeRecords(kinds: RecordsState, renamed: ReadonlySet<string>, reveal: boolean) {
  return {
    secrets: kinds.secrets.map((secret) => {
      const { value, ...shown } = encoders.secrets(secret)
      return reveal ? { ...shown, value } : shown
    }),
    sessions: kinds.sessions.map((session) => encodeSession(session, renamed)),
    attachments: kinds.attachments.map(encoders.attachments),
    knowledge: kinds.knowledge.map(encoders.knowledge),
    folders: kinds.folders.map(encoders.folders),
    playbooks: kinds.playbooks.map(encoders.playbooks),
    audit_logs: kinds.auditLog.map(encoders.auditLog),
  }
}

/** How the document writes a record of each kind. */
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
  attachments: ({ id, name, contentType, bytes, createdAt }: records.AttachmentRecord) => ({
    id,
    name,
    content_type: contentType,
    base64: Buffer.from(bytes).toString('base64'),
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
