import t from 'tap'
import { KeyRegistry } from '../../../src/auth/keys.ts'
import { DEFAULT_SERVICE_USER, DEFAULT_USER } from '../../../src/auth/principal.ts'
import { startV3, V3_KEY, type V3Fake } from '../../v3.ts'

/** 2026-01-01T08:00:00Z and the following days, in Unix seconds. The clock of tests shows 2026-01-02T03:04:05Z. */
const DAY_1 = 1_767_254_400
const DAY_2 = DAY_1 + 86_400

const PATH = '/consumption/daily'

/** Creates a session of v1's default user and returns its id. */
async function newSession({ send }: V3Fake): Promise<string> {
  return (await send('POST', '/v1/sessions', { prompt: 'blocked [fake:forever]' })).json().session_id
}

/** Starts an application whose sessions consume ACUs only by events. */
async function start(t: Parameters<typeof startV3>[0]) {
  const fake = await startV3(t)
  const scenario = { steps: [{ after_seconds: 0, status_enum: 'working' }] }
  await fake.send('POST', '/_fake/scenarios', { name: 'forever', scenario })
  const consume = (id: string, acus: number) => fake.send('POST', `/_fake/sessions/${id}/events`, { acus })
  const consumption = async (path = PATH) => (await fake.org('GET', path)).json()
  return { ...fake, consume, consumption }
}

const day = (date: number, acus: number) => ({
  acus,
  acus_by_product: { cascade: 0, devin: acus, terminal: 0, review: 0 },
  date,
})

t.test('GET /v3/organizations/{org_id}/consumption/daily is empty without sessions', async (t) => {
  const { consumption } = await start(t)

  t.same(await consumption(), { consumption_by_date: [], total_acus: 0 })
})

t.test(
  'GET /v3/organizations/{org_id}/consumption/daily sums the ACUs of each day from 08:00 UTC',
  async (t) => {
    const fake = await start(t)
    const { consume, consumption, advance } = fake
    const late = await newSession(fake)
    const one = await newSession(fake)
    const other = await newSession(fake)
    await consume(one, 0.1)
    await consume(other, 0.2)
    t.same(await consumption(), { consumption_by_date: [day(DAY_1, 0.3)], total_acus: 0.3 })

    advance(4 * 3600 + 55 * 60 + 54.321)
    await consume(one, 0.5)
    advance(0.001)
    await consume(one, 1.5)
    await consume(late, 1)
    t.same(await consumption(), {
      consumption_by_date: [day(DAY_1, 0.7), day(DAY_2, 2)],
      total_acus: 2.7,
    })
    t.equal(JSON.stringify(await consumption()).indexOf('{"consumption_by_date":[{"acus":0.7,'), 0)

    advance(3 * 86_400)
    t.equal((await consumption()).consumption_by_date.length, 2, 'days without consumption are omitted')
    await consume(one, 1.5)
    t.equal((await consumption()).consumption_by_date.length, 2)
  },
)

t.test('GET /v3/organizations/{org_id}/consumption/daily is limited to a time range', async (t) => {
  const fake = await start(t)
  const { consume, consumption, advance, organization } = fake
  const id = await newSession(fake)
  await consume(id, 1)
  advance(86_400)
  const at = Math.floor(organization.clock.now() / 1_000_000)
  organization.clock.adjust({ now: at * 1_000_000 })
  await consume(id, 3)
  advance(86_400)
  await consume(id, 4)
  const days = async (query: string) => (await consumption(`${PATH}?${query}`)).consumption_by_date
  const all = [day(DAY_1, 1), day(DAY_2, 2), day(DAY_2 + 86_400, 1)]

  t.same(await days(''), all)
  t.same(await days(`time_after=${DAY_2}`), all.slice(1))
  t.same(await days(`time_before=${DAY_2}`), all.slice(0, 1))
  t.same(await days(`time_after=${at}&time_before=${at + 1}`), all.slice(1, 2), 'a part of a day')
  t.same(await days(`time_after=${at + 1}`), all.slice(2), 'the start is included')
  t.same(await days(`time_after=${DAY_1}&time_before=${at}`), all.slice(0, 1), 'the end is not')
  t.same(await days(`time_after=${DAY_2}&time_before=${DAY_1}`), [])
  t.same(await days(`time_after=-${'9'.repeat(40)}&time_before=${'9'.repeat(40)}`), all)
  t.equal((await fake.org('GET', `${PATH}?time_after=x`)).statusCode, 422)
})

