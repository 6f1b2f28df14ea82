import { formatInstant, formatInstantOrNull } from '../../base/clock.ts'
import { objectTexts } from '../../fastapi/long-answer.ts'
import { type Organization, sessionNow } from '../../organization/organizations.ts'
import { type NamedFile, namedFiles } from '../../organization/session-attachments.ts'
import type { SessionRecord } from '../../resources/sessions.ts'
import type {
  ControlSessionFile,
  ControlSessionSummary,
  ConversationMessage,
  SessionDetail,
  TimelineItem,
} from '../../schemas/control/sessions.ts'
import { sessionResponse as v1Response } from '../../schemas/v1/session-views.ts'
import { sessionResponse as v3Response } from '../../schemas/v3/sessions.ts'
import { nextStepAt, type OutlineItem, outlineAt } from '../../simulation/outline.ts'
import type { Scenario } from '../../simulation/scenario.ts'
import type { DevinFile, SessionMessage, SessionState } from '../../simulation/session.ts'

// The sessions as the control plane shows them. Loaded by the first call that shows one. Nothing here counts as a read of a session.

/** A session, and the organization that it belongs to. */
export interface ListedSession {
  readonly organization: Organization
  readonly session: SessionRecord
}

/** The maximum length of a prompt in a list, in characters. */
const PROMPT_MAX = 300

/** The maximum number of items of a timeline. */
const TIMELINE_MAX = 500

/** Returns a function that shows the sessions of a list. */
export function summaries(): (listed: ListedSession) => ControlSessionSummary {
  const names = new Map<string, ReadonlyMap<Scenario, string>>()
  return (listed) => {
    const { orgId, scenarios } = listed.organization
    const known = names.get(orgId) ?? scenarios.namesOf(orgId)
    names.set(orgId, known)
    const { session, organization } = listed
    return {
      ...summaryOf(listed, sessionNow(organization, session), known),
      prompt: beginning(session.prompt),
    }
  }
}

function summaryOf(
  { organization, session }: ListedSession,
  state: SessionState,
  names: ReadonlyMap<Scenario, string>,
): ControlSessionSummary {
  const { orgId, clock } = organization
  const next =
    state.endedAt === null ? nextStepAt(session, { now: clock.now(), instant: clock.instant }) : undefined
  return {
    session_id: session.id,
    org_id: orgId,
    title: state.title,
    prompt: session.prompt,
    tags: [...session.tags],
    status: state.status,
    status_enum: state.statusEnum,
    v3_status: state.phase.status,
    v3_status_detail: state.phase.detail,
    created_at: formatInstant(session.createdAt),
    updated_at: formatInstant(state.changedAt),
    acus: state.acus,
    max_acu_limit: session.maxAcuLimit,
    pull_requests: state.pullRequests.map(({ url, state: own }) => ({ url, state: own })),
    messages: state.messages.length,
    origin: session.origin,
    archived: session.archivedAt !== null,
    scenario: names.get(session.scenario) ?? null,
    has_ended: state.endedAt !== null,
    next_step_at: next === undefined || next.missingReads > 0 ? null : formatInstant(next.at),
  }
}

/** Returns the beginning of a text, without half of a character at its end. */
function beginning(text: string): string {
  const cut = text.slice(0, PROMPT_MAX)
  return cut.isWellFormed() ? cut : cut.slice(0, -1)
}

/** Returns everything that is known about a session. */
export async function detailOf(listed: ListedSession): Promise<SessionDetail> {
  const { organization, session } = listed
  const { orgId, clock, scenarios } = organization
  const named = await namedFiles(organization, session)
  const moment = { now: clock.now(), instant: clock.instant }
  const state = sessionNow(organization, session)
  const { items, isCut } = outlineAt(session, moment, TIMELINE_MAX)
  return {
    ...summaryOf(listed, state, scenarios.namesOf(orgId)),
    timeline: items.map(timelineItem),
    timeline_cut: isCut,
    conversation: state.messages.map((message) => conversationMessage(session, message)),
    structured_output: state.structuredOutput,
    structured_output_schema: session.structuredOutputSchema,
    files: [...[...named.values()].map(namedFile), ...state.files.map(devinFile)],
    v1: v1Response(session, state),
    v3: { ...v3Response(session, state, organization) },
  }
}

/** Yields a session with everything that is known about it as JSON. */
export function* detailTexts({ v1, ...detail }: SessionDetail): Generator<string> {
  // `objectTexts` yields the closing brace last. It is held back, because `v1`, whose lists are yielded in parts, precedes it.
  let held = ''
  for (const text of objectTexts(detail)) {
    yield held
    held = text
  }
  yield ',"v1":'
  yield* objectTexts(v1)
  yield held
}

function timelineItem({ kind, at, isPast, waitsForReads, effect, text }: OutlineItem): TimelineItem {
  return { at: formatInstantOrNull(at), kind, is_past: isPast, waits_for_reads: waitsForReads, effect, text }
}

function conversationMessage(
  { createdBy }: SessionRecord,
  { type, eventId, at, text, by }: SessionMessage,
): ConversationMessage {
  const isDevin = type === 'devin_message'
  const sender = isDevin ? null : (by ?? createdBy)
  return {
    from: isDevin ? 'devin' : 'user',
    by: sender === null ? null : (sender.email ?? sender.name),
    at: formatInstant(at),
    text,
    event_id: eventId,
  }
}

function namedFile({ url, attachment }: NamedFile): ControlSessionFile {
  return {
    name: attachment?.name ?? url,
    content_type: attachment?.contentType ?? null,
    source: 'user',
    attachment_id: attachment?.id ?? null,
    url,
  }
}

function devinFile({ id, name, contentType }: DevinFile): ControlSessionFile {
  return { name, content_type: contentType, source: 'devin', attachment_id: id }
}
