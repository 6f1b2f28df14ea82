import { type Json, type ProviderClient, pathEscape, unlessGone } from './client.ts'

/** The configuration of a resource. A member that is not set is absent. */
export type Plan = Readonly<Record<string, unknown>>

/** A resource with an id. */
export interface Resource {
  create(plan: Plan): Promise<Json>
  /** Returns undefined if it is gone. */
  read(id: string): Promise<Json | undefined>
  update(id: string, plan: Plan): Promise<Json>
  /** Returns the status. */
  delete(id: string): Promise<number>
}

/** Returns the members of a plan that are set. */
export function whenSet(plan: Plan, ...names: readonly string[]): Plan {
  return Object.fromEntries(names.filter((name) => name in plan).map((name) => [name, plan[name]]))
}

/** Returns members of a plan, null for those that are not set. */
export function orNull(plan: Plan, ...names: readonly string[]): Plan {
  return Object.fromEntries(names.map((name) => [name, plan[name] ?? null]))
}

/** The path of a resource, and the bodies that the provider sends. */
interface Description {
  readonly path: string
  readonly updateMethod: 'PUT' | 'PATCH'
  creation(plan: Plan): Plan
  change(plan: Plan): Plan
}

/** Returns a resource that is read by its id. */
export function resource(
  client: ProviderClient,
  { path, updateMethod, creation, change }: Description,
): Resource {
  const at = (id: string) => `${path}/${pathEscape(id)}`
  return {
    create: (plan) => client.send('POST', path, creation(plan)),
    read: (id) => client.read(at(id)),
    update: (id, plan) => client.send(updateMethod, at(id), change(plan)),
    delete: (id) => client.delete(at(id)),
  }
}

/** devin_organization */
export function organizations(client: ProviderClient): Resource {
  return resource(client, {
    path: '/v3/enterprise/organizations',
    updateMethod: 'PATCH',
    creation: (plan) => ({
      name: plan.name,
      ...whenSet(plan, 'max_session_acu_limit', 'max_cycle_acu_limit'),
    }),
    change: (plan) => ({
      name: plan.name,
      ...whenSet(plan, 'max_session_acu_limit'),
      ...orNull(plan, 'max_cycle_acu_limit'),
    }),
  })
}

/** devin_playbook, or devin_enterprise_playbook without an organization. */
export function playbooks(client: ProviderClient, orgId?: string): Resource {
  const playbook = resource(client, {
    path: `${scope(orgId)}/playbooks`,
    updateMethod: 'PUT',
    creation: (plan) => ({
      title: plan.title,
      body: plan.body,
      ...whenSet(plan, 'macro', 'structured_output_schema'),
    }),
    change: (plan) => ({
      title: plan.title,
      body: plan.body,
      ...orNull(plan, 'macro', 'structured_output_schema'),
    }),
  })
  return orgId === undefined ? ofEnterprise(playbook, 'playbook') : playbook
}

/** devin_knowledge_note, or devin_enterprise_knowledge_note, which has no folder, without an organization. */
export function notes(client: ProviderClient, orgId?: string): Resource {
  const folder = orgId === undefined ? [] : ['folder_id']
  const fields = ({ name, body, trigger }: Plan) => ({ name, body, trigger })
  const note = resource(client, {
    path: `${scope(orgId)}/knowledge/notes`,
    updateMethod: 'PUT',
    creation: (plan) => ({ ...fields(plan), ...whenSet(plan, 'pinned_repo', ...folder, 'is_enabled') }),
    change: (plan) => ({
      ...fields(plan),
      ...orNull(plan, 'pinned_repo', ...folder),
      ...whenSet(plan, 'is_enabled'),
    }),
  })
  return orgId === undefined ? ofEnterprise(note, 'knowledge note') : note
}

function scope(orgId: string | undefined): string {
  return orgId === undefined ? '/v3/enterprise' : `/v3/organizations/${pathEscape(orgId)}`
}

/** Refuses to read records of an organization, which the operations of the enterprise find, too. */
function ofEnterprise(inner: Resource, kind: string): Resource {
  return {
    ...inner,
    read: async (id) => {
      const record = await inner.read(id)
      if (record === undefined || record.access_type === 'enterprise') return record
      throw new Error(`Not an enterprise ${kind}`)
    },
  }
}

/** devin_git_permission: there is no operation that reads one. */
export function gitPermissions(client: ProviderClient, orgId: string) {
  const path = `/v3/enterprise/organizations/${pathEscape(orgId)}/git-providers/permissions`
  return {
    create: async (permission: Plan): Promise<Json> => {
      const [created] = await client.send('POST', path, { permissions: [permission] })
      return created
    },
    read: (id: string) => find(client, path, 'git_permission_id', id),
    update: (id: string, read_only: boolean) =>
      client.send('PATCH', `${path}/${pathEscape(id)}`, { read_only }),
    delete: (id: string) => client.delete(`${path}/${pathEscape(id)}`),
  }
}

/** devin_secret: there is no operation that reads or changes one. */
export function secrets(client: ProviderClient, orgId: string) {
  const path = `${scope(orgId)}/secrets`
  return {
    create: (plan: Plan) =>
      client.send('POST', path, {
        ...whenSet(plan, 'type', 'key', 'value'),
        is_sensitive: plan.is_sensitive ?? true,
        ...whenSet(plan, 'note'),
      }),
    read: (id: string) => find(client, path, 'secret_id', id),
    /** The operation answers 403 for a secret that is gone, so the provider looks first. */
    delete: async (id: string): Promise<number> => {
      const secret = await find(client, path, 'secret_id', id)
      return secret === undefined ? 404 : client.delete(`${path}/${pathEscape(id)}`)
    },
  }
}

/** Returns the record with an id in a list; undefined if the list or the record is gone. */
async function find(client: ProviderClient, path: string, member: string, id: string): Promise<Json> {
  const items = (await unlessGone(client.list(path))) ?? []
  return items.find((item: Json) => item[member] === id)
}

const NULLABLE_OF_SCHEDULES = ['platform', 'slack_channel_id', 'slack_team_id', 'target_devin_id']
const DEFAULTED_OF_SCHEDULES = ['frequency', 'interval_count', 'schedule_type', 'notify_on', 'agent']

/** devin_schedule. A schedule that is disabled is created, then changed. */
export function schedules(client: ProviderClient, orgId: string): Resource {
  const path = `${scope(orgId)}/schedules`
  const always = ({ name, prompt }: Plan) => ({ name, prompt })
  const plain = resource(client, {
    path,
    updateMethod: 'PATCH',
    creation: (plan) => ({
      ...always(plan),
      ...whenSet(plan, 'playbook_id', ...DEFAULTED_OF_SCHEDULES, ...NULLABLE_OF_SCHEDULES),
      bypass_approval: plan.bypass_approval ?? false,
      ...whenSet(plan, 'scheduled_at', 'tags'),
    }),
    change: (plan) => ({
      ...always(plan),
      ...orNull(plan, 'playbook_id', ...NULLABLE_OF_SCHEDULES, 'tags'),
      ...whenSet(plan, ...DEFAULTED_OF_SCHEDULES, 'enabled', 'bypass_approval', 'scheduled_at'),
    }),
  })
  return {
    ...plain,
    create: async (plan) => {
      const created = await plain.create(plan)
      if (plan.enabled !== false) return created
      return client.send('PATCH', `${path}/${created.scheduled_session_id}`, { enabled: false })
    },
  }
}
