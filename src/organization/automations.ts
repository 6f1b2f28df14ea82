import type { Principal } from '../auth/principal.ts'
import { ValidationContext } from '../fastapi/validation/compile.ts'
import { type AutomationRecord, hasWebhook, newWebhookSecret } from '../resources/automations.ts'
import {
  type AutomationSettings,
  checkSettings,
  type UncheckedSettings,
} from '../simulation/automation-settings.ts'
import { found, Impossible, NotFound, type NotPermitted, requirePermission } from './errors.ts'
import type { Organization } from './organizations.ts'
import { expectRun } from './schedules.ts'

/** An automation that was created or changed. */
export interface WrittenAutomation {
  readonly automation: AutomationRecord
  /** The secret of its webhook if that is new. It is not shown again. */
  readonly newSecret: string | null
}

/** Returns an automation. Throws {@link NotFound}. */
export async function getAutomation({ automations }: Organization, id: string): Promise<AutomationRecord> {
  return found(await automations.get(id), 'automation')
}

/**
 * Creates an automation. Throws {@link Impossible} for settings that cannot work, and {@link NotPermitted} without the permission to
 * run as the creator.
 */
export async function createAutomation(
  organization: Organization,
  principal: Principal,
  given: UncheckedSettings,
): Promise<WrittenAutomation> {
  const { automations, ids, clock, auditLog } = organization
  const settings = checked(given)
  requireRunAs(principal, settings)
  const now = clock.now()
  const webhookSecret = hasWebhook(settings) ? newWebhookSecret({ ids }) : null
  const automation: AutomationRecord = {
    id: `automation-${ids.hex()}`,
    settings,
    webhookSecret,
    invocations: [],
    lastInvocation: null,
    runsAfter: now,
    createdAt: now,
    createdBy: principal.actor,
    updatedAt: now,
  }
  await automations.insert(automation)
  expectRun(organization, now)
  auditLog.write(principal, 'create_automation', automation.id)
  return { automation, newSecret: webhookSecret }
}

/**
 * Changes the given settings of an automation: objects are merged, lists and metadata are replaced. A new webhook gets a new secret.
 * If the triggers change or the automation is enabled, its schedule continues from now on. Throws {@link NotFound}, and as
 * `createAutomation` does.
 */
export async function updateAutomation(
  organization: Organization,
  principal: Principal,
  id: string,
  changes: UncheckedSettings,
): Promise<WrittenAutomation> {
  const { automations, ids, clock, auditLog } = organization
  const now = clock.now()
  let newSecret: string | null = null
  const updated = await automations.update(id, (before) => {
    const settings = checked(merged(before.settings, changes))
    if (changes.run_as !== undefined) requireRunAs(principal, settings)
    const { webhookSecret: secret } = before
    newSecret = secret === null && hasWebhook(settings) ? newWebhookSecret({ ids }) : null
    return {
      ...before,
      settings,
      webhookSecret: hasWebhook(settings) ? (secret ?? newSecret) : null,
      runsAfter: timesOf(before.settings) === timesOf(settings) ? before.runsAfter : now,
      updatedAt: now,
    }
  })
  expectRun(organization, now)
  const automation = found(updated, 'automation')
  auditLog.write(principal, 'update_automation', automation.id)
  return { automation, newSecret }
}

/** Deletes an automation and returns it. Its sessions stay. Throws {@link NotFound}. */
export async function deleteAutomation(
  { automations, auditLog }: Organization,
  principal: Principal,
  id: string,
): Promise<AutomationRecord> {
  const automation = found(await automations.delete(id), 'automation')
  auditLog.write(principal, 'delete_automation', automation.id)
  return automation
}

function checked(given: UncheckedSettings): AutomationSettings {
  const context = new ValidationContext()
  const settings = checkSettings(given, context)
  if (settings !== undefined) return settings
  const [issue] = context.issues
  throw new Impossible([issue?.loc.join('.'), issue?.msg].filter((part) => part).join(': '))
}

/** Throws {@link Impossible} or {@link NotPermitted} if a principal may not create automations with this `run_as`. */
function requireRunAs(principal: Principal, { run_as: { type } }: AutomationSettings): void {
  if (type === 'organization') return
  if (principal.user === null) throw new Impossible('run_as must be organization for service users')
  requirePermission(principal, 'UsePersonalAutomations')
}

/** Returns a text to compare two settings: it is the same if they run at the same times. */
function timesOf({ enabled, triggers }: AutomationSettings): string {
  return JSON.stringify([enabled, triggers])
}

/** The settings that are objects with optional members. */
const GROUPS = ['run_as', 'concurrency', 'limits', 'session_settings'] as const

/** Returns metadata without the keys that have no value: the vendor's Terraform provider sends null for those that it removes. */
function withoutNulls(metadata: unknown): Record<string, unknown> {
  return Object.fromEntries(Object.entries(Object(metadata)).filter(([, value]) => value !== null))
}

function merged(before: AutomationSettings, changes: UncheckedSettings): UncheckedSettings {
  const groups = GROUPS.filter((name) => changes[name] !== undefined && changes[name] !== null)
  return {
    ...before,
    ...changes,
    ...Object.fromEntries(groups.map((name) => [name, { ...before[name], ...Object(changes[name]) }])),
    ...(changes.metadata !== undefined && { metadata: withoutNulls(changes.metadata) }),
  }
}
