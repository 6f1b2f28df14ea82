import t from 'tap'
import { DEFAULT_ORG_ID, DEFAULT_USER, userOf } from '../../../src/auth/principal.ts'
import { type EnterpriseFake, startEnterprise, statusesWith } from '../../enterprise.ts'

const OTHER = 'org-other'
const OTHER_USER = userOf('email|0123456789abcdef01234567')
const RANGE = `time_after=${1_767_225_600}&time_before=${1_767_225_600 + 30 * 86_400}`
const NAMES = ['active-users', 'dau', 'mau', 'prs', 'searches', 'sessions', 'usage', 'wau']

const pull_requests = [{ url: 'https://github.com/a/b/pull/1', state: 'merged' }]
const steps = [{ after_seconds: 60, pull_requests }]
const scenario = { steps }
const session = (created_by: object, fields: object = {}) => ({
  prompt: JSON.stringify([created_by, fields]),
  created_by,
  created_at: '2026-01-02T12:00:00Z',
  scenario,
  ...fields,
})

/** Starts an application at the end of January, with one session in the default organization and two in another one. */
async function start(t: Parameters<typeof startEnterprise>[0]) {
  const fake = await startEnterprise(t)
  const clock = { now: '2026-01-31T00:00:00Z', frozen: true }
  const document = {
    organizations: [
      { org_id: DEFAULT_ORG_ID, clock, sessions: [session(DEFAULT_USER)] },
      {
        org_id: OTHER,
        clock,
        sessions: [session(DEFAULT_USER, { playbook_id: 'playbook-1' }), session(OTHER_USER)],
      },
    ],
  }
  t.equal((await fake.send('PUT', '/_fake/state', document)).statusCode, 204)
  return { ...fake, metrics: metricsOf(fake) }
}

const metricsOf =
  ({ enterprise }: EnterpriseFake) =>
  async (name: string, query = '') =>
    (await enterprise('GET', `/metrics/${name}?${RANGE}${query}`)).json()

t.test(
  'GET /v3/enterprise/metrics/active-users counts a user who is active in two organizations once',
  async (t) => {
    const { metrics } = await start(t)
    const count = async (query?: string) => (await metrics('active-users', query)).active_users

    t.equal(await count(), 2)
    t.equal(await count(`&org_ids=${DEFAULT_ORG_ID}`), 1)
    t.equal(await count(`&org_ids=${DEFAULT_ORG_ID}&org_ids=${OTHER}&user_ids=${OTHER_USER.id}`), 1)
    t.equal(await count('&org_ids=org-unknown'), 0)
  },
)

t.test(
  'GET /v3/enterprise/metrics/dau, /wau and /mau have the active users of all organizations',
  async (t) => {
    const { metrics } = await start(t)
    const counts = async (name: string) =>
      (await metrics(name)).map(({ active_users: count }: { active_users: number }) => count)

    t.same((await counts('dau')).slice(0, 3), [0, 2, 0])
    t.same(await counts('wau'), [2, 0, 0, 0, 0])
    t.same(await counts('mau'), [2])
  },
)

t.test(
  'GET /v3/enterprise/metrics/sessions, /prs, /usage and /searches sum over organizations',
  async (t) => {
    const { metrics } = await start(t)

    t.match(await metrics('usage'), { sessions_count: 3, prs_created_count: 1, searches_count: 0 })
    t.match(await metrics('usage', `&org_ids=${DEFAULT_ORG_ID}`), { sessions_count: 1, prs_created_count: 1 })
    t.match(await metrics('prs'), { prs_merged_count: 1 }, 'the same one in all sessions')
    t.match(await metrics('prs', '&playbook_id=playbook-2'), { prs_merged_count: 0 })
    t.match(await metrics('sessions'), { sessions_created_count: 3 })
    t.match(await metrics('sessions', '&playbook_id=playbook-1'), { sessions_created_count: 1 })
    t.same(await metrics('searches'), { searches_created_count: 0 })
  },
)

t.test('metrics of the enterprise require a time range and ViewAccountMetrics', async (t) => {
  const { enterprise } = await startEnterprise(t)
  for (const name of NAMES) t.equal((await enterprise('GET', `/metrics/${name}`)).statusCode, 422, name)

  const requests = NAMES.map((name) => ['GET', `/metrics/${name}?${RANGE}`] as const)
  t.same(new Set(await statusesWith(t, 'ViewAccountMetrics', requests)), new Set([200]))
  t.same(new Set(await statusesWith(t, 'ViewOrgMetrics', requests)), new Set([403]))
})
