import type { AutomationRecord } from '../resources/automations.ts'
import type { SessionRecord } from '../resources/sessions.ts'
import { SCHEDULE_EVENT } from '../simulation/automation-settings.ts'
import { meetsAny } from '../simulation/conditions.ts'
import { serviceActor, startAutomatedSession } from './automated-sessions.ts'
import { getAutomation } from './automations.ts'
import { found, Impossible, InvalidField, plainBody } from './errors.ts'
import { type Organization, type Organizations, sessionNow } from './organizations.ts'
import { runDueSchedules } from './schedules.ts'

/** The reason why an event starts nothing. */
export type Refused = 'disabled' | 'too many invocations' | 'too many runs'

/** An automation and its organization. */
export interface OwnedAutomation {
  readonly organization: Organization
  readonly automation: AutomationRecord
}

/** An automation with a webhook. */
export interface Webhook extends OwnedAutomation {
  /** The secret that senders know. */
  readonly secret: string
}

/** Returns the path of the webhook of an automation. */
export function webhookPath(orgId: string, id: string): string {
  return `/_fake/webhooks/${encodeURIComponent(orgId)}/${encodeURIComponent(id)}`
}

/** Returns the automation of a webhook; undefined if it has none. Creates no organization. */
export async function findWebhook(
  organizations: Organizations,
  orgId: string,
  id: string,
): Promise<Webhook | undefined> {
  const organization = organizations.find(orgId)
  const automation = await organization?.automations.get(id)
  if (organization === undefined || automation === undefined) return undefined
  const { webhookSecret: secret } = automation
  return secret === null ? undefined : { organization, automation, secret }
}

/** The last invocation of each organization, by an event or a schedule. */
const lastInvocations = new WeakMap<Organization, Promise<unknown>>()

/** Runs a function after all earlier ones of the organization have settled, so that concurrent invocations cannot exceed a limit. */
export function inTurn<R>(organization: Organization, run: () => Promise<R>): Promise<R> {
  const result = (lastInvocations.get(organization) ?? Promise.resolve()).then(run)
  lastInvocations.set(
    organization,
    result.catch(() => {}),
  )
  return result
}

/** Something that happened: an event of the type that triggers name, and its data. */
export interface AutomationEvent {
  readonly type: string
  readonly data: unknown
}

/**
 * Starts the sessions of an automation's actions for an event, and returns them: none if the event does not meet the conditions of a
 * trigger of its type. Throws {@link Impossible} for an event that no trigger waits for, or that is not plain JSON, NotFound for an automation
 * that was deleted, and as `createSession` does.
 */
export async function receiveEvent(
  { organization, automation: { id } }: OwnedAutomation,
  { type, data }: AutomationEvent,
): Promise<SessionRecord[] | Refused> {
  await runDueSchedules(organization)
  return inTurn(organization, async () => {
    // It may have been changed or deleted since the event arrived.
    const automation = await getAutomation(organization, id)
    return react({ organization, automation }, { type, data: plainBody(data) })
  })
}

async function react(owned: OwnedAutomation, event: AutomationEvent): Promise<SessionRecord[] | Refused> {
  const { organization, automation } = owned
  const { settings } = automation
  const triggers = settings.triggers.filter(({ event_type: type }) => type === event.type)
  if (triggers.length === 0) throw new Impossible(`The automation has no trigger ${event.type}`)
  if (!settings.enabled) return 'disabled'
  const conditions = triggers.map((trigger) => trigger.conditions)
  // The conditions of a schedule are its recurrence rule, which no event meets.
  if (event.type !== SCHEDULE_EVENT && !meetsAny(conditions, event.data)) return []
  return invoke(owned, event.data, organization.clock.now())
}

/**
 * Starts the sessions of an automation's actions, created at the time `at`, unless that would exceed a limit. Must run within
 * {@link inTurn}. Throws NotFound if the automation was deleted meanwhile, and as `createSession` does.
 */
export async function invoke(
  owned: OwnedAutomation,
  data: unknown,
  at: number,
): Promise<SessionRecord[] | Refused> {
  if (!(await hasFreeRun(owned))) return 'too many runs'
  if (!(await noteInvocation(owned, at))) return 'too many invocations'
  return startSessions(owned, data, at)
}

/** Returns whether an automation may run another session concurrently. */
async function hasFreeRun({ organization, automation: { id, settings } }: OwnedAutomation): Promise<boolean> {
  const { max_concurrent_runs: max } = settings.concurrency ?? {}
  if (max === undefined) return true
  const sessions = await organization.sessions.list({
    where: (session) => session.automationId === id && isAtWork(organization, session),
    limit: max,
  })
  return sessions.length < max
}

function isAtWork(organization: Organization, session: SessionRecord): boolean {
  const { status, detail } = sessionNow(organization, session).phase
  return ['new', 'claimed', 'resuming'].includes(status) || (status === 'running' && detail === 'working')
}

/** Records an invocation. Returns false and records nothing if it would exceed the limit. Throws NotFound. */
async function noteInvocation(
  { organization, automation: { id } }: OwnedAutomation,
  now: number,
): Promise<boolean> {
  let isAccepted = false
  const noted = await organization.automations.update(id, (before) => {
    const { max_per_window: max, window_seconds: seconds } = before.settings.limits?.invocations ?? {}
    const isLimited = max !== undefined && seconds !== undefined
    const recent = isLimited ? before.invocations.filter((at) => at > now - seconds * 1_000_000) : []
    isAccepted = !isLimited || recent.length < max
    if (!isAccepted) return before
    return {
      ...before,
      invocations: isLimited ? [...recent, now] : [],
      // Recorded first, since the store may be full once the sessions have started.
      lastInvocation: { status: 'succeeded', firedAt: now },
    }
  })
  found(noted, 'automation')
  return isAccepted
}

async function startSessions(
  { organization, automation }: OwnedAutomation,
  event: unknown,
  at: number,
): Promise<SessionRecord[]> {
  const { id, settings, createdBy } = automation
  const isPersonal = settings.run_as.type === 'creator' && createdBy !== null
  const sessions: SessionRecord[] = []
  const shown = textOf(event)
  try {
    for (const action of settings.actions) {
      const session = await startAutomatedSession(organization, {
        prompt: shown === '' ? action.prompt : `${action.prompt}\n\n${shown}`,
        title: settings.name,
        tags: action.session?.tags ?? [],
        actor: isPersonal ? createdBy : serviceActor(createdBy),
        createdAt: at,
        maxAcuLimit: settings.limits?.max_acu_limit ?? null,
        bypassApproval: action.session?.bypass_approval ?? false,
        devinMode: settings.session_settings?.devin_mode,
        automationId: id,
      })
      sessions.push(session)
    }
  } catch (error) {
    await noteFailure(organization, id)
    throw error instanceof InvalidField ? new Impossible(error.message) : error
  }
  return sessions
}

/** The maximum length of the JSON of an event that is indented in prompts. A line of a longer one may be mostly indentation. */
const INDENTED_MAX = 20_000

/** Returns the text of an event that is appended to the prompt of an action; empty without data. */
function textOf(event: unknown): string {
  if (event === null || typeof event === 'string') return event ?? ''
  const text = JSON.stringify(event)
  return text.length > INDENTED_MAX ? text : JSON.stringify(event, null, 2)
}

async function noteFailure({ automations }: Organization, id: string): Promise<void> {
  await automations.update(id, (before) => ({
    ...before,
    lastInvocation: before.lastInvocation && { ...before.lastInvocation, status: 'failed' },
  }))
}
