import { encodeJson } from '../fastapi/json/encode.ts'
import { nextTurn } from '../fastapi/turns.ts'
import { withoutApprovals } from '../simulation/approvals.ts'
import { checkEffect, checkRule } from '../simulation/check-rule.ts'
import { checkedSchema } from '../simulation/checked-schema.ts'
import { eventId } from '../simulation/event-ids.ts'
import { finiteNumber } from '../simulation/finite-number.ts'
import { type Effect, PLATFORMS, type Scenario } from '../simulation/scenario.ts'
import type { UnknownScenarioError } from '../simulation/scenario-rules.ts'
import { SESSION_ITEMS_MAX } from '../simulation/session-limits.ts'
import { type NotJsonError, toJson } from '../simulation/to-json.ts'
import type { DocumentReader } from './document-reader.ts'
import type { DecodeDefaults } from './resource.ts'
import { type SessionDocument, type SessionRecord, sessionId } from './session-document.ts'

/** Returns the sessions that the documents stand for. Yields to the event loop between large batches. */
export async function decodeSessions(
  documents: readonly SessionDocument[],
  defaults: DecodeDefaults,
  reader: DocumentReader,
): Promise<SessionRecord[]> {
  const decoder = new SessionsDecoder(documents, defaults, reader)
  for (const [index, document] of documents.entries()) {
    reader.path.push(index)
    await decoder.decode(document)
    reader.path.length--
  }
  return withChildren(decoder.records)
}

/** Adds the sessions that name another one as their parent to its children. */
function withChildren(records: SessionRecord[]): SessionRecord[] {
  const children = new Map<string, string[]>()
  for (const { id, parentId } of records) {
    if (parentId === null) continue
    const siblings = children.get(parentId)
    if (siblings === undefined) children.set(parentId, [id])
    else siblings.push(id)
  }
  if (children.size === 0) return records
  return records.map((record) => {
    const childIds = [...new Set([...record.childIds, ...(children.get(record.id) ?? [])])]
    return { ...record, childIds: childIds.slice(0, SESSION_ITEMS_MAX) }
  })
}

/** The age at which a session with a `status_enum` reaches it. A younger session reaches it now. */
const STATUS_AFTER_SECONDS = 60

/** The number of sessions created per turn of the event loop. */
const SESSIONS_PER_TURN = 1_000

class SessionsDecoder {
  readonly #defaults: DecodeDefaults
  readonly #reader: DocumentReader
  readonly records: SessionRecord[] = []
  readonly #ids = new Map<string, string>()
  readonly #answering = new Map<string, string>()
  /** The prompts of the sessions whose document sets `answers_for_prompt`. */
  readonly #claimed: ReadonlySet<string>
  /** Checked scenarios by their JSON. A check is slow, and sessions often share a scenario. */
  readonly #scenarios = new Map<string, Scenario>()

  constructor(documents: readonly SessionDocument[], defaults: DecodeDefaults, reader: DocumentReader) {
    this.#defaults = defaults
    this.#reader = reader
    this.#claimed = new Set(documents.filter((one) => one.answers_for_prompt).map(({ prompt }) => prompt))
  }

