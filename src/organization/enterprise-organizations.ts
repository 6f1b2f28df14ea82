import type { KeyRegistry } from '../auth/keys.ts'
import { DEFAULT_ORG_ID, type Principal } from '../auth/principal.ts'
import { DEFAULT_SESSION_ACU_LIMIT, type SettingsRecord } from '../resources/settings.ts'
import { found, Impossible, InUse, NotFound } from './errors.ts'
import { newOrgId } from './new-org-id.ts'
import type { Organization, Organizations } from './organizations.ts'
import { removeRolesIn } from './roles-in-organization.ts'
import { changeSettings, settingsOf } from './settings.ts'

/** An organization as its enterprise sees it. */
export interface EnterpriseOrganization {
  readonly organization: Organization
  readonly settings: SettingsRecord
}

/** The fields of an organization that the enterprise sets. Omitted ones stay as they are. */
export interface OrganizationFields {
  readonly name?: string
  readonly maxCycleAcuLimit?: number | null
  readonly maxSessionAcuLimit?: number | null
}

/** Returns all organizations of the enterprise. */
export function listOrganizations(organizations: Organizations): Promise<EnterpriseOrganization[]> {
  return Promise.all(
    organizations.ofEnterprise().map(async (organization) => ({
      organization,
      settings: await settingsOf(organization),
    })),
  )
}

/** Returns an organization of the enterprise. Throws {@link NotFound}. */
export async function getOrganization(
  organizations: Organizations,
  orgId: string,
): Promise<EnterpriseOrganization> {
  const organization = existing(organizations, orgId)
  return { organization, settings: await settingsOf(organization) }
}

/** Creates an organization. Throws {@link Impossible} for its name, and StoreFullError, after which there is none. */
export async function createOrganization(
  organizations: Organizations,
  principal: Principal,
  { name, ...limits }: OrganizationFields & { readonly name: string },
): Promise<EnterpriseOrganization> {
  const { auditLog } = organizations.enterprise
  const checked = checkedName(name)
  const organization = organizations.create(newOrgId(organizations), checked)
  const { orgId } = organization
  try {
    const settings = await changeSettings(organization, () => ({
      maxSessionAcuLimit: DEFAULT_SESSION_ACU_LIMIT,
      ...limits,
    }))
    auditLog.write(principal, 'create_org', orgId)
    return { organization, settings }
  } catch (error) {
    await organizations.remove(orgId)
    throw error
  }
}

/** Changes an organization. Throws {@link NotFound}, {@link Impossible} for its name, and StoreFullError. */
export async function updateOrganization(
  organizations: Organizations,
  principal: Principal,
  orgId: string,
  { name, ...limits }: OrganizationFields,
): Promise<EnterpriseOrganization> {
  const { auditLog } = organizations.enterprise
  const organization = existing(organizations, orgId)
  const newName = name === undefined ? undefined : checkedName(name)
  const settings = await changeSettings(organization, () => limits)
  if (newName !== undefined) organizations.rename(organization, newName)
  auditLog.write(principal, 'update_org', organization.orgId)
  return { organization, settings }
}

/**
 * Deletes an organization with everything in it and all roles there, takes it out of its group, and revokes the keys that are
 * registered for it. Throws {@link NotFound}, and {@link InUse} for the default organization, which the keys without an organization use.
 */
export async function deleteOrganization(
  organizations: Organizations,
  principal: Principal,
  keys: KeyRegistry,
  id: string,
): Promise<EnterpriseOrganization> {
  const { auditLog } = organizations.enterprise
  const deleted = await getOrganization(organizations, id)
  const { orgId } = deleted.organization
  if (orgId === DEFAULT_ORG_ID) throw new InUse('The default organization cannot be deleted')
  // A concurrent request may have deleted it.
  existing(organizations, orgId)
  keys.revokeAll(orgId)
  organizations.events.live?.publish({ kind: 'keys', org_id: orgId, action: 'deleted' })
  await organizations.delete(orgId)
  await removeRolesIn(organizations, keys, orgId)
  await leaveGroups(organizations, orgId)
  auditLog.write(principal, 'delete_org', orgId)
  return deleted
}

async function leaveGroups({ enterprise }: Organizations, orgId: string): Promise<void> {
  const { groups } = await settingsOf(enterprise)
  if (!Object.values(groups).some(({ orgIds }) => orgIds.includes(orgId))) return
  await changeSettings(enterprise, (before) => ({
    groups: Object.fromEntries(
      Object.entries(before.groups).map(([name, { orgIds, ...rest }]) => [
        name,
        { ...rest, orgIds: orgIds.filter((one) => one !== orgId) },
      ]),
    ),
  }))
}

/** The maximum length of a name, in characters. The vendor publishes none. */
const ORGANIZATION_NAME_MAX = 200

function checkedName(name: string): string {
  if (name.length > ORGANIZATION_NAME_MAX) {
    throw new Impossible(`name must have at most ${ORGANIZATION_NAME_MAX} characters`)
  }
  return name.toWellFormed()
}

function existing(organizations: Organizations, orgId: string): Organization {
  return found(organizations.inEnterprise(orgId), 'organization')
}
