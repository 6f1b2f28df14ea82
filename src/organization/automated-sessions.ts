import { type Actor, DEFAULT_SERVICE_USER, isUser, type Principal } from '../auth/principal.ts'
import type { SessionRecord } from '../resources/sessions.ts'
import { createSession } from './create-session.ts'
import type { Organization } from './organizations.ts'

/** A session that a schedule or an automation starts. */
export interface AutomatedSession {
  readonly prompt: string
  readonly title: string
  readonly tags: readonly string[]
  readonly actor: Actor
  /** Microseconds since the epoch. */
  readonly createdAt: number
  readonly playbookId?: string | null
  readonly maxAcuLimit?: number | null
  readonly devinMode?: string | undefined
  readonly bypassApproval?: boolean
  readonly platform?: string | null
  readonly scheduleId?: string
  readonly automationId?: string
}

/** Starts a session. Throws as `createSession` does. */
export async function startAutomatedSession(
  organization: Organization,
  { actor, ...fields }: AutomatedSession,
): Promise<SessionRecord> {
  const { session } = await createSession(organization, principalOf(actor, organization), {
    answersForPrompt: false,
    structuredOutputRequired: true,
    origin: 'automation',
    ...fields,
  })
  return session
}

/** Returns the principal with which the server acts for an actor, without a key. */
export function principalOf(actor: Actor, { orgId }: Organization): Principal {
  return {
    generation: 'v3',
    orgId,
    isBound: true,
    kind: isUser(actor) ? 'personal' : 'service',
    user: isUser(actor) ? actor : null,
    actor,
    permissions: null,
    expiresAt: null,
  }
}

/** Returns the service user that runs a schedule or an automation: its creator if that is one, otherwise the default one. */
export function serviceActor(createdBy: Actor | null): Actor {
  return createdBy === null || isUser(createdBy) ? DEFAULT_SERVICE_USER : createdBy
}