  /** Adds the sessions of one document to `records`. */
  async decode(document: SessionDocument): Promise<void> {
    const { count = 1, id, prompt, title = null, prompt_event_id: promptEventId } = document
    if (count > 1 && id !== undefined) {
      this.#reader.reject(['id'], 'cannot be combined with a count above 1')
    }
    const fields = this.#fieldsOf(document)
    const chosen = await this.#scenarioOf(document, fields.createdAt)
    if (chosen === undefined) return
    const scenario = fields.bypassApproval ? withoutApprovals(chosen) : chosen
    const structuredOutputSchema = await this.#schemaOf(document)
    const samples = await this.#samplesOf(
      document,
      structuredOutputSchema ?? scenario.structured_output_schema ?? null,
    )
    const shared = { ...fields, scenario, structuredOutputSchema, samples }
    const { ids } = this.#defaults
    const withId = (message: (typeof fields.messages)[number], index: number) => ({
      ...message,
      eventId: message.eventId ?? eventId({ at: message.at, sent: index + 1 }, ids.hex()),
    })
    for (let n = 1; n <= count; n++) {
      const numbered = (text: string) => (count === 1 ? text : text.replaceAll('{n}', String(n)))
      const session = {
        ...shared,
        id: id ?? `devin-${ids.hex()}`,
        prompt: numbered(prompt),
        promptEventId: promptEventId ?? eventId({ at: fields.createdAt, sent: 0 }, ids.hex()),
        title: title === null ? null : numbered(title),
        messages: fields.messages.map(withId),
      }
      const answersForPrompt = document.answers_for_prompt ?? this.#mayAnswer(session.prompt)
      this.#reader.requireUnique(this.#ids, session.id, 'id')
      if (answersForPrompt) this.#reader.requireUnique(this.#answering, session.prompt, 'prompt')
      this.records.push({ ...session, answersForPrompt })
      if (n % SESSIONS_PER_TURN === 0) await nextTurn()
    }
  }

  #mayAnswer(prompt: string): boolean {
    return !this.#claimed.has(prompt) && !this.#answering.has(prompt)
  }

  /** Returns the members that need no further checks and are shared by all sessions of the document. */
  #fieldsOf(document: SessionDocument) {
    const { ids, now } = this.#defaults
    const reader = this.#reader
    const { created_at, age_seconds: age } = document
    const instantOrNull = (member: 'terminated_at' | 'archived_at' | 'insights_requested_at') => {
      const text = document[member]
      return text == null ? null : reader.instant([member], text, 0)
    }
    if (created_at !== undefined && age !== undefined) {
      reader.reject(['age_seconds'], 'cannot be combined with created_at')
    }
    const createdAt = reader.instant(['created_at'], created_at, now - Math.round((age ?? 0) * 1_000_000))
    return {
      createdAt,
      createdBy: document.created_by ?? null,
      tags: document.tags ?? [],
      createdTags: document.created_tags ?? document.tags ?? [],
      messages: reader.each('messages', document.messages, ({ event_id, at, text, reads = 0, by }) => ({
        eventId: event_id,
        at: reader.instant(['at'], at, createdAt),
        text,
        reads,
        ...(by !== undefined && { by }),
      })),
      reads: reader.each('reads', document.reads, (at) => reader.instant([], at, createdAt)),
      // The member order of new events, so that a document read back is equal byte by byte.
      events: reader.each('events', document.events, ({ at, messages, effect, sleep, step }) => ({
        at: reader.instant(['at'], at, createdAt),
        ...(messages !== undefined && { messages }),
        effect: this.#checkedEffect(effect),
        ...(sleep && { sleep }),
        ...(step !== undefined && { step }),
      })),
      terminatedAt: instantOrNull('terminated_at'),
      archivedAt: instantOrNull('archived_at'),
      ...(document.tags_changed_at !== undefined && {
        tagsChangedAt: reader.instant(['tags_changed_at'], document.tags_changed_at, createdAt),
      }),
      insightsRequestedAt: instantOrNull('insights_requested_at'),
      ...optionsOf(document),
      commands: reader.each('commands', document.commands, ({ id, at, command }) => ({
        id: id ?? `command-${ids.hex()}`,
        at: reader.instant(['at'], at, createdAt),
        command,
      })),
    }
  }

  #checkedEffect(effect: Effect): Effect {
    const checked = checkEffect(effect, [...this.#reader.path, 'effect'])
    if ('effect' in checked) return checked.effect
    this.#reader.issues.push(...checked.issues)
    return {}
  }

  async #scenarioOf(document: SessionDocument, createdAt: number): Promise<Scenario | undefined> {
    const { prompt, title = null, tags = [], status_enum, scenario } = document
    if (status_enum !== undefined) {
      if (scenario !== undefined) this.#reader.reject(['status_enum'], 'cannot be combined with scenario')
      const age = Math.max(0, this.#defaults.now - createdAt) / 1_000_000
      const output = status_enum === 'finished' ? { structured_output: { $sample: 'full' } } : {}
      return { steps: [{ after_seconds: Math.min(age, STATUS_AFTER_SECONDS), status_enum, ...output }] }
    }
    if (scenario !== undefined) return this.#checkedScenario(scenario)
    const { orgId, scenarios } = this.#defaults
    try {
      return await scenarios.choose({ prompt, title, tags }, orgId)
    } catch (error) {
      // The only error: the prompt names an unknown scenario.
      return void this.#reader.reject(['prompt'], (error as UnknownScenarioError).message)
    }
  }

  async #checkedScenario(input: unknown): Promise<Scenario | undefined> {
    const { orgId, scenarios } = this.#defaults
    const text = jsonOf(input)
    const known = text === undefined ? undefined : this.#scenarios.get(text)
    if (known !== undefined) return known
    const checked = await checkRule({ scenario: input }, this.#reader.path, scenarios.knownNames(orgId))
    if ('issues' in checked) return void this.#reader.issues.push(...checked.issues)
    const { scenario } = checked.rule
    const resolved = typeof scenario === 'string' ? scenarios.named(scenario, orgId) : scenario
    if (text !== undefined) this.#scenarios.set(text, resolved)
    return resolved
  }

  async #schemaOf({ structured_output_schema: schema }: SessionDocument) {
    return checkedSchema(schema, (reason) => {
      this.#reader.reject(['structured_output_schema'], reason)
      return null
    })
  }

  /** Returns the samples of the document. Default: samples generated from the schema. */
  async #samplesOf(
    { samples, id = '' }: SessionDocument,
    schema: Record<string, unknown> | null,
  ): Promise<SessionRecord['samples']> {
    if (samples !== undefined && samples !== null) {
      const plain = (member: 'full' | 'partial') => this.#plain(samples[member], ['samples', member])
      return { full: plain('full'), partial: plain('partial') }
    }
    if (samples === null || schema === null) return null
    const { sampleOutputs } = await import('../simulation/structured-output.ts')
    return sampleOutputs(schema, Number.parseInt(id.slice(-8), 16) || 0)
  }

  #plain(value: unknown, at: readonly string[]): unknown {
    try {
      return toJson(value)
    } catch (error) {
      return void this.#reader.reject(at, (error as NotJsonError).message)
    }
  }
}

