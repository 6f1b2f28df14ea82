import { isDeepStrictEqual } from 'node:util'
import { formatInstant, formatInstantOrNull } from '../base/clock.ts'
import type { Scenario } from '../simulation/scenario.ts'
import { builtInScenarios } from '../simulation/scenarios.ts'
import type { CollectionDefinition } from '../store/types.ts'
import type { Resource } from './resource.ts'
import { decodeSessions } from './session-decoder.ts'
import { SessionDocument, type SessionRecord } from './session-document.ts'

export type { SessionRecord } from './session-document.ts'

// One document may stand for many sessions, and a scenario takes time to check, so sessions are decoded as a list.
/** The sessions. */
export const sessions = {
  name: 'sessions',
  uniqueKey: (session) => (session.answersForPrompt ? session.prompt : undefined),
  document: SessionDocument,
  secretMembers: [],
  encode: encodeSession,
  decodeAll: decodeSessions,
} as const satisfies CollectionDefinition<SessionRecord> & Resource<SessionRecord, typeof SessionDocument>

function encodeSession(session: SessionRecord, overridden: ReadonlySet<string> = new Set()) {
  return {
    id: session.id,
    prompt: session.prompt,
    title: session.title,
    tags: session.tags,
    created_tags: session.createdTags,
    scenario: builtInName(session.scenario, overridden) ?? session.scenario,
    created_at: formatInstant(session.createdAt),
    created_by: session.createdBy,
    prompt_event_id: session.promptEventId,
    messages: session.messages.map(({ eventId, at, text, reads, by }) => ({
      event_id: eventId,
      at: formatInstant(at),
      text,
      reads,
      ...(by !== undefined && { by }),
    })),
    reads: session.reads.map(formatInstant),
    events: session.events.map(({ at, ...event }) => ({ at: formatInstant(at), ...event })),
    terminated_at: formatInstantOrNull(session.terminatedAt),
    samples: session.samples,
    structured_output_schema: session.structuredOutputSchema,
    structured_output_required: session.structuredOutputRequired,
    bypass_approval: session.bypassApproval,
    session_links: session.sessionLinks,
    child_playbook_id: session.childPlaybookId,
    platform: session.platform,
    snapshot_id: session.snapshotId,
    playbook_id: session.playbookId,
    unlisted: session.unlisted,
    max_acu_limit: session.maxAcuLimit === null ? null : asInteger(session.maxAcuLimit),
    knowledge_ids: session.knowledgeIds,
    secret_ids: session.secretIds,
    session_secret_keys: session.sessionSecretKeys,
    devin_mode: session.devinMode,
    origin: session.origin,
    parent_session_id: session.parentId,
    child_session_ids: session.childIds,
    attachment_urls: session.attachmentUrls,
    automation_id: session.automationId,
    schedule_id: session.scheduleId,
    repos: session.repos,
    resumable: session.resumable,
    commands: session.commands.map(({ id, at, command }) => ({ id, at: formatInstant(at), command })),
    archived_at: formatInstantOrNull(session.archivedAt),
    ...(session.tagsChangedAt !== undefined && { tags_changed_at: formatInstant(session.tagsChangedAt) }),
    insights_requested_at: formatInstantOrNull(session.insightsRequestedAt),
    answers_for_prompt: session.answersForPrompt,
  }
}

/** Returns the name of an equal built-in scenario, unless another scenario overrides that name. */
function builtInName(scenario: Scenario, overridden: ReadonlySet<string>): string | undefined {
  for (const [name, builtIn] of Object.entries(builtInScenarios)) {
    if (overridden.has(name) || builtIn.steps.length !== scenario.steps.length) continue
    if (builtIn === scenario || isDeepStrictEqual(builtIn, scenario)) return name
  }
  return undefined
}

/** Returns a value that JSON writes as an integer. */
function asInteger(limit: number): number | bigint {
  return Number.isSafeInteger(limit) ? limit : BigInt(limit)
}
