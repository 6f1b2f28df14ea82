import t from 'tap'
import { parseInstant } from '../../src/base/clock.ts'
import { type Json, type ProviderClient, startTerraform } from './client.ts'
import { playbooks, schedules } from './resources.ts'

const bare = { name: 'Nightly', prompt: 'Update dependencies', frequency: '0 9 * * 1' }
const defaults = {
  enabled: true,
  notify_on: 'failure',
  agent: 'devin',
  schedule_type: 'recurring',
  interval_count: 1,
  bypass_approval: false,
  playbook: null,
  platform: null,
  slack_channel_id: null,
  slack_team_id: null,
  target_devin_id: null,
  scheduled_at: null,
}

/** Reads all schedules as the provider does, with an offset instead of a cursor. */
async function list(client: ProviderClient, path: string, limit = 200): Promise<Json[]> {
  const items: Json[] = []
  for (;;) {
    const offset = items.length === 0 ? '' : `&offset=${items.length}`
    const page = await client.send('GET', `${path}?limit=${limit}${offset}`)
    items.push(...page.items)
    if (page.items.length < limit) return items
  }
}

/** Returns tags, where none are the same as null. */
const tagsOf = ({ tags }: Json) => tags ?? []

t.test('a schedule goes through the life cycle of a resource', async (t) => {
  const { client, orgId } = await startTerraform(t)
  const resource = schedules(client, orgId)
  const { playbook_id } = await playbooks(client, orgId).create({ title: 't', body: 'b' })

  const created = await resource.create(bare)
  const id = created.scheduled_session_id
  t.hasStrict(created, { ...bare, ...defaults, org_id: orgId })
  t.same(tagsOf(created), [])
  t.hasStrict(await resource.read(id), { ...bare, ...defaults })

  const full = {
    name: 'Daily',
    prompt: 'Do more',
    frequency: '0 8 * * *',
    interval_count: 2,
    notify_on: 'always',
    bypass_approval: true,
    enabled: false,
    tags: ['b', 'a'],
  }
  const changed = await resource.update(id, { ...full, playbook_id })
  t.hasStrict(changed, { ...full, scheduled_session_id: id, playbook: { playbook_id } })
  t.hasStrict(await resource.read(id), { ...full, playbook: { playbook_id } })

  const { tags: _, ...kept } = full
  const cleared = await resource.update(id, { name: 'Daily', prompt: 'Do more' })
  t.hasStrict(cleared, { ...kept, playbook: null }, 'what is not sent stays, and null clears')
  t.same(tagsOf(await resource.read(id)), [])

  t.equal(await resource.delete(id), 200)
  t.equal(await resource.read(id), undefined)
  t.equal(await resource.delete(id), 404)
})

t.test('a schedule is created with everything that can be set', async (t) => {
  const { client, orgId } = await startTerraform(t)
  const { playbook_id } = await playbooks(client, orgId).create({ title: 't', body: 'b' })
  const plan = {
    ...bare,
    interval_count: 3,
    bypass_approval: true,
    slack_channel_id: 'C123',
    slack_team_id: 'T123',
    schedule_type: 'recurring',
    notify_on: 'never',
    agent: 'devin',
    tags: ['nightly'],
  }

  const created = await schedules(client, orgId).create({ ...plan, playbook_id })

  t.hasStrict(created, { ...plan, enabled: true, playbook: { playbook_id } })
})

t.test('a schedule that is disabled is created, then changed', async (t) => {
  const { client, orgId } = await startTerraform(t)
  const resource = schedules(client, orgId)

  const created = await resource.create({ ...bare, enabled: false })

  t.hasStrict(await resource.read(created.scheduled_session_id), { ...bare, enabled: false })
})

t.test('a one-time schedule has a time in the format of RFC 3339', async (t) => {
  const { client, orgId } = await startTerraform(t)
  const resource = schedules(client, orgId)
  const at = '2026-02-03T04:05:06Z'
  const once = { name: 'Once', prompt: 'Go', schedule_type: 'one_time' }

  const created = await resource.create({ ...once, scheduled_at: at })

  const id = created.scheduled_session_id
  const read = await resource.read(id)
  t.hasStrict(read, once)
  for (const shown of [created.scheduled_at, read.scheduled_at]) {
    t.match(shown, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/)
    t.equal(parseInstant(shown), parseInstant(at))
  }
  const recurring = { ...bare, schedule_type: 'recurring', scheduled_at: null }
  t.hasStrict(await resource.update(id, recurring), recurring)
})

t.test('a schedule that becomes a one-time schedule keeps its last cron expression', async (t) => {
  const { client, orgId } = await startTerraform(t)
  const resource = schedules(client, orgId)
  const { scheduled_session_id: id } = await resource.create(bare)

  await resource.update(id, {
    name: bare.name,
    prompt: bare.prompt,
    schedule_type: 'one_time',
    scheduled_at: '2026-02-03T04:05:06Z',
  })

  t.hasStrict(await resource.read(id), { schedule_type: 'one_time', frequency: bare.frequency })
})

t.test('a schedule with an invalid cron expression is rejected with an error about it', async (t) => {
  const { client, orgId } = await startTerraform(t)
  const refused = { name: 'ApiError', message: /cron|frequency/i }

  await t.rejects(schedules(client, orgId).create({ ...bare, frequency: 'not a cron' }), refused)
  t.same(await list(client, `/v3/organizations/${orgId}/schedules`), [])
})

t.test('the schedules are listed page by page', async (t) => {
  const { client, orgId } = await startTerraform(t)
  for (const name of ['a', 'b', 'c']) await schedules(client, orgId).create({ ...bare, name })

  for (const limit of [2, 200]) {
    const listed = await list(client, `/v3/organizations/${orgId}/schedules`, limit)
    t.same(listed.map(({ name }) => name).sort(), ['a', 'b', 'c'])
  }
})