t.test(
  'GET /v3/organizations/{org_id}/consumption/daily follows the steps of scenarios, and stops with sessions',
  async (t) => {
    const { consumption, advance, send, call } = await startV3(t).then((fake) => ({
      ...fake,
      consumption: async () => (await fake.org('GET', PATH)).json().total_acus,
    }))
    const { session_id: id } = (await send('POST', '/v1/sessions', { prompt: 'x' })).json()

    t.equal(await consumption(), 0)
    advance(4)
    t.equal(await consumption(), 0.8)
    await call('DELETE', `/v1/sessions/${id}`)
    advance(60)
    t.equal(await consumption(), 0.8)
  },
)

t.test(
  'GET /v3/organizations/{org_id}/consumption/daily counts the ACUs of messages and of instant clocks',
  async (t) => {
    const { org, send, organization } = await startV3(t)
    const scenario = {
      steps: [{ after_seconds: 0, status_enum: 'blocked' }],
      on_message: [{ after_seconds: 60, acus: 2, status_enum: 'finished' }],
    }
    await send('POST', '/_fake/scenarios', { name: 'asks', scenario })
    const { session_id: id } = (await send('POST', '/v1/sessions', { prompt: '[fake:asks]' })).json()
    await send('POST', `/v1/sessions/${id}/message`, { message: 'go on' })

    t.equal((await org('GET', PATH)).json().total_acus, 0)
    organization.clock.adjust({ instant: true })
    t.equal((await org('GET', PATH)).json().total_acus, 2)
  },
)

t.test(
  'GET /v3/organizations/{org_id}/consumption/daily/sessions/{session_id} is that of a session',
  async (t) => {
    const fake = await start(t)
    const { consume, consumption } = fake
    const one = await newSession(fake)
    const other = await newSession(fake)
    await consume(one, 1)
    await consume(other, 2)

    t.same(await consumption(`${PATH}/sessions/${one}`), {
      consumption_by_date: [day(DAY_1, 1)],
      total_acus: 1,
    })
    t.equal((await consumption(`${PATH}/sessions/${other.replace('devin-', '')}`)).total_acus, 2)
    t.equal((await consumption(`${PATH}/sessions/${one}?time_after=${DAY_2}`)).total_acus, 0)
    const unknown = await fake.org('GET', `${PATH}/sessions/devin-1`)
    t.same([unknown.statusCode, unknown.json().detail], [404, 'Session not found'])
    const foreign = await fake.v3('GET', `/v3/organizations/org-other${PATH}/sessions/${one}`)
    t.equal(foreign.statusCode, 404)
  },
)

t.test(
  'GET /v3/organizations/{org_id}/consumption/daily/users/{user_id} and /service-users/{service_user_id} are those of creators',
  async (t) => {
    const fake = await start(t)
    const { consume, consumption, organization } = fake
    const one = await newSession(fake)
    const other = await newSession(fake)
    await organization.sessions.update(other, (before) => ({ ...before, createdBy: DEFAULT_SERVICE_USER }))
    await consume(one, 1)
    await consume(other, 2)
    const total = async (path: string) => (await consumption(`${PATH}/${path}`)).total_acus

    t.equal(await total(`users/${encodeURIComponent(DEFAULT_USER.id)}`), 1)
    t.equal(await total(`service-users/${DEFAULT_SERVICE_USER.id}`), 2)
    t.equal(await total('users/bot_apk'), 2, 'the user id that sessions of service users show')
    t.equal(await total(`users/${DEFAULT_SERVICE_USER.id}`), 0)
    t.equal(await total(`service-users/${encodeURIComponent(DEFAULT_USER.id)}`), 0)
    t.equal(await total('users/email|unknown'), 0)
    t.equal(await total('service-users/service-user-1'), 0)
    t.equal((await fake.v3('GET', `/v3/organizations/org-other${PATH}`)).json().total_acus, 0)
  },
)

t.test('consumption needs ViewOrgConsumption or ManageBilling', async (t) => {
  const status = async (permission: string) => {
    const keys = new KeyRegistry({ keys: [{ key: V3_KEY, permissions: [permission] }] })
    return (await (await startV3(t, { keys })).org('GET', PATH)).statusCode
  }

  t.equal(await status('ViewOrgConsumption'), 200)
  t.equal(await status('ManageBilling'), 200)
  t.equal(await status('ViewOrgMetrics'), 403)
})

t.test('GET /v3/organizations/{org_id}/consumption/daily takes thousands of sessions', async (t) => {
  const { org, send } = await startV3(t)
  const sessions = [{ prompt: 'x {n}', count: 2_500, age_seconds: 60 }]
  await send('PUT', '/_fake/state', { organizations: [{ sessions }] })

  t.equal((await org('GET', PATH)).json().total_acus, 2_500 * 1.5)
})
