import type { Principal } from '../auth/principal.ts'
import type { SessionRecord } from '../resources/sessions.ts'
import { flawOfGroups, type OrganizationGroup, type SettingsRecord } from '../resources/settings.ts'
import { billingMonths } from '../simulation/consumption.ts'
import { isSessionFull } from '../simulation/session-limits.ts'
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
  await changeSettings(organization, ({ cycleAcuLimit }) => {
    if (cycleAcuLimit === null) throw new NotFound('acu_limit')
    return { cycleAcuLimit: null }
  })
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
  enterprise.auditLog.write(principal, 'set_org_group_limits', enterprise.orgId)
  return changed.groups
}

/** A limit, and the organizations that share it. */
interface SharedLimit {
  readonly organizations: readonly Organization[]
  readonly acus: number
  /** The highest version of the sessions of these organizations. */
  readonly version: number
  /** The ACUs consumed so far, by the second of a clock at which they were summed up. */
  readonly consumed: Map<number, Promise<number>>
}

/** The limits of groups that one request has read. What a group has consumed is summed up once for all of its organizations. */
export type GroupLimits = Map<OrganizationGroup, SharedLimit>

/** A comparison of the limits of an organization with its consumption. */
interface Check {
  /** The second of the organization's clock. */
  readonly second: number
  /** The highest version of the collections that were compared. */
  readonly version: number
}

/** The last comparison of each organization. */
const lastChecks = new WeakMap<Organization, Check>()

/**
 * Suspends the active sessions of an organization if the organization or its group has reached its ACU limit in this billing cycle.
 * Call it before sessions are shown, with the same `groupLimits` for all organizations of a request. It compares the limits once per
 * second of the clock, and after each change.
 */
export async function enforceAcuLimits(
  organizations: Organizations,
  organization: Organization,
  groupLimits: GroupLimits,
): Promise<void> {
  const enterprise = organizations.findEnterprise()
  // Read before the settings, which may change meanwhile.
  const settingsVersion = Math.max(organization.settings.version, enterprise?.settings.version ?? 0)
  const [own, shared] = await Promise.all([settingsOf(organization), enterprise && settingsOf(enterprise)])
  const limits = ownLimits(organization, own)
  const group = shared && groupOf(organization.orgId, shared.groups)
  if (group !== undefined && group.maxCycleAcus !== null) {
    const known = groupLimits.get(group)
    const limit = known ?? sharedLimit(membersOf(organizations, group), group.maxCycleAcus)
    groupLimits.set(group, limit)
    limits.push(limit)
  }
  if (limits.length === 0) return
  const second = Math.floor(organization.clock.now() / 1_000_000)
  const version = Math.max(settingsVersion, ...limits.map((limit) => limit.version))
  const last = lastChecks.get(organization)
  if (last?.second === second && last.version === version) return
  for (const limit of limits) {
    if ((await consumedOf(limit, organization, second)) >= limit.acus) {
      await suspendAll(organization)
      break
    }
  }
  lastChecks.set(organization, { second, version })
}

function ownLimits(
  organization: Organization,
  { maxCycleAcuLimit, cycleAcuLimit }: SettingsRecord,
): SharedLimit[] {
  return [maxCycleAcuLimit, cycleAcuLimit].flatMap((acus) =>
    acus === null ? [] : [sharedLimit([organization], acus)],
  )
}

function sharedLimit(organizations: readonly Organization[], acus: number): SharedLimit {
  const version = Math.max(...organizations.map(({ sessions }) => sessions.version))
  return { organizations, acus, version, consumed: new Map() }
}

/** The groups of the enterprise by their organizations. */
const groupsByOrganization = new WeakMap<SettingsRecord['groups'], Map<string, OrganizationGroup>>()

/** Returns the group that an organization is in. */
function groupOf(orgId: string, groups: SettingsRecord['groups']): OrganizationGroup | undefined {
  let byOrganization = groupsByOrganization.get(groups)
  if (byOrganization === undefined) {
    const entries = Object.values(groups).flatMap((group) => group.orgIds.map((id) => [id, group] as const))
    byOrganization = new Map(entries)
    groupsByOrganization.set(groups, byOrganization)
  }
  return byOrganization.get(orgId)
}

function membersOf(organizations: Organizations, { orgIds }: OrganizationGroup): Organization[] {
  return orgIds.flatMap((id) => organizations.find(id) ?? [])
}

/** Returns the ACUs that count towards a limit in the current billing cycle, by the clock of an organization. */
function consumedOf(
  { organizations, consumed }: SharedLimit,
  { clock }: Organization,
  second: number,
): Promise<number> {
  const known = consumed.get(second)
  if (known !== undefined) return known
  const sum = consumedUntil(organizations, clock.now())
  consumed.set(second, sum)
  return sum
}

async function consumedUntil(organizations: readonly Organization[], now: number): Promise<number> {
  const days = await dailyConsumption(organizations, { after: billingMonths.startOf(now), before: now + 1 })
  let sum = 0
  for (const ofDay of days.values()) sum += ofDay
  return sum
}

async function suspendAll(organization: Organization): Promise<void> {
  const running = await organization.sessions.list({ where: (session) => isRunning(organization, session) })
  for (const { id } of running) {
    await organization.sessions.update(id, (before) => {
      if (!isRunning(organization, before)) return before
      const event = {
        at: organization.clock.now(),
        messages: before.messages.length,
        effect: {
          status_enum: 'suspend_requested',
          status: 'suspended',
          status_detail: 'org_usage_limit_exceeded',
        },
        sleep: true,
      } as const
      return { ...before, events: [...before.events, event] }
    })
  }
}

/** Returns whether a session can be suspended. One that is full cannot. */
function isRunning(organization: Organization, session: SessionRecord): boolean {
  const state = sessionNow(organization, session)
  return state.endedAt === null && state.phase.status !== 'suspended' && !isSessionFull(session, state)
}
