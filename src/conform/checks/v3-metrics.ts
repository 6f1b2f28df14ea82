import { NOWHERE } from '../api.ts'
import { CHOICE, type Check, type Checks, reads } from '../check.ts'
import { type Body, fits, hasMembers, holdsForAll, refuses } from '../expect.ts'
import { itemsOf } from '../things.ts'

const ORG = '/v3/organizations/{org}'
const ALL = '/v3/enterprise'
const COUNTS = 'needs sessions that are known in number'
/** Seven days from Monday, 2025-01-06, in Unix seconds. */
const WEEK = 'time_after=1736121600&time_before=1736726399'

const metric = (base: string, name: string): Check => reads(`${base}/metrics/${name}?${WEEK}`)

/** Returns the checks of the metrics that have no rows but that of the operation. */
function metricsOf(subject: string, base: string, names: readonly string[]): Checks {
  return Object.fromEntries(
    names.map((name) => [`GET ${subject}/metrics/${name}`, { 'the operation': metric(base, name) }]),
  )
}

/** Returns a check of the consumption of something that has none. */
const consumesNothing =
  (path: string): Check =>
  async (api) => {
    const answer = await api.call('GET', `${path}/${NOWHERE}`)
    hasMembers(answer, await fits(answer), { total_acus: 0 })
  }

const unknown =
  (path: string, detail: string): Check =>
  async (api) =>
    refuses(await api.call('GET', path), 404, detail)

const DAILY = '/v3/organizations/{org_id}/consumption/daily'

/** The checks of metrics and consumption. */
export const v3Metrics: Checks = {
  [`GET ${DAILY}`]: {
    'the operation': reads(`${ORG}/consumption/daily?time_after=1736121600`),
    'days without consumption': async (api) => {
      const answer = await api.call('GET', `${ORG}/consumption/daily`)
      holdsForAll(answer, itemsOf(answer, 'consumption_by_date'), ({ acus }) => acus !== 0, {
        expected: 'no days without consumption',
        got: 'some',
      })
    },
    'time range': COUNTS,
    '`acus_by_product`': COUNTS,
  },
  [`GET ${DAILY}/service-users/{service_user_id}`]: {
    'the operation': consumesNothing(`${ORG}/consumption/daily/service-users`),
  },
  [`GET ${DAILY}/sessions/{session_id}`]: {
    'the operation': unknown(`${ORG}/consumption/daily/sessions/${NOWHERE}`, 'Session not found'),
  },
  [`GET ${DAILY}/users/{user_id}`]: { 'the operation': consumesNothing(`${ORG}/consumption/daily/users`) },
  'GET /v3/organizations/{org_id}/metrics/active-users': {
    'the operation': metric(ORG, 'active-users'),
    parameters: COUNTS,
  },
  'GET /v3/organizations/{org_id}/metrics/dau': {
    'the operation': metric(ORG, 'dau'),
    '`end_time`': async (api) => {
      const answer = await api.call('GET', `${ORG}/metrics/dau?${WEEK}`)
      const items = itemsOf(answer)
      holdsForAll(answer, items, ({ end_time }) => Number(end_time) % 86_400 === 86_399, {
        expected: 'the last second of a day',
        got: 'another one',
      })
    },
    'answer to a range of more than 10,000 periods': CHOICE,
  },
  ...metricsOf('/v3/organizations/{org_id}', ORG, ['wau', 'mau', 'prs', 'usage']),
  'GET /v3/organizations/{org_id}/metrics/searches': { 'the operation': metric(ORG, 'searches') },
  'GET /v3/organizations/{org_id}/metrics/sessions': {
    'the operation': metric(ORG, 'sessions'),
    'size of a session': COUNTS,
  },
  ...metricsOf(ALL, ALL, ['active-users', 'dau', 'wau', 'mau', 'prs', 'searches', 'usage']),
  'GET /v3/enterprise/metrics/sessions': {
    'the operation': metric(ALL, 'sessions'),
    '`org_ids`': async (api) => {
      const answer = await api.call('GET', `${ALL}/metrics/sessions?${WEEK}&org_ids=org-${NOWHERE}`)
      hasMembers(answer, await fits(answer), { sessions_created_count: 0 })
    },
  },
  'GET /v3/enterprise/consumption/daily': { 'the operation': reads(`${ALL}/consumption/daily`) },
  'GET /v3/enterprise/consumption/daily/organizations/{org_id}': {
    'the operation': reads(`${ALL}/consumption/daily/organizations/{org}`),
    'answer to an unknown organization': unknown(
      `${ALL}/consumption/daily/organizations/org-${NOWHERE}`,
      'Organization not found',
    ),
  },
  'GET /v3/enterprise/consumption/daily/users/{user_id}': {
    'the operation': consumesNothing(`${ALL}/consumption/daily/users`),
  },
  'GET /v3/enterprise/consumption/daily/service-users/{service_user_id}': {
    'the operation': consumesNothing(`${ALL}/consumption/daily/service-users`),
  },
  'GET /v3/enterprise/consumption/cycles': {
    'the operation': reads(`${ALL}/consumption/cycles?first=2`),
    'which cycles there are': COUNTS,
    members: async (api) => {
      const answer = await api.call('GET', `${ALL}/consumption/cycles?first=5`)
      const items = itemsOf(answer)
      const follows = ({ after, before }: Body, at: number) =>
        typeof after === 'number' &&
        typeof before === 'number' &&
        (at === 0 || before === items[at - 1]?.after)
      holdsForAll(answer, items, follows, {
        expected: '`after`, and `before`, which is the `after` of the next cycle',
        got: 'something else',
      })
    },
  },
}
