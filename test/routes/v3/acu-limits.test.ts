import t from 'tap'
import { DEFAULT_ORG_ID } from '../../../src/auth/principal.ts'
import { GROUPED_ORGANIZATIONS_MAX } from '../../../src/resources/settings.ts'
import { SESSION_ITEMS_MAX } from '../../../src/simulation/session-limits.ts'
import { startV3, V3_KEY, type V3Fake } from '../../v3.ts'

const LIMITS = '/v3/enterprise/consumption/acu-limits/devin'
const OWN = `${LIMITS}/organizations/${DEFAULT_ORG_ID}`
const GROUPS = '/v3/enterprise/org-group-limits'

t.test('the limit of an organization is set, listed, changed and removed', async (t) => {
  const { v3 } = await startV3(t)
  const limits = async () => (await v3('GET', LIMITS)).json()
  t.match(await limits(), { items: [], total: 0 })

  const put = await v3('PUT', OWN, { cycle_acu_limit: 5 })
  t.same([put.statusCode, put.body], [204, ''])
  const limit = { scope: 'org', org_id: DEFAULT_ORG_ID, user_id: null, cycle_acu_limit: 5 }
  t.same((await limits()).items, [limit])
  await v3('PUT', OWN, { cycle_acu_limit: 0 })
  t.same((await limits()).items, [{ ...limit, cycle_acu_limit: 0 }])

  const deleted = await v3('DELETE', OWN)
  t.same([deleted.statusCode, deleted.body], [204, ''])
  t.same((await limits()).items, [])
  const again = await v3('DELETE', OWN)
  t.same([again.statusCode, again.json().detail], [404, 'ACU limit not found'])
})

t.test('concurrent removals of a limit: one succeeds', async (t) => {
  const { v3 } = await startV3(t)
  await v3('PUT', OWN, { cycle_acu_limit: 5 })

  const deleted = await Promise.all([v3('DELETE', OWN), v3('DELETE', OWN)])

  t.same(deleted.map(({ statusCode }) => statusCode).sort(), [204, 404])
})

t.test('the configuration of groups is replaced as a whole', async (t) => {
  const { v3 } = await startV3(t)
  t.same((await v3('GET', GROUPS)).json(), { groups: {} })

  const config = { groups: { a: { org_ids: ['org-1', 'org-2'], max_cycle_acus: 10 }, b: { org_ids: [] } } }
  const shown = { groups: { ...config.groups, b: { org_ids: [], max_cycle_acus: null } } }
  t.same((await v3('PUT', GROUPS, config)).json(), shown)
  t.same((await v3('GET', GROUPS)).json(), shown)
  t.same((await v3('PUT', GROUPS, { groups: {} })).json(), { groups: {} })
})

t.test('duplicate organizations in a group are removed', async (t) => {
  const { v3 } = await startV3(t)
  const groups = { a: { org_ids: ['org-2', 'org-1', 'org-2', '\ud800'] } }

  const shown = { groups: { a: { org_ids: ['org-2', 'org-1', '\ufffd'] } } }
  t.match((await v3('PUT', GROUPS, { groups })).json(), shown)
})

t.test('an organization in two groups, or too many of them, change nothing', async (t) => {
  const { v3 } = await startV3(t)
  const put = async (groups: object) => {
    const { statusCode, body } = await v3('PUT', GROUPS, { groups })
    return [statusCode, JSON.parse(body).detail]
  }

  t.same(await put({ a: { org_ids: ['org-1'] }, b: { org_ids: ['org-1'] } }), [
    400,
    'Organization org-1 is in more than one group',
  ])
  const ids = Array.from({ length: GROUPED_ORGANIZATIONS_MAX }, (_, index) => `org-${index}`)
  t.same(await put({ a: { org_ids: ids } }), [
    400,
    'There can be at most 10000 groups and organizations in them',
  ])
  t.same((await v3('GET', GROUPS)).json(), { groups: {} })
})

const working = {
  steps: [{ status_enum: 'working' }, { after_seconds: 60, acus: 3 }, { after_seconds: 120, acus: 6 }],
  on_message: [{ status_enum: 'working' }],
}

