import type { Ids } from '../base/ids.ts'
import { encodeJson } from '../fastapi/json/encode.ts'
import { nextTurn } from '../fastapi/turns.ts'
import { checkEffect, checkRule } from '../simulation/check-rule.ts'
import type { Effect, Scenario } from '../simulation/scenario.ts'
import type { ScenarioRules, UnknownScenarioError } from '../simulation/scenario-rules.ts'
import type { SchemaError } from '../simulation/structured-output.ts'
import { type NotJsonError, toJson } from '../simulation/to-json.ts'
import type { SessionRecord } from '../store/records.ts'
import type { DocumentReader } from './document-reader.ts'
import type { SessionDocument } from './schema.ts'

/** What is needed to fill in what a document leaves open. */
export interface DecodeDefaults {
  readonly orgId: string
  readonly ids: Ids
  /** Microseconds since the epoch. */
  readonly now: number
  readonly scenarios: ScenarioRules
}

/** The sessions that the entries of a document stand for. */
export async function decodeSessions(
  documents: readonly SessionDocument[],
  filling: DecodeDefaults,
  reading: DocumentReader,
): Promise<SessionRecord[]> {
  const decoder = new SessionsDecoder(documents, filling, reading)
  for (const [index, document] of documents.entries()) {
    reading.path.push('sessions', index)
    await decoder.decode(document)
    reading.path.length -= 2
  }
  return decoder.records
}

/** A session that is to stand somewhere got there this long after its creation, or now where it is younger. */
const STANDS_AFTER_SECONDS = 60

/** How many sessions are made before others have their turn of the event loop. */
const SESSIONS_PER_TURN = 1_000

class SessionsDecoder {
  readonly #filling: DecodeDefaults
  readonly #reading: DocumentReader
  readonly records: SessionRecord[] = []
  readonly #ids = new Map<string, string>()
  readonly #answering = new Map<string, string>()
  /** The prompts for which a session answers because the document says so. */
  readonly #claimed: ReadonlySet<string>
  /** By their JSON: to check a scenario can take some time, and the sessions of a rule share theirs. */
  readonly #scenarios = new Map<string, Scenario>()

  constructor(documents: readonly SessionDocument[], filling: DecodeDefaults, reading: DocumentReader) {
    this.#filling = filling
    this.#reading = reading
    this.#claimed = new Set(documents.filter((one) => one.answers_for_prompt).map(({ prompt }) => prompt))
  }

