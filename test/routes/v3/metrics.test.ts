import t from 'tap'
import { KeyRegistry } from '../../../src/auth/keys.ts'
import { DEFAULT_ORG_ID, DEFAULT_SERVICE_USER, DEFAULT_USER, userOf } from '../../../src/auth/principal.ts'
import { startV3, V3_KEY, type V3Fake } from '../../v3.ts'

/** 2026-01-01, 2026-01-02 … at midnight UTC, in Unix seconds. The first one is a Thursday. */
const JANUARY = (day: number) => 1_767_225_600 + (day - 1) * 86_400
const iso = (day: number, time = '12:00:00') => `2026-01-${String(day).padStart(2, '0')}T${time}Z`

const MONTH = `time_after=${JANUARY(1)}&time_before=${JANUARY(31)}`
const OTHER_USER = userOf('email|0123456789abcdef01234567')

/** Starts an application at the end of January whose default organization has these sessions. */
async function start(t: Parameters<typeof startV3>[0], sessions: object[] = []) {
  const fake = await startV3(t)
  await seed(fake, sessions)
  const metrics = async (name: string, query = MONTH) =>
    (await fake.org('GET', `/metrics/${name}?${query}`)).json()
  return { ...fake, metrics }
}

async function seed({ send }: V3Fake, sessions: object[]): Promise<void> {
  const clock = { now: '2026-01-31T00:00:00Z', frozen: true }
  const named = sessions.map((session, index) => ({ prompt: `x ${index}`, ...session }))
  const document = { organizations: [{ org_id: DEFAULT_ORG_ID, clock, sessions: named }] }
  if ((await send('PUT', '/_fake/state', document)).statusCode !== 204) throw new Error('the seed is invalid')
}

const by = (created_by: object | null, day: number, time?: string) => ({
  created_by,
  created_at: iso(day, time),
})

t.test(
  'GET /v3/organizations/{org_id}/metrics/active-users counts everyone who created a session once',
  async (t) => {
    const { metrics } = await start(t, [
      by(DEFAULT_USER, 1, '00:00:00'),
      by(DEFAULT_USER, 2),
      by(OTHER_USER, 3),
      by(DEFAULT_SERVICE_USER, 30, '23:59:59'),
      by(null, 4),
    ])
    const count = async (query: string) => (await metrics('active-users', query)).active_users

    t.same(await metrics('active-users'), {
      active_users: 3,
      end_time: JANUARY(31),
      start_time: JANUARY(1),
    })
    t.equal(await count(`time_after=${JANUARY(1) + 1}&time_before=${JANUARY(3)}`), 1, 'within the range only')
    t.equal(await count(`time_after=${JANUARY(10)}&time_before=${JANUARY(11)}`), 0)
    t.equal(await count(`${MONTH}&user_ids=${DEFAULT_USER.id}`), 1)
    t.equal(await count(`${MONTH}&user_ids=${DEFAULT_USER.id}&user_ids=${OTHER_USER.id}`), 2)
    t.equal(await count(`${MONTH}&service_user_ids=${DEFAULT_SERVICE_USER.id}`), 1)
    t.equal(
      await count(`${MONTH}&user_ids=${DEFAULT_USER.id}&service_user_ids=${DEFAULT_SERVICE_USER.id}`),
      2,
    )
    t.equal(await count(`${MONTH}&user_ids=`), 0)
    t.equal(await count(`${MONTH}&user_ids=bot_apk`), 1, 'the user id that sessions of service users show')
    t.equal(await count(`${MONTH}&user_ids=${DEFAULT_SERVICE_USER.id}`), 0)
    t.equal(await count(`${MONTH}&service_user_ids=${DEFAULT_USER.id}`), 0)
  },
)

t.test('GET /v3/organizations/{org_id}/metrics/dau has each day of UTC', async (t) => {
  const { metrics } = await start(t, [
    by(DEFAULT_USER, 2, '00:00:00'),
    by(DEFAULT_USER, 2),
    by(OTHER_USER, 2, '23:59:59.999999'),
    by(OTHER_USER, 3, '00:00:00'),
  ])
  const day = (number: number, active_users: number) => ({
    active_users,
    end_time: JANUARY(number + 1) - 1,
    start_time: JANUARY(number),
  })

  t.same(await metrics('dau', `time_after=${JANUARY(1)}&time_before=${JANUARY(4)}`), [
    day(1, 0),
    day(2, 2),
    day(3, 1),
  ])
  const parts = `time_after=${JANUARY(3) - 1}&time_before=${JANUARY(3) + 1}`
  t.same(await metrics('dau', parts), [day(2, 2), day(3, 1)], 'a day that is partly in the range')
  t.same(await metrics('dau', `${parts}&user_ids=${DEFAULT_USER.id}`), [day(2, 1), day(3, 0)])
  t.same(await metrics('dau', `time_after=${JANUARY(3)}&time_before=${JANUARY(3)}`), [])
  t.same(await metrics('dau', `time_after=${JANUARY(3) + 9}&time_before=${JANUARY(3) + 5}`), [])
})

