import { isDeepStrictEqual } from 'node:util'
import { type Json, type ProviderClient, pathEscape } from './client.ts'
import { type Plan, whenSet } from './resources.ts'

const GROUPS = ['notifications', 'limits', 'concurrency', 'tools', 'session_settings']
const LISTS = ['triggers', 'actions']

/** The members of groups that can be null, which a change names all. */
const NULLABLE: Readonly<Record<string, readonly string[]>> = {
  limits: ['max_acu_limit', 'invocations'],
  session_settings: ['devin_mode'],
}

/** devin_automation */
export function automations(client: ProviderClient, orgId: string) {
  const path = `/v3/organizations/${pathEscape(orgId)}/automations`
  const at = (id: string) => `${path}/${pathEscape(id)}`
  return {
    create: (plan: Plan): Promise<Json> =>
      client.send('POST', path, {
        name: plan.name,
        enabled: plan.enabled ?? true,
        ...whenSet(plan, 'metadata', ...LISTS, ...GROUPS),
        run_as: { type: plan.run_as ?? 'organization' },
      }),
    read: (id: string) => client.read(at(id)),
    update: async (id: string, before: Plan, plan: Plan): Promise<Json> => {
      const changed = (name: string) => !isDeepStrictEqual(before[name], plan[name])
      return client.send('PATCH', at(id), {
        name: plan.name,
        enabled: plan.enabled ?? true,
        metadata: await metadataChange(client, path, before, plan),
        ...Object.fromEntries(LISTS.filter(changed).map((name) => [name, plan[name]])),
        ...Object.fromEntries(GROUPS.filter(changed).map((name) => [name, nullFilled(name, plan[name])])),
        run_as: plan.run_as === undefined ? null : { type: plan.run_as },
      })
    },
    delete: (id: string) => client.delete(at(id)),
  }
}

function nullFilled(name: string, group: unknown): Json {
  if (group === undefined) return null
  const nulls = (NULLABLE[name] ?? []).map((member) => [member, null])
  return { ...Object.fromEntries(nulls), ...(group as Plan) }
}

/** Returns all metadata, and null for keys that go, unless the API says that it replaces groups. */
async function metadataChange(client: ProviderClient, path: string, before: Plan, plan: Plan): Promise<Json> {
  const [prior, planned] = [Object(before.metadata), Object(plan.metadata)]
  const gone = Object.keys(prior).filter((key) => !(key in planned))
  if (gone.length === 0) return planned
  const { update_semantics: semantics } = await client
    .send('GET', `${path}/schemas`)
    .catch(() => ({ update_semantics: undefined }))
  if (semantics === 'replace_groups') return planned
  return { ...planned, ...Object.fromEntries(gone.map((key) => [key, null])) }
}
