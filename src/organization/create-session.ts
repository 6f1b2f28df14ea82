import type { Actor, Principal } from '../auth/principal.ts'
import type { SessionRecord } from '../resources/sessions.ts'
import { withoutApprovals } from '../simulation/approvals.ts'
import { checkedSchema } from '../simulation/checked-schema.ts'
import { eventId } from '../simulation/event-ids.ts'
import { finiteNumber } from '../simulation/finite-number.ts'
import { DEVIN_MODES, PLATFORMS, type Scenario } from '../simulation/scenario.ts'
import { type Candidate, UnknownScenarioError } from '../simulation/scenario-rules.ts'
import { SESSION_ITEMS_MAX, SessionFullError } from '../simulation/session-limits.ts'
import type { OutputSamples } from '../simulation/structured-output.ts'
import { UniqueKeyError } from '../store/types.ts'
import { Conflict, Impossible, InvalidField, ScenarioRefusal } from './errors.ts'
import { type Organization, sessionNow } from './organizations.ts'
import { usedPlaybook } from './playbooks.ts'
import { sessionId } from './sessions.ts'
import { settingsOf } from './settings.ts'

/** The fields of a request to create a session. Those without another default are null, empty or false by default. */
export interface NewSession {
  readonly prompt: string
  /** Whether to return the live session with the same prompt instead, if there is one. */
  readonly idempotent?: boolean
  /** Whether later idempotent requests with the same prompt find this session. v3 has none. Default: true. */
  readonly answersForPrompt?: boolean
  readonly title?: string | null | undefined
  readonly tags?: readonly string[] | null | undefined
  readonly unlisted?: boolean
  readonly maxAcuLimit?: number | bigint | null | undefined
  readonly snapshotId?: string | null | undefined
  readonly playbookId?: string | null | undefined
  readonly knowledgeIds?: readonly string[] | null | undefined
  readonly secretIds?: readonly string[] | null | undefined
  readonly sessionSecretKeys?: readonly string[] | undefined
  readonly structuredOutputSchema?: Record<string, unknown> | null | undefined
  /** The id without its prefix, for clients that choose it. Default: a new one. */
  readonly id?: string | undefined
  /** Default: the principal. */
  readonly createdBy?: Actor | null
  /** Whether a turn does not finish without structured output. Default: false, as in v1. */
  readonly structuredOutputRequired?: boolean
  /** Whether its scenario does not wait for approvals. */
  readonly bypassApproval?: boolean | null | undefined
  /** Other sessions that Devin is to read, as URLs. */
  readonly sessionLinks?: readonly string[] | null | undefined
  /** The playbook of the sessions that this one starts without one of their own. */
  readonly childPlaybookId?: string | null | undefined
  /** Default: that of the parent; without a parent, that of the organization. `default`: that of the organization. */
  readonly platform?: string | null | undefined
  /** Default: `normal`. */
  readonly devinMode?: string | null | undefined
  /** Default: `api`. */
  readonly origin?: SessionRecord['origin']
  /** The URLs of files that belong to the prompt. */
  readonly attachmentUrls?: readonly string[] | null | undefined
  readonly automationId?: string | null
  readonly scheduleId?: string | null
  readonly repos?: readonly string[] | null | undefined
  /** Default: true. */
  readonly resumable?: boolean
  /** Microseconds since the epoch. Default: now. */
  readonly createdAt?: number
}

/** A session that was created, or that an idempotent request found. */
export interface CreatedSession {
  readonly session: SessionRecord
  readonly isNew: boolean
}

/**
 * Creates a session, or returns the live one with the same prompt if the request is idempotent. Throws {@link InvalidField} for
 * an invalid structured output schema or an unknown scenario in the prompt, and {@link ScenarioRefusal} if the scenario
 * defines a creation error. Throws {@link Impossible} for a chosen id that no path can contain, {@link Conflict} if it is taken, and
 * SessionFullError if the parent cannot have another child, and StoreFullError. What throws has changed nothing.
 */
export async function createSession(
  organization: Organization,
  principal: Principal,
  params: NewSession,
): Promise<CreatedSession> {
  if (params.id !== undefined && !ID.test(params.id)) {
    throw new Impossible('devin_id must have 1 to 64 letters, digits, underscores, or hyphens')
  }
  const parent = await parentOf(organization, principal)
  const session = await newSession(organization, principal, { ...params, parent })
  const found = await insertOrFind(organization, session, params)
  if (found !== undefined) return { session: found, isNew: false }
  if (parent !== undefined) await addChild(organization, parent.id, session.id)
  organization.auditLog.write(principal, 'create_session', session.id)
  return { session, isNew: true }
}

/** The form of a chosen id, without its prefix. */
const ID = /^[A-Za-z0-9_-]{1,64}$/

/** Returns the session that the principal is, if it is one. It is the parent of the sessions that it creates. */
async function parentOf(
  { sessions }: Organization,
  { session: own }: Principal,
): Promise<SessionRecord | undefined> {
  if (own?.type !== 'devin_brain') return undefined
  const parent = await sessions.get(sessionId(own.devinId))
  if (parent !== undefined) requireRoomForChild(parent)
  return parent
}

function requireRoomForChild({ childIds }: SessionRecord): void {
  if (childIds.length >= SESSION_ITEMS_MAX) throw new SessionFullError('items')
}

/** Adds a new session to its parent. If that fails, the session is deleted, and it throws SessionFullError or StoreFullError. */
async function addChild({ sessions }: Organization, parentId: string, id: string): Promise<void> {
  try {
    await sessions.update(parentId, (before) => {
      // Concurrent requests may have added others.
      requireRoomForChild(before)
      return { ...before, childIds: [...before.childIds, id] }
    })
  } catch (error) {
    await sessions.delete(id)
    throw error
  }
}

