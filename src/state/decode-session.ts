import { parseInstant } from '../clock.ts'
import type { ValidationContext } from '../fastapi/validation/compile.ts'
import type { Ids } from '../ids.ts'
import { checkRule } from '../simulation/check-rule.ts'
import type { Scenario } from '../simulation/scenario.ts'
import type { ScenarioBook } from '../simulation/scenario-book.ts'
import type { SessionRecord } from '../store/records.ts'
import type { SessionDocument } from './schema.ts'

/** What is needed to fill in what a document leaves open. */
export interface Filling {
  readonly orgId: string
  readonly ids: Ids
  /** Microseconds since the epoch. */
  readonly now: number
  readonly scenarios: ScenarioBook
}

/** The sessions that an entry of a document stands for. Adds to the context's issues what is wrong with it. */
export async function decodeSession(
  document: SessionDocument,
  filling: Filling,
  context: ValidationContext,
): Promise<SessionRecord[]> {
  const scenario = await scenarioOf(document, filling, context)
  if (scenario === undefined) return []
  const { count = 1, id } = document
  if (count > 1 && id !== undefined)
    report(context, 'id', 'an id is for one session, and count makes more', id)
  const records: SessionRecord[] = []
  for (let n = 1; n <= count; n++) records.push(await oneSession(document, n, scenario, filling))
  return records
}

async function scenarioOf(
  { prompt, title = null, tags = [], status_enum, scenario }: SessionDocument,
  { orgId, scenarios }: Filling,
  context: ValidationContext,
): Promise<Scenario | undefined> {
  if (status_enum !== undefined) {
    if (scenario !== undefined) report(context, 'status_enum', 'scenario says it already', status_enum)
    const output = status_enum === 'finished' ? { structured_output: { $sample: 'full' } } : {}
    return { steps: [{ after_seconds: 0, status_enum, ...output }] }
  }
  if (scenario === undefined) return scenarios.choose({ prompt, title, tags }, orgId)
  const checked = await checkRule({ scenario }, context.path, scenarios.knownNames(orgId))
  if ('issues' in checked) return void context.issues.push(...checked.issues)
  const { scenario: known } = checked.rule
  return typeof known === 'string' ? scenarios.named(known, orgId) : known
}

async function oneSession(
  document: SessionDocument,
  n: number,
  scenario: Scenario,
  { ids, now }: Filling,
): Promise<SessionRecord> {
  const numbered = (text: string) => text.replaceAll('{n}', String(n))
  const { title = null, structured_output_schema: schema = null, age_seconds: age = 0 } = document
  const id = document.id ?? `devin-${ids.hex()}`
  const createdAt = instantOr(now - Math.round(age * 1_000_000), document.created_at)
  return {
    id,
    createdAt,
    createdBy: document.created_by ?? null,
    prompt: numbered(document.prompt),
    promptEventId: document.prompt_event_id ?? `event-${ids.hex()}`,
    title: title === null ? null : numbered(title),
    tags: document.tags ?? [],
    scenario,
    messages: (document.messages ?? []).map(({ event_id, at, text, reads = 0 }) => ({
      eventId: event_id ?? `event-${ids.hex()}`,
      at: instantOr(createdAt, at),
      text,
      reads,
    })),
    reads: (document.reads ?? []).map((at) => instantOr(createdAt, at)),
    events: (document.events ?? []).map(({ at, ...event }) => ({ at: instantOr(createdAt, at), ...event })),
    terminatedAt: document.terminated_at == null ? null : instantOr(createdAt, document.terminated_at),
    samples: document.samples ?? (schema === null ? null : await samplesOf(schema, id)),
    snapshotId: document.snapshot_id ?? null,
    playbookId: document.playbook_id ?? null,
    unlisted: document.unlisted ?? false,
    maxAcuLimit: document.max_acu_limit ?? null,
    knowledgeIds: document.knowledge_ids ?? null,
    secretIds: document.secret_ids ?? null,
    sessionSecretKeys: document.session_secret_keys ?? [],
    structuredOutputSchema: schema,
    answersForPrompt: document.answers_for_prompt ?? false,
  }
}

async function samplesOf(schema: Record<string, unknown>, id: string) {
  const { sampleOutputs } = await import('../simulation/structured-output.ts')
  return sampleOutputs(schema, Number.parseInt(id.slice(-8), 16) || 0)
}

/** The time of a text that validation let through; else the other one. */
export function instantOr(otherwise: number, text: string | undefined): number {
  return text === undefined ? otherwise : (parseInstant(text) ?? otherwise)
}

function report(context: ValidationContext, member: string, reason: string, input: unknown): void {
  const loc = [...context.path, member]
  context.issues.push({ type: 'value_error', loc, msg: `Value error, ${reason}`, input, ctx: { error: {} } })
}