  /** Adds the sessions of an entry to the records. */
  async decode(document: SessionDocument): Promise<void> {
    const { count = 1, id, prompt, title = null, prompt_event_id: eventId } = document
    if (count > 1 && id !== undefined) {
      this.#reading.reject(['id'], 'an id is for one session, and count makes more')
    }
    const fields = this.#fieldsOf(document)
    const scenario = await this.#scenarioOf(document, fields.createdAt)
    if (scenario === undefined) return
    const structuredOutputSchema = await this.#schemaOf(document)
    const samples = await this.#samplesOf(
      document,
      structuredOutputSchema ?? scenario.structured_output_schema ?? null,
    )
    const shared = { ...fields, scenario, structuredOutputSchema, samples }
    const { ids } = this.#filling
    for (let n = 1; n <= count; n++) {
      const numbered = (text: string) => (count === 1 ? text : text.replaceAll('{n}', String(n)))
      const session = {
        ...shared,
        id: id ?? `devin-${ids.hex()}`,
        prompt: numbered(prompt),
        promptEventId: eventId ?? `event-${ids.hex()}`,
        title: title === null ? null : numbered(title),
      }
      const answersForPrompt = document.answers_for_prompt ?? this.#mayAnswer(session.prompt)
      this.#reading.requireUnique(this.#ids, session.id, 'id')
      if (answersForPrompt) this.#reading.requireUnique(this.#answering, session.prompt, 'prompt')
      this.records.push({ ...session, answersForPrompt })
      if (n % SESSIONS_PER_TURN === 0) await nextTurn()
    }
  }

  #mayAnswer(prompt: string): boolean {
    return !this.#claimed.has(prompt) && !this.#answering.has(prompt)
  }

  /** What a document says without further checks, and the same of all sessions that it makes. */
  #fieldsOf(document: SessionDocument) {
    const { ids, now } = this.#filling
    const reading = this.#reading
    const { created_at, age_seconds: age, terminated_at } = document
    if (created_at !== undefined && age !== undefined) {
      reading.reject(['age_seconds'], 'created_at says it already')
    }
    const createdAt = reading.instant(['created_at'], created_at, now - Math.round((age ?? 0) * 1_000_000))
    return {
      createdAt,
      createdBy: document.created_by ?? null,
      tags: document.tags ?? [],
      createdTags: document.created_tags ?? document.tags ?? [],
      messages: reading.each('messages', document.messages, ({ event_id, at, text, reads = 0 }) => ({
        eventId: event_id ?? `event-${ids.hex()}`,
        at: reading.instant(['at'], at, createdAt),
        text,
        reads,
      })),
      reads: reading.each('reads', document.reads, (at) => reading.instant([], at, createdAt)),
      // In the order of a new one, so that what is read again is equal to the byte.
      events: reading.each('events', document.events, ({ at, messages, effect }) => ({
        at: reading.instant(['at'], at, createdAt),
        ...(messages !== undefined && { messages }),
        effect: this.#checkedEffect(effect),
      })),
      terminatedAt: terminated_at == null ? null : reading.instant(['terminated_at'], terminated_at, 0),
      snapshotId: document.snapshot_id ?? null,
      playbookId: document.playbook_id ?? null,
      unlisted: document.unlisted ?? false,
      maxAcuLimit: document.max_acu_limit == null ? null : acuLimitOf(document.max_acu_limit),
      knowledgeIds: document.knowledge_ids ?? null,
      secretIds: document.secret_ids ?? null,
      sessionSecretKeys: document.session_secret_keys ?? [],
    }
  }

  #checkedEffect(effect: Effect): Effect {
    const checked = checkEffect(effect, [...this.#reading.path, 'effect'])
    if ('effect' in checked) return checked.effect
    this.#reading.issues.push(...checked.issues)
    return {}
  }

  async #scenarioOf(document: SessionDocument, createdAt: number): Promise<Scenario | undefined> {
    const { prompt, title = null, tags = [], status_enum, scenario } = document
    if (status_enum !== undefined) {
      if (scenario !== undefined) this.#reading.reject(['status_enum'], 'scenario says it already')
      const lived = Math.max(0, this.#filling.now - createdAt) / 1_000_000
      const output = status_enum === 'finished' ? { structured_output: { $sample: 'full' } } : {}
      return { steps: [{ after_seconds: Math.min(lived, STANDS_AFTER_SECONDS), status_enum, ...output }] }
    }
    if (scenario !== undefined) return this.#checkedScenario(scenario)
    const { orgId, scenarios } = this.#filling
    try {
      return await scenarios.choose({ prompt, title, tags }, orgId)
    } catch (error) {
      // It throws nothing else than that the prompt names a scenario which nobody knows.
      return void this.#reading.reject(['prompt'], (error as UnknownScenarioError).message)
    }
  }

  async #checkedScenario(input: unknown): Promise<Scenario | undefined> {
    const { orgId, scenarios } = this.#filling
    const text = jsonOf(input)
    const known = text === undefined ? undefined : this.#scenarios.get(text)
    if (known !== undefined) return known
    const checked = await checkRule({ scenario: input }, this.#reading.path, scenarios.knownNames(orgId))
    if ('issues' in checked) return void this.#reading.issues.push(...checked.issues)
    const { scenario } = checked.rule
    const resolved = typeof scenario === 'string' ? scenarios.named(scenario, orgId) : scenario
    if (text !== undefined) this.#scenarios.set(text, resolved)
    return resolved
  }

  async #schemaOf({ structured_output_schema: schema }: SessionDocument) {
    if (schema === undefined || schema === null) return null
    const { checkSchema } = await import('../simulation/structured-output.ts')
    try {
      return await checkSchema(schema)
    } catch (error) {
      this.#reading.reject(['structured_output_schema'], (error as SchemaError).message)
      return null
    }
  }

  /** Those of the document; else, where it says nothing of them, what fits the schema. */
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
      return void this.#reading.reject(at, (error as NotJsonError).message)
    }
  }
}

/** Records are plain JSON, which has no integers beyond what a number holds. */
function acuLimitOf(limit: number | bigint): number {
  return Math.min(Number(limit), Number.MAX_VALUE)
}

/** What can be told apart by its JSON has some: not so a lone surrogate, or what the check will refuse. */
function jsonOf(input: unknown): string | undefined {
  try {
    return encodeJson(input)
  } catch {
    return undefined
  }
}