/**
 * Stores the session, or returns the live one with the same prompt if `idempotent`. The unique key of the store decides, so
 * only one of many concurrent requests creates the session.
 */
async function insertOrFind(
  organization: Organization,
  session: SessionRecord,
  { idempotent, id: chosenId }: NewSession,
): Promise<SessionRecord | undefined> {
  for (;;) {
    try {
      await organization.sessions.insert(session)
      return undefined
    } catch (error) {
      if (!(error instanceof UniqueKeyError)) throw error
      // A retry cannot succeed if the id is taken.
      const isIdTaken = (await organization.sessions.get(session.id)) !== undefined
      if (isIdTaken) throw chosenId === undefined ? error : new Conflict('session')
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
  params: NewSession & { readonly parent: SessionRecord | undefined },
): Promise<SessionRecord> {
  const { parent } = params
  const bypassApproval = params.bypassApproval ?? false
  // The real service accepts lone surrogates, too, but no response could show them.
  const prompt = params.prompt.toWellFormed()
  const title = params.title?.toWellFormed() ?? null
  const { defaultTag, maxSessionAcuLimit } = await settingsOf(organization)
  const tags = tagsOr(defaultTag, params.tags ?? [])
  const chosen = await scenarioFor(organization, { prompt, title, tags })
  const scenario = bypassApproval ? withoutApprovals(chosen) : chosen
  const playbookId = params.playbookId?.toWellFormed() ?? parent?.childPlaybookId ?? null
  const schema = await schemaFor(organization, params, playbookId)
  const sampled = schema ?? scenario.structured_output_schema ?? null
  const hex = params.id ?? organization.ids.hex()
  const createdAt = params.createdAt ?? organization.clock.now()
  return {
    id: `devin-${hex}`,
    createdAt,
    createdBy: params.createdBy ?? principal.actor,
    prompt,
    promptEventId: eventId({ at: createdAt, sent: 0 }, organization.ids.hex()),
    title,
    tags,
    createdTags: tags,
    scenario,
    messages: [],
    reads: [],
    events: [],
    terminatedAt: null,
    samples: sampled === null ? null : await samplesOf(sampled, Number.parseInt(hex.slice(0, 8), 16) || 0),
    snapshotId: params.snapshotId?.toWellFormed() ?? null,
    playbookId,
    unlisted: params.unlisted ?? false,
    maxAcuLimit: lowest(params.maxAcuLimit ?? null, maxSessionAcuLimit),
    knowledgeIds: params.knowledgeIds?.map((id) => id.toWellFormed()) ?? null,
    secretIds: params.secretIds?.map((id) => id.toWellFormed()) ?? null,
    sessionSecretKeys: params.sessionSecretKeys ?? [],
    structuredOutputSchema: schema,
    structuredOutputRequired: params.structuredOutputRequired ?? false,
    bypassApproval,
    sessionLinks: params.sessionLinks?.map((link) => link.toWellFormed()) ?? [],
    childPlaybookId: params.childPlaybookId?.toWellFormed() ?? null,
    platform: platformFor(params.platform ?? 'inherit', parent),
    devinMode: DEVIN_MODES.find((mode) => mode === params.devinMode) ?? 'normal',
    origin: params.origin ?? 'api',
    parentId: parent?.id ?? null,
    childIds: [],
    attachmentUrls: params.attachmentUrls?.map((url) => url.toWellFormed()) ?? [],
    automationId: params.automationId ?? null,
    scheduleId: params.scheduleId ?? null,
    repos: params.repos?.map((repo) => repo.toWellFormed()) ?? [],
    resumable: params.resumable ?? true,
    commands: [],
    archivedAt: null,
    insightsRequestedAt: null,
    answersForPrompt: params.answersForPrompt ?? true,
  }
}

function platformFor(asked: string, parent: SessionRecord | undefined): SessionRecord['platform'] {
  const known = PLATFORMS.find((platform) => platform === asked.toLowerCase())
  if (known !== undefined) return known
  return asked.toLowerCase() === 'inherit' && parent !== undefined ? parent.platform : PLATFORMS[0]
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

/** Returns the tags of a new session: the default one if none are given. */
function tagsOr(defaultTag: string | null, given: readonly string[]): readonly string[] {
  return given.length === 0 && defaultTag !== null ? [defaultTag] : given.map((tag) => tag.toWellFormed())
}

/** Returns the schema of the outputs of a new session. Default: that of its playbook, if it has one. */
async function schemaFor(
  organization: Organization,
  { structuredOutputSchema: given }: NewSession,
  playbookId: string | null,
): Promise<SessionRecord['structuredOutputSchema']> {
  const schema = given ?? (await usedPlaybook(organization, playbookId))?.structuredOutputSchema
  return checkedSchema(schema, (reason) => {
    throw new InvalidField('structuredOutputSchema', reason, schema)
  })
}

async function samplesOf(schema: Readonly<Record<string, unknown>>, seed: number): Promise<OutputSamples> {
  const { sampleOutputs } = await import('../simulation/structured-output.ts')
  return sampleOutputs(schema, seed)
}

/** Returns the lower one of two limits; null for none. */
function lowest(given: number | bigint | null, ofOrganization: number | null): number | null {
  if (given === null) return ofOrganization
  return Math.min(finiteNumber(given), ofOrganization ?? Number.POSITIVE_INFINITY)
}
