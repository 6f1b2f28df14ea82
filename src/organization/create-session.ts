import type { Principal } from '../auth/principal.ts'
import type { SessionRecord } from '../resources/sessions.ts'
import type { Scenario } from '../simulation/scenario.ts'
import { type Candidate, UnknownScenarioError } from '../simulation/scenario-rules.ts'
import type { OutputSamples } from '../simulation/structured-output.ts'
import { UniqueKeyError } from '../store/types.ts'
import { InvalidField, ScenarioRefusal } from './errors.ts'
import { type Organization, sessionNow } from './organizations.ts'

/** The fields of a request to create a session. Omitted fields are null or false. */
export interface NewSession {
  readonly prompt: string
  /** Whether to return the live session with the same prompt instead, if there is one. */
  readonly idempotent: boolean
  readonly title: string | null
  readonly tags: readonly string[]
  readonly unlisted: boolean
  readonly maxAcuLimit: number | bigint | null
  readonly snapshotId: string | null
  readonly playbookId: string | null
  readonly knowledgeIds: readonly string[] | null
  readonly secretIds: readonly string[] | null
  readonly sessionSecretKeys: readonly string[]
  readonly structuredOutputSchema: Record<string, unknown> | null
}

/** A session that was created, or that an idempotent request found. */
export interface CreatedSession {
  readonly session: SessionRecord
  readonly isNew: boolean
}

/**
 * Creates a session, or returns the live one with the same prompt if the request is idempotent. Throws {@link InvalidField} for
 * an invalid structured output schema or an unknown scenario in the prompt, and {@link ScenarioRefusal} if the scenario
 * defines a creation error.
 */
export async function createSession(
  organization: Organization,
  principal: Principal,
  params: NewSession,
): Promise<CreatedSession> {
  const session = await newSession(organization, principal, params)
  const found = await insertOrFind(organization, session, params.idempotent)
  if (found !== undefined) return { session: found, isNew: false }
  organization.auditLog.write(principal, 'create_session', session.id)
  return { session, isNew: true }
}

/**
 * Stores the session, or returns the live one with the same prompt if `idempotent`. The unique key of the store decides, so
 * only one of many concurrent requests creates the session.
 */
async function insertOrFind(
  organization: Organization,
  session: SessionRecord,
  idempotent: boolean,
): Promise<SessionRecord | undefined> {
  for (;;) {
    try {
      await organization.sessions.insert(session)
      return undefined
    } catch (error) {
      // A retry cannot succeed if the id is taken.
      const idIsTaken = (await organization.sessions.get(session.id)) !== undefined
      if (idIsTaken || !(error instanceof UniqueKeyError)) throw error
    }
    const holder = await organization.sessions.find(session.prompt)
    if (holder !== undefined && sessionNow(organization, holder).endedAt === null) {
      if (idempotent) return holder
      await organization.sessions.insert({ ...session, answersForPrompt: false })
      return undefined
    }
    if (holder !== undefined) {
      await organization.sessions.update(holder.id, (before) => ({ ...before, answersForPrompt: false }))
    }
  }
}

async function newSession(
  organization: Organization,
  principal: Principal,
  params: NewSession,
): Promise<SessionRecord> {
  // The real service accepts lone surrogates, too, but no response could show them.
  const prompt = params.prompt.toWellFormed()
  const title = params.title?.toWellFormed() ?? null
  const tags = params.tags.map((tag) => tag.toWellFormed())
  const scenario = await scenarioFor(organization, { prompt, title, tags })
  const schema = await checkedSchema(params.structuredOutputSchema)
  const sampled = schema ?? scenario.structured_output_schema ?? null
  const hex = organization.ids.hex()
  return {
    id: `devin-${hex}`,
    createdAt: organization.clock.now(),
    createdBy: principal.user,
    prompt,
    promptEventId: `event-${organization.ids.hex()}`,
    title,
    tags,
    createdTags: tags,
    scenario,
    messages: [],
    reads: [],
    events: [],
    terminatedAt: null,
    samples: sampled === null ? null : await samplesOf(sampled, Number.parseInt(hex.slice(0, 8), 16)),
    snapshotId: params.snapshotId?.toWellFormed() ?? null,
    playbookId: params.playbookId?.toWellFormed() ?? null,
    unlisted: params.unlisted,
    // The limit may be a bigint, but records are plain JSON.
    maxAcuLimit: Number(params.maxAcuLimit ?? 0) || null,
    knowledgeIds: params.knowledgeIds?.map((id) => id.toWellFormed()) ?? null,
    secretIds: params.secretIds?.map((id) => id.toWellFormed()) ?? null,
    sessionSecretKeys: params.sessionSecretKeys,
    structuredOutputSchema: schema,
    answersForPrompt: true,
  }
}

async function scenarioFor({ scenarios, orgId }: Organization, candidate: Candidate): Promise<Scenario> {
  let scenario: Scenario
  try {
    scenario = await scenarios.choose(candidate, orgId)
  } catch (error) {
    if (!(error instanceof UnknownScenarioError)) throw error
    throw new InvalidField('prompt', error.message, candidate.prompt)
  }
  const { create_error: refusal } = scenario
  if (refusal !== undefined) throw new ScenarioRefusal(refusal)
  return scenario
}

async function checkedSchema(
  schema: Record<string, unknown> | null,
): Promise<SessionRecord['structuredOutputSchema']> {
  if (schema === null) return null
  const { checkSchema, SchemaError } = await import('../simulation/structured-output.ts')
  try {
    return await checkSchema(schema)
  } catch (error) {
    if (!(error instanceof SchemaError)) throw error
    throw new InvalidField('structuredOutputSchema', error.message, schema)
  }
}

async function samplesOf(schema: Readonly<Record<string, unknown>>, seed: number): Promise<OutputSamples> {
  const { sampleOutputs } = await import('../simulation/structured-output.ts')
  return sampleOutputs(schema, seed)
}
