import type { Principal } from '../auth/principal.ts'
import { ENTERPRISE_ID } from '../auth/principal.ts'
import type { SessionRecord } from '../resources/sessions.ts'
import { flawOfGroups, type OrganizationGroup, type SettingsRecord } from '../resources/settings.ts'
import { billingMonths } from '../simulation/consumption.ts'
import { requireSessionCapacity } from '../simulation/session-limits.ts'
import { dailyConsumption } from './consumption.ts'
import { Impossible, NotFound } from './errors.ts'
import { type Organization, type Organizations, sessionNow } from './organizations.ts'
import { changeSettings, settingsOf } from './settings.ts'

/** Sets the maximum number of ACUs of an organization in a billing cycle. */
export async function setAcuLimit(
  organization: Organization,
  principal: Principal,
  limit: number,
): Promise<void> {
  await changeSettings(organization, () => ({ cycleAcuLimit: limit }))
  organization.auditLog.write(principal, 'set_acu_limit', organization.orgId)
}

/** Removes the limit of an organization. Throws {@link NotFound} if it has none. */
export async function deleteAcuLimit(organization: Organization, principal: Principal): Promise<void> {
  const { cycleAcuLimit } = await settingsOf(organization)
  if (cycleAcuLimit === null) throw new NotFound('acu_limit')
  await changeSettings(organization, () => ({ cycleAcuLimit: null }))
  organization.auditLog.write(principal, 'delete_acu_limit', organization.orgId)
}

/** Replaces the groups of organizations. Throws {@link Impossible} for an organization in two of them, and for too many. */
export async function replaceGroups(
  { enterprise }: Organizations,
  principal: Principal,
  groups: Readonly<Record<string, OrganizationGroup>>,
): Promise<Readonly<Record<string, OrganizationGroup>>> {
  const flaw = flawOfGroups(groups)
  if (flaw !== undefined) throw new Impossible(flaw)
  const changed = await changeSettings(enterprise, () => ({ groups }))
  enterprise.auditLog.write(principal, 'update_org_groups', enterprise.orgId)
  return changed.groups
}

/** A limit, and the organizations that share it. */
interface SharedLimit {
  readonly organizations: readonly Organization[]
  readonly acus: number
}

/** What had happened when the limits of an organization were last compared with its consumption. */
const lastChecks = new WeakMap<Organization, string>()

/**
 * Suspends the sessions of an organization that work, if it or its group has consumed as many ACUs in this billing cycle as it may.
 * Call it before sessions are shown. The limits are compared once per second of the clock, and after each change.
 */
export async function enforceAcuLimits(
  organizations: Organizations,
  organization: Organization,
): Promise<void> {
  const [own, enterprise] = await Promise.all([
    settingsOf(organization),
    settingsIfAny(organizations.find(ENTERPRISE_ID)),
  ])
  const limits = limitsOf(organizations, organization, { own, groups: enterprise?.groups ?? {} })
  if (limits.length === 0) return
  const now = organization.clock.now()
  const counts = limits.flatMap((limit) => limit.organizations.map(({ auditLog }) => auditLog.count))
  const check = [Math.floor(now / 1_000_000), own.updatedAt, enterprise?.updatedAt, ...counts].join()
  if (lastChecks.get(organization) === check) return
  for (const limit of limits) {
    if (!(await isReached(limit, now))) continue
    await suspendAll(organization)
    break
  }
  lastChecks.set(organization, check)
}

async function settingsIfAny(organization: Organization | undefined): Promise<SettingsRecord | undefined> {
  return organization && settingsOf(organization)
}

function limitsOf(
  organizations: Organizations,
  organization: Organization,
  { own, groups }: { readonly own: SettingsRecord; readonly groups: SettingsRecord['groups'] },
): SharedLimit[] {
  const limits: SharedLimit[] = []
  for (const acus of [own.maxCycleAcuLimit, own.cycleAcuLimit]) {
    if (acus !== null) limits.push({ organizations: [organization], acus })
  }
  for (const { orgIds, maxCycleAcus: acus } of Object.values(groups)) {
    if (acus === null || !orgIds.includes(organization.orgId)) continue
    limits.push({ organizations: orgIds.flatMap((id) => organizations.find(id) ?? []), acus })
  }
  return limits
}

async function isReached({ organizations, acus }: SharedLimit, now: number): Promise<boolean> {
  const cycle = { after: billingMonths.startOf(now), before: now + 1 }
  let consumed = 0
  for (const ofDay of (await dailyConsumption(organizations, cycle)).values()) consumed += ofDay
  return consumed >= acus
}

async function suspendAll(organization: Organization): Promise<void> {
  const running = await organization.sessions.list({ where: (session) => isRunning(organization, session) })
  for (const { id } of running) {
    await organization.sessions.update(id, (before) => {
      if (!isRunning(organization, before)) return before
      const event = {
        at: organization.clock.now(),
        messages: before.messages.length,
        effect: { status: 'suspended', status_detail: 'org_usage_limit_exceeded' },
      } as const
      return { ...before, events: [...before.events, event] }
    })
  }
}

/** Returns whether a session can be suspended. One that is full cannot. */
function isRunning(organization: Organization, session: SessionRecord): boolean {
  const state = sessionNow(organization, session)
  if (state.endedAt !== null || state.phase.status === 'suspended') return false
  try {
    requireSessionCapacity(session, state)
    return true
  } catch {
    return false
  }
}
