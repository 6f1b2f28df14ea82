import { mintApkKeys } from '../../auth/apk-keys.ts'
import { mintCogKeys } from '../../auth/cog-keys.ts'
import { DEMO_KEY, DEMO_V3_KEY, type KeyRegistry } from '../../auth/keys.ts'
import { DEFAULT_ORG_ID, ENTERPRISE_ID } from '../../auth/principal.ts'
import { randomIds } from '../../base/ids.ts'
import type { Organization, Organizations } from '../../organization/organizations.ts'
import type { OrganizationList } from '../../schemas/control/organizations.ts'

type Listed = OrganizationList['organizations'][number]

/**
 * Returns the organizations that exist, first the default one and then in the order of their first use: those of the enterprise, others
 * that were written to or have keys, and the enterprise itself.
 */
export async function listOrganizations(
  { organizations, keys }: { readonly organizations: Organizations; readonly keys: KeyRegistry },
  reveal: boolean,
): Promise<Listed[]> {
  const registered = registeredKeys(keys)
  const listed = new Set([...organizations.ofEnterprise(), ...organizations.kept()])
  const isListed = (organization: Organization) =>
    listed.has(organization) || organization.orgId === ENTERPRISE_ID || registered.has(organization.orgId)
  return Promise.all(
    organizations
      .all()
      .filter(isListed)
      .sort((one, other) => Number(isDefault(other)) - Number(isDefault(one)))
      .map(async (organization) => {
        const { orgId, name, sessions } = organization
        const own = registered.get(orgId) ?? []
        return {
          org_id: orgId,
          name,
          sessions: (await sessions.page({ order: 'newest', first: 0 })).total,
          is_default: isDefault(organization),
          keys: reveal ? byGeneration([...own, ...(keys.strict ? [] : openKeys(keys, orgId))]) : null,
        }
      }),
  )
}

function isDefault({ orgId }: Organization): boolean {
  return orgId === DEFAULT_ORG_ID
}

/** Returns the valid registered keys by organization, except those of service users that a client has created. */
function registeredKeys(keys: KeyRegistry): Map<string, string[]> {
  const { registered, revoked } = keys.capture()
  const found = new Map<string, string[]>()
  for (const [key, { orgId, roles }] of registered) {
    if (roles !== undefined || revoked.has(key)) continue
    const own = found.get(orgId)
    if (own === undefined) found.set(orgId, [key])
    else own.push(key)
  }
  return found
}

/** Returns keys that select an organization without registration. There are none for an id of an unusual form. */
function openKeys(keys: KeyRegistry, orgId: string): string[] {
  const isEnterprise = orgId === ENTERPRISE_ID
  return candidates(orgId).filter((key) => {
    const principal = keys.principalOf(key)
    // Every open key is also valid for the enterprise.
    return isEnterprise ? principal?.isBound === false : principal?.orgId === orgId
  })
}

function candidates(orgId: string): string[] {
  if (orgId === ENTERPRISE_ID) return [DEMO_V3_KEY]
  if (orgId === DEFAULT_ORG_ID) return [DEMO_KEY, DEMO_V3_KEY]
  // Not from the ids of the server or the organization, whose sequence repeats after each start with `--seed-ids`.
  const ids = randomIds()
  return [mintApkKeys(orgId, ids).personal, mintCogKeys(orgId, ids).service]
}

function byGeneration(all: readonly string[]): NonNullable<Listed['keys']> {
  const keys = [...new Set(all)]
  return {
    v1: keys.filter((key) => key.startsWith('apk_')),
    v3: keys.filter((key) => !key.startsWith('apk_')),
  }
}
