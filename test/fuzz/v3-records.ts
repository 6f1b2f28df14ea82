import { BUILT_IN_CONNECTION } from '../../src/resources/git-connections.ts'
import { knownValue } from './known-values.ts'
import { OPEN_KEY, SECRET, TENANTS, type Tenant } from './v3-tenants.ts'

/** A request that creates something. */
export interface Creation {
  readonly method?: 'PUT' | 'PATCH'
  /** The path in the document. Parameters other than `org_id` are filled in with the values of `parameters` or the latest known ones. */
  readonly template: string
  readonly parameters?: Readonly<Record<string, string>>
  readonly body?: unknown
  /** The file in a form, in place of a body. */
  readonly file?: { readonly name: string; readonly query: string }
  readonly orgId: string
  readonly key: string
}

/** The requests that create builds. Time must pass before they can be pinned. */
export function buildsOf({ orgId, key }: Tenant): Creation[] {
  const template = '/v3beta1/organizations/{org_id}/snapshot-setup/builds'
  return [{ template, body: {}, orgId, key }]
}

/** The requests that create the records of an organization. */
export function recordsOf(tenant: Tenant): Creation[] {
  const { orgId, key, marker } = tenant
  const create = (path: string, body: unknown, more?: Partial<Creation>): Creation => ({
    template: `/v3/organizations/{org_id}/${path}`,
    body,
    orgId,
    key,
    ...more,
  })
  const serviceUser = { name: marker, role_id: 'org_member', ttl_seconds: 1_000 }
  return [
    ...contentsOf(tenant).map(([path, body]) => create(path, body)),
    create('service-users', serviceUser),
    create('attachments', undefined, { file: { name: 'a.txt', query: '' } }),
    ...blueprintOf(tenant),
  ]
}

/** The bodies of the requests that create what users work with, by path. */
function contentsOf({ marker }: Tenant): [path: string, body: unknown][] {
  const secret = (number: number) => ({
    type: 'key-value',
    key: `${marker}-${number}`,
    value: `${SECRET}-${number} of ${marker}`,
    note: marker,
  })
  const session = {
    prompt: marker,
    title: marker,
    tags: [marker],
    session_secrets: [{ key: 'K', value: `${SECRET} of a session` }],
  }
  const note = { name: marker, body: marker, trigger: marker }
  const playbook = { title: marker, body: marker }
  const schedule = { name: marker, prompt: marker, frequency: '0 9 * * *', tags: [marker] }
  const automation = {
    name: marker,
    triggers: [{ event_type: 'webhook:incoming', conditions: null }],
    actions: [{ type: 'start_session', prompt: marker }],
    run_as: { type: 'organization' },
  }
  return [
    ['secrets', secret(1)],
    ['secrets', secret(2)],
    ['sessions', session],
    ['sessions', session],
    ['knowledge/notes', note],
    ['knowledge/notes', note],
    ['playbooks', playbook],
    ['playbooks', playbook],
    ['schedules', schedule],
    ['automations', automation],
    ['automations', automation],
    ['pr-reviews', { pr_url: 'https://github.com/owner/repo/pull/1' }],
    ['code-scans', { repo_name: marker }],
  ]
}

/** The requests that create a blueprint with files. */
function blueprintOf({ orgId, key, marker }: Tenant): Creation[] {
  const template = '/v3beta1/organizations/{org_id}/snapshot-setup/blueprints'
  const file = (name: string): Creation => ({
    template: `${template}/{blueprint_id}/files`,
    file: { name, query: `?name=${name}` },
    orgId,
    key,
  })
  const body = { repo_name: `owner/${marker}`, contents: marker }
  return [{ template, body, orgId, key }, file('a.txt'), file('b.txt')]
}

/** Values that no answer has, or not always, by the name of their parameter. */
export const FIXED_VALUES = {
  org_id: TENANTS.map(({ orgId }) => orgId),
  connection_id: [BUILT_IN_CONNECTION.id],
  git_connection_id: [BUILT_IN_CONNECTION.id],
  idp_group_name: ['engineers', 'designers', 'testers', 'writers'],
  tag: ['tag-a', 'tag-b', 'tag-c'],
  repository_path: ['owner/repo', 'group/sub/repo'],
}

/** The requests that create the records of the enterprise, and what it manages in the organizations. */
export function enterpriseRecords(): Creation[] {
  const create = (path: string, body: unknown, more?: Partial<Creation>): Creation => ({
    template: `/v3/enterprise/${path}`,
    body,
    orgId: '',
    key: OPEN_KEY,
    ...more,
  })
  // Two groups get roles everywhere, one in the enterprise only, and the last one none.
  const groups = FIXED_VALUES.idp_group_name.slice(0, 3)
  const role = { role_id: 'account_member' }
  const emails = ['a', 'b', 'c', 'd'].map((name) => `${name}@example.com`)
  return [
    create('organizations', { name: 'extra 1' }),
    create('organizations', { name: 'extra 2' }),
    create('knowledge/notes', { name: 'n', body: 'b', trigger: 't' }),
    create('playbooks', { title: 't', body: 'b' }),
    create('service-users', { name: 'n', ...role, ttl_seconds: 1_000 }),
    create('service-users/{service_user_id}/api-keys', { name: 'k' }),
    create('service-users/{service_user_id}/api-keys', { name: 'k' }),
    // The latest two users and the latest service user get roles in the organizations, the others do not.
    create('service-users', { name: 'n', ...role, ttl_seconds: 1_000 }),
    create('members/users', { emails, enterprise_role_id: 'account_member' }),
    create('pr-reviews', { pr_url: 'https://github.com/owner/repo/pull/1' }),
    create('idp-groups', { idp_group_names: FIXED_VALUES.idp_group_name }),
    ...groups.map((idp_group_name) =>
      create('members/idp-groups/{idp_group_name}', role, { parameters: { idp_group_name } }),
    ),
    ...TENANTS.map(({ orgId }) =>
      create(
        'consumption/acu-limits/devin/organizations/{org_id}',
        { cycle_acu_limit: 1_000_000 },
        { method: 'PUT', orgId },
      ),
    ),
    ...TENANTS.flatMap(({ orgId }) =>
      managedRecords(groups.slice(0, 2)).map(([path, body, more]) =>
        create(`organizations/{org_id}/${path}`, body, { ...more, orgId }),
      ),
    ),
  ]
}

/** What the enterprise manages in an organization. */
function managedRecords(
  groups: readonly string[],
): [path: string, body: unknown, more?: Partial<Creation>][] {
  const role = { role_id: 'org_member' }
  const permission = { git_connection_id: BUILT_IN_CONNECTION.id, repo_path: 'owner/repo' }
  return [
    ['members/users/{user_id}', role],
    ['members/users/{user_id}', role, { parameters: { user_id: knownValue('user_id', 1) } }],
    ...groups.map((idp_group_name): [string, object, Partial<Creation>] => [
      'members/idp-groups/{idp_group_name}',
      role,
      { parameters: { idp_group_name } },
    ]),
    ['members/service-users/{service_user_id}', role],
    ['tags', { tags: FIXED_VALUES.tag }, { method: 'PUT' }],
    ['git-providers/permissions', { permissions: [permission] }],
  ]
}
