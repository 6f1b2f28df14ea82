import t from 'tap'
import { automations } from './automations.ts'
import { startTerraform } from './client.ts'

const start = { type: 'start_session', prompt: 'Triage the alert' }
const when = (field: string, operator: string, value: string) => ({
  any: [{ all: [{ field, operator, value }] }],
})
const issues = { event_type: 'github:issues', conditions: when('action', 'eq', 'opened') }
const webhook = { event_type: 'webhook:incoming', conditions: null }
const bare = { name: 'Triage', triggers: [issues], actions: [start], run_as: 'organization' }

t.test('an automation goes through the life cycle of a resource', async (t) => {
  const { client, orgId } = await startTerraform(t)
  const resource = automations(client, orgId)

  const created = await resource.create(bare)
  const id = created.automation_id
  const shown = { name: 'Triage', enabled: true, limits: null, concurrency: null }
  t.hasStrict(created, { ...shown, metadata: {}, run_as: { type: 'organization' } })
  t.hasStrict(created.triggers, [issues])
  t.hasStrict(created.actions, [start])
  t.hasStrict(await resource.read(id), shown)

  const plan = { ...bare, name: 'Triage 2', enabled: false }
  t.hasStrict(await resource.update(id, bare, plan), { automation_id: id, name: 'Triage 2', enabled: false })
  const read = await resource.read(id)
  t.hasStrict(read, { name: 'Triage 2', enabled: false })
  t.hasStrict([read.triggers[0], read.actions[0]], [issues, start], 'what is not sent stays')

  t.equal(await resource.delete(id), 200)
  t.equal(await resource.read(id), undefined)
  t.equal(await resource.delete(id), 404)
})

t.test('the settings of an automation can be set and cleared', async (t) => {
  const { client, orgId } = await startTerraform(t)
  const resource = automations(client, orgId)
  const groups = {
    limits: { max_acu_limit: 10, invocations: { max_per_window: 5, window_seconds: 60 } },
    concurrency: { max_concurrent_runs: 2, max_queue_depth: 0 },
  }

  const created = await resource.create({ ...bare, ...groups })
  t.hasStrict(created, groups)
  const id = created.automation_id
  t.hasStrict(await resource.read(id), groups)

  const cleared = { limits: null, concurrency: null }
  t.hasStrict(await resource.update(id, { ...bare, ...groups }, bare), cleared)
  t.hasStrict(await resource.read(id), cleared)
})

t.test('the limit of invocations is removed if the limits are replaced by an ACU limit', async (t) => {
  const { client, orgId } = await startTerraform(t)
  const resource = automations(client, orgId)
  const before = { ...bare, limits: { invocations: { max_per_window: 5, window_seconds: 60 } } }
  const { automation_id: id } = await resource.create(before)

  await resource.update(id, before, { ...bare, limits: { max_acu_limit: 10 } })

  t.hasStrict(await resource.read(id), { limits: { max_acu_limit: 10, invocations: null } })
})

t.test('metadata is added and changed, and stays when the rest changes', async (t) => {
  const { client, orgId } = await startTerraform(t)
  const resource = automations(client, orgId)
  const before = { ...bare, metadata: { team: 'web' } }
  const { automation_id: id } = await resource.create(before)

  const after = { ...bare, metadata: { team: 'api', tier: '1' } }
  await resource.update(id, before, after)
  t.same((await resource.read(id)).metadata, after.metadata)
  await resource.update(id, after, { ...after, name: 'x' })
  t.same((await resource.read(id)).metadata, after.metadata)
  await resource.update(id, after, { ...bare, metadata: { tier: '1' } })
  t.same((await resource.read(id)).metadata, { tier: '1' }, 'a key is removed')
})

t.test('the network policy of the session settings survives a change', async (t) => {
  const { client, orgId } = await startTerraform(t)
  const resource = automations(client, orgId)
  const policy = { net_policy: { mode: 'allowlist', hosts: ['example.com'] } }
  const before = { ...bare, session_settings: policy }
  const { automation_id: id } = await resource.create(before)

  await resource.update(id, before, { ...before, name: 'Renamed' })

  t.hasStrict((await resource.read(id)).session_settings, policy)
})

t.test('the conditions of a trigger can be removed', async (t) => {
  const { client, orgId } = await startTerraform(t)
  const resource = automations(client, orgId)
  const before = {
    ...bare,
    triggers: [
      { event_type: 'incident_io:incident_created', conditions: when('incident.name', 'contains', 'down') },
    ],
  }
  const created = await resource.create(before)
  t.hasStrict(created.triggers, before.triggers)

  const after = { ...bare, triggers: [{ event_type: 'incident_io:incident_created', conditions: null }] }
  await resource.update(created.automation_id, before, after)

  t.equal((await resource.read(created.automation_id)).triggers[0].conditions, null)
})

t.test("the tags of an action's session can be removed", async (t) => {
  const { client, orgId } = await startTerraform(t)
  const resource = automations(client, orgId)
  const before = { ...bare, actions: [{ ...start, session: { tags: ['night'] } }] }
  const { automation_id: id } = await resource.create(before)

  // The provider fills in what is gone from an action.
  await resource.update(id, before, { ...bare, actions: [{ ...start, session: { tags: [] } }] })

  t.same((await resource.read(id)).actions[0].session, { tags: [] })
})

t.test('the secret of a webhook is shown once, and its URL until the trigger is removed', async (t) => {
  const { client, orgId } = await startTerraform(t)
  const resource = automations(client, orgId)
  const { automation_id: id, triggers: none } = await resource.create(bare)
  t.equal(none[0].webhook ?? null, null)

  const added = { ...bare, triggers: [webhook] }
  const [minted] = (await resource.update(id, bare, added)).triggers
  t.match(minted.webhook, { url: /^http/, secret: /./ })
  const [later] = (await resource.read(id)).triggers
  t.equal(later.webhook.url, minted.webhook.url)
  t.equal(later.webhook.secret ?? null, null)
  const [renamed] = (await resource.update(id, added, { ...added, name: 'x' })).triggers
  t.equal(renamed.webhook.url, minted.webhook.url)
  t.equal(renamed.webhook.secret ?? null, null)

  await resource.update(id, added, bare)
  const read = await resource.read(id)
  t.notOk(read.triggers.some((trigger: { webhook?: object | null }) => trigger.webhook))
})

t.test('a service user creates no automation that runs as its creator', async (t) => {
  const { client, orgId } = await startTerraform(t)

  await t.rejects(automations(client, orgId).create({ ...bare, run_as: 'creator' }), { name: 'ApiError' })
})

t.test('limits of an automation out of range are refused', async (t) => {
  const { client, orgId } = await startTerraform(t)

  for (const flaw of [
    { limits: { invocations: { max_per_window: 0, window_seconds: 60 } } },
    { concurrency: { max_concurrent_runs: 0, max_queue_depth: 0 } },
    { concurrency: { max_concurrent_runs: 1, max_queue_depth: -1 } },
  ]) {
    const created = automations(client, orgId).create({ ...bare, ...flaw })
    await t.rejects(created, { name: 'ApiError', message: /^API error 4/ }, JSON.stringify(flaw))
  }
  t.same(await client.list(`/v3/organizations/${orgId}/automations`), [])
})

t.test('the automations are listed page by page', async (t) => {
  const { client, orgId } = await startTerraform(t)
  for (const name of ['a', 'b', 'c']) await automations(client, orgId).create({ ...bare, name })

  const listed = await client.list(`/v3/organizations/${orgId}/automations`, { first: 1 })

  t.same(listed.map(({ name }) => name).sort(), ['a', 'b', 'c'])
})
