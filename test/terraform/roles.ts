import { type Json, type ProviderClient, pathEscape, unlessGone } from './client.ts'

/** A role that somebody has, in the enterprise or in an organization. */
export interface RoleResource {
  create(roleId: string): Promise<Json>
  /** Returns the id of the role, or undefined if it is gone. */
  read(): Promise<string | undefined>
  update(roleId: string): Promise<Json>
  /** Returns the status. */
  delete(): Promise<number>
}

interface Place {
  /** Where the role is assigned, changed and removed. */
  readonly path: string
  /** Where it is read. */
  readonly readPath: string
  /** The organization of the role; null for the enterprise. */
  readonly orgId: string | null
}

function role(client: ProviderClient, { path, readPath, orgId }: Place): RoleResource {
  return {
    create: (role_id) => client.send('POST', path, { role_id }),
    read: async () => {
      const member = await client.read(readPath)
      return member?.role_assignments.find((one: Json) => one.org_id === orgId)?.role.role_id
    },
    update: (role_id) => client.send('PATCH', path, { role_id }),
    delete: () => client.delete(path),
  }
}

const MEMBERS = '/v3/enterprise/members'
const membersOf = (orgId: string) => `/v3/enterprise/organizations/${pathEscape(orgId)}/members`

/** devin_enterprise_idp_group_role */
export function enterpriseGroupRole(client: ProviderClient, group: string): RoleResource {
  const path = `${MEMBERS}/idp-groups/${pathEscape(group)}`
  return role(client, { path, readPath: path, orgId: null })
}

/** devin_org_idp_group_role */
export function orgGroupRole(client: ProviderClient, orgId: string, group: string): RoleResource {
  const path = `${membersOf(orgId)}/idp-groups/${pathEscape(group)}`
  return role(client, { path, readPath: path, orgId })
}

/** devin_enterprise_service_user_role, which is never removed: that would remove the service user. */
export function enterpriseServiceUserRole(client: ProviderClient, id: string): Omit<RoleResource, 'delete'> {
  const path = `${MEMBERS}/service-users/${pathEscape(id)}`
  return role(client, { path, readPath: path, orgId: null })
}

/** devin_org_service_user_role, which is read in the enterprise. */
export function orgServiceUserRole(client: ProviderClient, orgId: string, id: string): RoleResource {
  const member = `service-users/${pathEscape(id)}`
  return role(client, { path: `${membersOf(orgId)}/${member}`, readPath: `${MEMBERS}/${member}`, orgId })
}

/** devin_org_user_role, which is read in the enterprise. */
export function orgUserRole(client: ProviderClient, orgId: string, id: string): RoleResource {
  const member = `users/${pathEscape(id)}`
  return role(client, { path: `${membersOf(orgId)}/${member}`, readPath: `${MEMBERS}/${member}`, orgId })
}

const GROUPS = '/v3/enterprise/idp-groups'

/** devin_idp_group, whose list is read. */
export function groups(client: ProviderClient) {
  return {
    create: async (name: string): Promise<Json> => {
      const [created] = await client.send('POST', GROUPS, { idp_group_names: [name] })
      return created
    },
    read: async (name: string): Promise<Json> =>
      (await client.list(GROUPS)).find(({ idp_group_name }) => idp_group_name === name),
    delete: (name: string) => client.delete(`${GROUPS}/${pathEscape(name)}`),
  }
}

/** devin_org_tags */
export function orgTags(client: ProviderClient, orgId: string) {
  const path = `/v3/enterprise/organizations/${pathEscape(orgId)}/tags`
  return {
    /** Sets the tags, and then the default. */
    apply: async (tags: readonly string[], defaultTag?: string): Promise<Json> => {
      const applied = await client.send('PUT', path, { tags })
      if (defaultTag === undefined) await client.delete(`${path}/default`)
      else await client.send('PUT', `${path}/default`, { tag: defaultTag })
      return applied
    },
    /** Returns undefined if the organization is gone. */
    read: async (): Promise<Json> => {
      const read = await unlessGone(client.send('GET', path))
      return read && { ...read, ...(await client.send('GET', `${path}/default`)) }
    },
    delete: () => client.delete(path),
  }
}
