import type { Static } from '@sinclair/typebox'
import type { Principal } from '../auth/principal.ts'
import { NOT_QUOTED, QUOTED_MAX } from '../fastapi/bounded-issues.ts'
import { RequestValidationError, valueError } from '../fastapi/errors.ts'
import { encodeJson } from '../fastapi/json/encode.ts'
import { jsonLength } from '../fastapi/json/length.ts'
import { ApiError } from '../routes/v1/errors.ts'
import type { CreateSessionParams } from '../schemas/v1/sessions.ts'
import type { Scenario } from '../simulation/scenario.ts'
import { type Candidate, UnknownScenarioError } from '../simulation/scenario-rules.ts'
import type { OutputSamples } from '../simulation/structured-output.ts'
import type { SessionRecord } from '../store/records.ts'
import { UniqueKeyError } from '../store/types.ts'
import { type Organization, sessionNow } from './organizations.ts'

type Params = Static<typeof CreateSessionParams>

/** A session that was made, or that an idempotent request found. */
export interface CreatedSession {
  readonly session: SessionRecord
  readonly isNew: boolean
}

/**
 * Makes a session. An idempotent request gets the live session of its prompt instead, where there is one. Throws
 * RequestValidationError for a structured output schema that is none, or a marker that names no scenario; ApiError where the
 * scenario says so.
 */
export async function createSession(
  organization: Organization,
  principal: Principal,
  params: Params,
): Promise<CreatedSession> {
  const session = await newSession(organization, principal, params)
  const found = await insertOrFind(organization, session, params.idempotent)
  if (found !== undefined) return { session: found, isNew: false }
  organization.auditLog.write(principal, 'create_session', session.id)
  return { session, isNew: true }
}

/**
 * Stores the session, or finds the live one of its prompt when `idempotent`. The unique key of the store decides, so that
 * of many such requests at once one makes the session.
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
      // A taken id would be taken for ever.
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
  params: Params,
): Promise<SessionRecord> {
  // A lone surrogate is let in by the real thing, too, but nothing could ever show it again.
  const prompt = params.prompt.toWellFormed()
  const title = params.title?.toWellFormed() ?? null
  const tags = (params.tags ?? []).map((tag) => tag.toWellFormed())
  const scenario = scenarioFor(organization, { prompt, title, tags })
  const schema = await checkedSchema(params.structured_output_schema ?? null)
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
    snapshotId: params.snapshot_id?.toWellFormed() ?? null,
    playbookId: params.playbook_id?.toWellFormed() ?? null,
    unlisted: params.unlisted,
    // Behind its type it may be a bigint, and records are plain JSON.
    maxAcuLimit: Number(params.max_acu_limit ?? 0) || null,
    knowledgeIds: params.knowledge_ids?.map((id) => id.toWellFormed()) ?? null,
    secretIds: params.secret_ids?.map((id) => id.toWellFormed()) ?? null,
    sessionSecretKeys: (params.session_secrets ?? []).map(({ key }) => key),
    structuredOutputSchema: schema,
    answersForPrompt: true,
  }
}

function scenarioFor({ scenarios, orgId }: Organization, candidate: Candidate): Scenario {
  let scenario: Scenario
  try {
    scenario = scenarios.choose(candidate, orgId)
  } catch (error) {
    if (!(error instanceof UnknownScenarioError)) throw error
    throw wrongField('prompt', error.message, candidate.prompt)
  }
  const { create_error: refusal } = scenario
  if (refusal !== undefined) throw new ApiError(refusal.status, refusal.detail)
  return scenario
}

function wrongField(field: string, reason: string, input: unknown): RequestValidationError {
  return new RequestValidationError([valueError(['body', field], reason, echo(input))])
}

/**
 * The input, or null where no answer could show it (for NaN, say): FastAPI would crash there, but this check is our own. A long
 * one is not quoted, and not looked at.
 */
function echo(input: unknown): unknown {
  if (jsonLength(input, QUOTED_MAX) > QUOTED_MAX) return NOT_QUOTED
  try {
    encodeJson({ detail: [{ input }] })
    return input
  } catch {
    return null
  }
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
    throw wrongField('structured_output_schema', `structured_output_schema ${error.message}`, schema)
  }
}

async function samplesOf(schema: Readonly<Record<string, unknown>>, seed: number): Promise<OutputSamples> {
  const { sampleOutputs } = await import('../simulation/structured-output.ts')
  return sampleOutputs(schema, seed)
}