/** Returns what a session was created with, except when and by whom, and how it goes on. */
function optionsOf(document: SessionDocument) {
  return {
    structuredOutputRequired: document.structured_output_required ?? false,
    bypassApproval: document.bypass_approval ?? false,
    sessionLinks: document.session_links ?? [],
    childPlaybookId: document.child_playbook_id ?? null,
    platform: document.platform ?? PLATFORMS[0],
    devinMode: document.devin_mode ?? 'normal',
    origin: document.origin ?? 'api',
    parentId: document.parent_session_id == null ? null : sessionId(document.parent_session_id),
    childIds: document.child_session_ids?.map(sessionId) ?? [],
    attachmentUrls: document.attachment_urls ?? [],
    automationId: document.automation_id ?? null,
    scheduleId: document.schedule_id ?? null,
    repos: document.repos ?? [],
    resumable: document.resumable ?? true,
    snapshotId: document.snapshot_id ?? null,
    playbookId: document.playbook_id ?? null,
    unlisted: document.unlisted ?? false,
    maxAcuLimit: document.max_acu_limit == null ? null : finiteNumber(document.max_acu_limit),
    knowledgeIds: document.knowledge_ids ?? null,
    secretIds: document.secret_ids ?? null,
    sessionSecretKeys: document.session_secret_keys ?? [],
  }
}

/** Returns the JSON as a cache key; undefined if the value cannot be encoded, which the check rejects later. */
function jsonOf(input: unknown): string | undefined {
  try {
    return encodeJson(input)
  } catch {
    return undefined
  }
}