t.test('GET /v3/organizations/{org_id}/metrics/wau has the weeks from Monday', async (t) => {
  const { metrics } = await start(t, [
    by(DEFAULT_USER, 4, '23:59:59'),
    by(DEFAULT_USER, 5, '00:00:00'),
    by(OTHER_USER, 11),
  ])

  t.same(await metrics('wau', `time_after=${JANUARY(1)}&time_before=${JANUARY(13)}`), [
    { active_users: 1, end_time: JANUARY(5) - 1, start_time: JANUARY(-2) },
    { active_users: 2, end_time: JANUARY(12) - 1, start_time: JANUARY(5) },
    { active_users: 0, end_time: JANUARY(19) - 1, start_time: JANUARY(12) },
  ])
})

t.test('GET /v3/organizations/{org_id}/metrics/mau has the months of the calendar', async (t) => {
  const { metrics } = await start(t, [by(DEFAULT_USER, 1, '00:00:00'), by(OTHER_USER, 30)])
  const query = `time_after=${JANUARY(0)}&time_before=${JANUARY(40)}`

  t.same(await metrics('mau', query), [
    { active_users: 0, end_time: JANUARY(1) - 1, start_time: JANUARY(-30) },
    { active_users: 2, end_time: JANUARY(32) - 1, start_time: JANUARY(1) },
    { active_users: 0, end_time: JANUARY(60) - 1, start_time: JANUARY(32) },
  ])
})

t.test(
  'GET /v3/organizations/{org_id}/metrics/dau answers 400 for a range of more than 10,000 days',
  async (t) => {
    const { org } = await start(t)
    const answer = (name: string, before: string) =>
      org('GET', `/metrics/${name}?time_after=0&time_before=${before}`)

    const refused = await answer('dau', String(10_000 * 86_400 + 1))
    t.same([refused.statusCode, refused.json().detail], [400, 'The time range is too long'])
    t.equal((await answer('dau', String(10_000 * 86_400))).json().length, 10_000)
    t.equal((await answer('mau', '9'.repeat(30))).json().length, 285 * 12, 'until the last time of a clock')
  },
)

const OPEN = { url: 'https://github.com/o/r/pull/1' }
const MERGED = { url: 'https://github.com/o/r/pull/2', state: 'merged' }
const CLOSED = { url: 'https://github.com/o/r/pull/3', state: 'closed' }

/** A scenario that has pull requests and ACUs after a day. */
const withPullRequests = (pull_requests: object[], acus = 0) => ({
  scenario: { steps: [{ after_seconds: 86_400, pull_requests, acus }] },
})

t.test('GET /v3/organizations/{org_id}/metrics/sessions counts sessions by origin and size', async (t) => {
  const { metrics, send } = await start(t, [
    { ...by(DEFAULT_USER, 1), ...withPullRequests([OPEN], 0.5), origin: 'webapp' },
    { ...by(DEFAULT_USER, 2), ...withPullRequests([OPEN, MERGED], 5), playbook_id: 'playbook-1' },
    { ...by(DEFAULT_SERVICE_USER, 3), ...withPullRequests([CLOSED], 30), origin: 'automation' },
    { ...by(null, 4), ...withPullRequests([MERGED]), origin: 'cli', playbook_id: 'playbook-1' },
    { ...by(null, 31, '00:00:00'), origin: 'api' },
  ])
  const none = { l: 0, m: 0, s: 0, xl: 0, xs: 0 }
  const origins = {
    api: 0,
    automation: 0,
    code_scan: 0,
    desktop: 0,
    jira: 0,
    linear: 0,
    slack: 0,
    teams: 0,
    webapp: 0,
  }

  t.same(await metrics('sessions'), {
    avg_acus_per_session: 8.875,
    sessions_created_by_origin: { ...origins, api: 1, automation: 1, webapp: 1 },
    sessions_created_by_size: { ...none, xs: 2, m: 1, xl: 1 },
    sessions_created_count: 4,
    sessions_created_with_playbook_count: 2,
    sessions_created_with_search_count: 0,
    sessions_with_merged_prs_by_size: { ...none, xs: 1, m: 1 },
    sessions_with_merged_prs_count: 2,
  })
  t.match(await metrics('sessions', `${MONTH}&playbook_id=playbook-1`), { sessions_created_count: 2 })
  t.match(await metrics('sessions', `${MONTH}&service_user_ids=${DEFAULT_SERVICE_USER.id}`), {
    sessions_created_count: 1,
    avg_acus_per_session: 30,
  })
  t.same(await metrics('sessions', `time_after=${JANUARY(20)}&time_before=${JANUARY(21)}`), {
    avg_acus_per_session: 0,
    sessions_created_by_origin: origins,
    sessions_created_by_size: none,
    sessions_created_count: 0,
    sessions_created_with_playbook_count: 0,
    sessions_created_with_search_count: 0,
    sessions_with_merged_prs_by_size: none,
    sessions_with_merged_prs_count: 0,
  })
  await send('POST', '/v1/sessions', { prompt: 'made by v1' })
  t.match(await metrics('sessions', `time_after=${JANUARY(31)}&time_before=${JANUARY(32)}`), {
    sessions_created_count: 2,
  })
})