/** Starts a session that consumes three ACUs a minute, for two minutes. */
async function startWorking({ v3, send }: V3Fake, orgId = DEFAULT_ORG_ID): Promise<string> {
  await send('POST', '/_fake/scenarios', { match: { prompt: 'work' }, scenario: working })
  return (await v3('POST', `/v3/organizations/${orgId}/sessions`, { prompt: 'work' })).json().session_id
}

const suspended = { status: 'suspended', status_detail: 'org_usage_limit_exceeded' }

t.test('sessions are suspended when their organization has reached its limit', async (t) => {
  const fake = await startV3(t)
  const { v3, org, advance } = fake
  const id = await startWorking(fake)
  await v3('PUT', OWN, { cycle_acu_limit: 5 })
  const show = async () => (await org('GET', `/sessions/${id}`)).json()

  advance(61)
  t.match(await show(), { status: 'running', acus_consumed: 3 })
  advance(60)
  t.match(await show(), { ...suspended, acus_consumed: 6 })
  t.match((await org('GET', '/sessions')).json().items, [suspended])
  const v1 = (await fake.call('GET', `/v1/sessions/${id}`)).json()
  t.match(v1, { status: 'suspended', status_enum: 'suspend_requested' })
  advance(60)
  t.match(await show(), suspended)
})

t.test('a limit below the consumption suspends at once, and its removal lets sessions resume', async (t) => {
  const fake = await startV3(t)
  const { v3, org, advance } = fake
  const id = await startWorking(fake)
  advance(61)
  const show = async () => (await org('GET', `/sessions/${id}`)).json()
  t.match(await show(), { status: 'running' })

  await v3('PATCH', `/v3/enterprise/organizations/${DEFAULT_ORG_ID}`, { max_cycle_acu_limit: 1 })
  t.match(await show(), suspended)

  await v3('PATCH', `/v3/enterprise/organizations/${DEFAULT_ORG_ID}`, { max_cycle_acu_limit: null })
  await org('POST', `/sessions/${id}/messages`, { message: 'go on' })
  advance(10)
  t.match(await show(), { status: 'running' })
})

t.test('a session that a limit has suspended consumes no more ACUs, even after a message', async (t) => {
  const fake = await startV3(t)
  const { v3, org, advance } = fake
  const id = await startWorking(fake)
  await v3('PUT', OWN, { cycle_acu_limit: 3 })
  const show = async () => (await org('GET', `/sessions/${id}`)).json()
  advance(61)
  t.match(await show(), suspended)

  advance(120)
  t.match(await show(), { ...suspended, acus_consumed: 3 })
  await org('POST', `/sessions/${id}/messages`, { message: 'go on' })
  t.match(await show(), { ...suspended, acus_consumed: 3 })
})

t.test('a message wakes a session once the limit allows, whatever its scenario does', async (t) => {
  const fake = await startV3(t)
  const { v3, org, advance } = fake
  const { session_id: id } = (await org('POST', '/sessions', { prompt: 'Wait [fake:never]' })).json()
  advance(5)
  await v3('PUT', OWN, { cycle_acu_limit: 0 })
  const show = async () => (await org('GET', `/sessions/${id}`)).json()
  t.match(await show(), suspended)

  await v3('DELETE', OWN)
  t.match((await org('POST', `/sessions/${id}/messages`, { message: 'go on' })).json(), {
    status: 'resuming',
  })
  advance(2)
  t.match(await show(), { status: 'running', status_detail: 'working' })
})

t.test('ACUs of manual events count at once, even with a frozen clock', async (t) => {
  const fake = await startV3(t)
  const { v3, org, send } = fake
  const id = await startWorking(fake)
  await send('PUT', '/_fake/clock', { frozen: true })
  await v3('PUT', OWN, { cycle_acu_limit: 3 })
  const show = async () => (await org('GET', `/sessions/${id}`)).json()
  t.match(await show(), { status: 'new' })

  await send('POST', `/_fake/sessions/devin-${id}/events`, { acus: 3 })

  t.match(await show(), { ...suspended, acus_consumed: 3 })
})

