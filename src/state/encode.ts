import type { Principal } from '../auth/principal.ts'
import { formatInstant } from '../clock.ts'
import { builtInScenarios } from '../simulation/scenarios.ts'
import type * as records from '../store/records.ts'
import type { ClockDocument, OrganizationDocument, SessionDocument, StateDocument } from './schema.ts'
import type { ClockState, RecordsState, ServerState, UniverseState } from './types.ts'

/** What is written of keys and of the values of secrets. */
export interface Reveal {
  /** Whether they are written; without them a restored secret has its metadata alone. Default false. */
  readonly reveal?: boolean
}

/** The document of a state. */
export function encodeState(state: ServerState, { reveal = false }: Reveal = {}): StateDocument {
  const { clock, idsGiven, universes, scenarios, keys } = state
  return {
    version: 1,
    clock: encodeClock(clock),
    ids_given: idsGiven,
    organizations: universes.map((universe) => ({
      ...encodeUniverse(universe, { reveal }),
      ...(reveal && { keys: keysOf(universe.orgId, keys.registered) }),
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

function keysOf(orgId: string, registered: ReadonlyMap<string, Principal>): unknown[] {
  return [...registered]
    .filter(([, principal]) => principal.orgId === orgId)
    .map(([key, { user }]) => (user === null ? key : { key, user }))
}

function encodeUniverse(
  { orgId, name, clock, idsGiven, records }: UniverseState,
  reveal: Reveal,
): OrganizationDocument {
  return {
    org_id: orgId,
    name,
    clock: encodeClock(clock),
    ids_given: idsGiven,
    ...encodeRecords(records, reveal),
  }
}

function encodeClock({ now, ...rest }: ClockState): ClockDocument {
  return { now: formatInstant(now), ...rest }
}

/** The records of an organisation, as the document has them. */
export function encodeRecords(kinds: RecordsState, reveal: Reveal) {
  return {
    secrets: kinds.secrets.map((secret) => encodeSecret(secret, reveal)),
    sessions: kinds.sessions.map(encodeSession),
    attachments: kinds.attachments.map(({ id, name, contentType, bytes, createdAt }) => ({
      id,
      name,
      content_type: contentType,
      base64: Buffer.from(bytes).toString('base64'),
      created_at: formatInstant(createdAt),
    })),
    knowledge: kinds.knowledge.map((note) => ({
      id: note.id,
      name: note.name,
      body: note.body,
      trigger_description: note.triggerDescription,
      macro: note.macro,
      parent_folder_id: note.parentFolderId,
      pinned_repo: note.pinnedRepo,
      created_at: formatInstant(note.createdAt),
      created_by: note.createdBy,
    })),
    folders: kinds.folders.map(({ id, name, description, createdAt }) => ({
      id,
      name,
      description,
      created_at: formatInstant(createdAt),
    })),
    playbooks: kinds.playbooks.map(encodePlaybook),
    audit_logs: kinds.auditLog.map(({ id, action, createdAt, userId, subjectId }) => ({
      id,
      action,
      created_at: formatInstant(createdAt),
      user_id: userId,
      subject_id: subjectId,
    })),
  }
}

function encodeSecret(secret: records.SecretRecord, { reveal }: Reveal) {
  const { id, type, key, value, sensitive, note, createdAt } = secret
  return { id, type, key, ...(reveal && { value }), sensitive, note, created_at: formatInstant(createdAt) }
}

function encodePlaybook(playbook: records.PlaybookRecord) {
  return {
    id: playbook.id,
    title: playbook.title,
    body: playbook.body,
    macro: playbook.macro,
    status: playbook.status,
    created_at: formatInstant(playbook.createdAt),
    created_by: playbook.createdBy,
    updated_at: formatInstant(playbook.updatedAt),
    updated_by: playbook.updatedBy,
  }
}

function encodeSession(session: records.SessionRecord): SessionDocument {
  const builtIn = Object.entries(builtInScenarios).find(([, scenario]) => scenario === session.scenario)
  return {
    id: session.id,
    prompt: session.prompt,
    title: session.title,
    tags: [...session.tags],
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
    max_acu_limit: session.maxAcuLimit,
    knowledge_ids: copy(session.knowledgeIds),
    secret_ids: copy(session.secretIds),
    session_secret_keys: [...session.sessionSecretKeys],
    answers_for_prompt: session.answersForPrompt,
  }
}

function copy(ids: readonly string[] | null): string[] | null {
  return ids === null ? null : [...ids]
}