t.test(
  'GET /v3/organizations/{org_id}/metrics/prs counts the pull requests opened within the range',
  async (t) => {
    const { metrics } = await start(t, [
      { ...by(DEFAULT_USER, 1), ...withPullRequests([OPEN]) },
      { ...by(DEFAULT_USER, 2), ...withPullRequests([OPEN, MERGED]), playbook_id: 'playbook-1' },
      { ...by(OTHER_USER, 3), ...withPullRequests([CLOSED]) },
      { ...by(OTHER_USER, 30, '01:00:00'), ...withPullRequests([{ url: 'https://github.com/o/r/pull/4' }]) },
    ])
    const counts = async (query: string) => {
      const answer = await metrics('prs', query)
      return [
        answer.prs_created_count,
        answer.prs_opened_count,
        answer.prs_merged_count,
        answer.prs_closed_count,
      ]
    }

    t.same(await metrics('prs'), {
      prs_closed_count: 1,
      prs_created_count: 3,
      prs_merged_count: 1,
      prs_opened_count: 1,
      prs_taken_over_closed_count: 0,
      prs_taken_over_count: 0,
      prs_taken_over_merged_count: 0,
      prs_taken_over_opened_count: 0,
    })
    t.same(await counts(`time_after=${JANUARY(1)}&time_before=${JANUARY(3)}`), [1, 1, 0, 0])
    t.same(await counts(`time_after=${JANUARY(4)}&time_before=${JANUARY(5)}`), [1, 0, 0, 1])
    t.same(await counts(`${MONTH}&user_ids=${OTHER_USER.id}`), [1, 0, 0, 1])
    t.same(await counts(`${MONTH}&playbook_id=playbook-1`), [2, 1, 1, 0])
  },
)

t.test(
  'GET /v3/organizations/{org_id}/metrics/usage and /searches count sessions and pull requests, and no searches',
  async (t) => {
    const { metrics } = await start(t, [
      { ...by(DEFAULT_USER, 1), ...withPullRequests([OPEN, MERGED]) },
      { ...by(OTHER_USER, 2), ...withPullRequests([]) },
    ])

    t.same(await metrics('usage'), {
      prs_created_count: 2,
      prs_merged_count: 1,
      searches_count: 0,
      sessions_count: 2,
    })
    t.same(await metrics('searches'), { searches_created_count: 0 })
  },
)

t.test('metrics require a time range, and ViewOrgMetrics or ViewAccountMetrics', async (t) => {
  const names = ['active-users', 'dau', 'mau', 'prs', 'searches', 'sessions', 'usage', 'wau']
  const withPermission = async (permission: string) => {
    const keys = new KeyRegistry({ keys: [{ key: V3_KEY, permissions: [permission] }] })
    return (await startV3(t, { keys })).org
  }
  const org = await withPermission('ViewOrgMetrics')
  const enterprise = await withPermission('ViewAccountMetrics')
  const other = await withPermission('ViewOrgSessions')

  for (const name of names) {
    t.equal((await org('GET', `/metrics/${name}`)).statusCode, 422, name)
    t.equal((await org('GET', `/metrics/${name}?time_after=1`)).statusCode, 422, name)
    t.equal((await org('GET', `/metrics/${name}?${MONTH}`)).statusCode, 200, name)
    t.equal((await enterprise('GET', `/metrics/${name}?${MONTH}`)).statusCode, 200, name)
    t.equal((await other('GET', `/metrics/${name}?${MONTH}`)).statusCode, 403, name)
  }
})

t.test('metrics do not count sessions of another organization', async (t) => {
  const { v3 } = await start(t, [by(DEFAULT_USER, 1)])

  const response = await v3('GET', `/v3/organizations/org-other/metrics/usage?${MONTH}`)
  t.match(response.json(), { sessions_count: 0 })
})

t.test('metrics take thousands of sessions', async (t) => {
  const { metrics } = await start(t, [{ ...by(DEFAULT_USER, 1), prompt: 'x {n}', count: 1_500 }])

  t.match(await metrics('usage'), { sessions_count: 1_500 })
})