t.test('organizations of a group share its limit', async (t) => {
  const fake = await startV3(t)
  const { v3, send } = fake
  await startWorking(fake)
  const other = await startWorking(fake, 'org-other')
  const groups = {
    ours: { org_ids: [DEFAULT_ORG_ID, 'org-other', 'org-never'], max_cycle_acus: 3 },
    theirs: { org_ids: ['org-third'], max_cycle_acus: 0 },
    free: { org_ids: [], max_cycle_acus: null },
  }
  await v3('PUT', GROUPS, { groups })
  const show = async () => (await v3('GET', `/v3/organizations/org-other/sessions/${other}`)).json()

  t.match(await show(), { status: 'new' })
  await send('POST', '/_fake/clock/advance', { seconds: 61 })
  t.match(await show(), suspended, 'the default organization has consumed three ACUs')
})

t.test(
  'every request that shows a session suspends it first, in any spelling of the path, and so does the control plane',
  async (t) => {
    const show: Record<string, (fake: V3Fake, id: string) => Promise<unknown>> = {
      v3: async ({ call }) => {
        const path = `/v3/organizations/${DEFAULT_ORG_ID}/%73essions`
        const headers = { authorization: `Bearer ${V3_KEY}` }
        return (await call('GET', path, { headers })).json().items[0].status
      },
      v1: async ({ call }) => (await call('GET', '/v1/%73essions')).json().sessions[0].status,
      state: async ({ app }) => {
        const { organizations } = (await app.inject('/_fake/state')).json()
        return organizations[0].sessions[0].events[0]?.effect.status
      },
      event: async ({ send }, id) =>
        (await send('POST', `/_fake/sessions/${id}/events`, { title: 'Later' })).json().status,
    }
    for (const [name, statusOf] of Object.entries(show)) {
      const fake = await startV3(t)
      const id = await startWorking(fake)
      await fake.v3('PUT', OWN, { cycle_acu_limit: 1 })
      fake.advance(61)

      t.equal(await statusOf(fake, id), 'suspended', name)
    }
  },
)

t.test('sessions that cannot be suspended stay unchanged', async (t) => {
  const fake = await startV3(t)
  const { v3, org, advance, organization } = fake
  const [ended, full] = [await startWorking(fake), await startWorking(fake)]
  advance(61)
  await org('DELETE', `/sessions/${ended}`)
  const event = { at: organization.clock.now(), effect: {} }
  await organization.sessions.update(`devin-${full}`, (before) => ({
    ...before,
    events: Array(SESSION_ITEMS_MAX).fill(event),
  }))

  await v3('PUT', OWN, { cycle_acu_limit: 1 })

  t.match((await org('GET', `/sessions/${ended}`)).json(), { status: 'exit' })
  t.match((await org('GET', `/sessions/${full}`)).json(), { status: 'running' })
})

t.test('a session may not consume more than its organization allows', async (t) => {
  const { v3, org, send } = await startV3(t)
  await v3('PATCH', `/v3/enterprise/organizations/${DEFAULT_ORG_ID}`, { max_session_acu_limit: 2 })
  const limit = async (body: object) => {
    const { session_id: id } = (await org('POST', '/sessions', { prompt: 'p', ...body })).json()
    const { organizations } = (await send('GET', '/_fake/state', undefined)).json()
    return organizations[0].sessions.find((one: { id: string }) => one.id === `devin-${id}`).max_acu_limit
  }

  t.equal(await limit({}), 2)
  t.equal(await limit({ max_acu_limit: 1 }), 1)
  t.equal(await limit({ max_acu_limit: 9 }), 2)
})

t.test('concurrent reads suspend a session once', async (t) => {
  const fake = await startV3(t)
  const { v3, org, advance, organization } = fake
  const id = await startWorking(fake)
  await v3('PUT', OWN, { cycle_acu_limit: 1 })
  advance(61)

  await Promise.all([1, 2, 3].map(() => org('GET', `/sessions/${id}`)))

  t.match(await organization.sessions.get(`devin-${id}`), { events: { length: 1 } })
})
