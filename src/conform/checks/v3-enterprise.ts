import { type Answer, type Api, NOWHERE } from '../api.ts'
import {
  ACCESS,
  answers,
  CHOICE,
  type Check,
  type Checks,
  DATA,
  EFFECT,
  PERMISSIONS,
  reads,
} from '../check.ts'
import { type Body, fits, hasMembers, hasStatus, isAsWritten, refuses } from '../expect.ts'
import { created, make, remove } from '../things.ts'

const ALL = '/v3/enterprise/organizations'
const ONE = `${ALL}/{org_id}`
const LIMITS = '/v3/enterprise/consumption/acu-limits/devin'

/** Resolves with the answer to the creation of an organization. The run creates at most two. */
const newOrganization = (api: Api, label = '') => make(api, ALL, { name: `${api.name}${label}` }, label)

/** Resolves with the path of the run's own organization. */
export const ownPath = async (api: Api): Promise<string> =>
  `${ALL}/${created(await newOrganization(api)).org_id}`

/** Returns a check of a change of the tags of the run's own organization, which had `b` and `c` before. */
const tags =
  (method: string, path: string, body: Body | undefined, expected: Body): Check =>
  async (api) => {
    const answer = await withTags(api, method, path, body)
    hasMembers(answer, await fits(answer), expected)
  }

async function withTags(api: Api, method: string, path: string, body: Body | undefined): Promise<Answer> {
  const own = `${await ownPath(api)}/tags`
  created(await api.call('PUT', own, { body: { tags: ['c', 'b'] } }))
  created(await api.call('PUT', `${own}/default`, { body: { tag: 'b' } }))
  return api.call(method, `${own}${path}`, { ...(body && { body }) })
}

const limit =
  (method: 'PUT' | 'DELETE'): Check =>
  async (api) => {
    const path = `${LIMITS}/organizations/${created(await newOrganization(api)).org_id}`
    const put = await api.call('PUT', path, { body: { cycle_acu_limit: 100 } })
    if (method === 'PUT') return hasStatus(put, 204)
    created(put)
    hasStatus(await api.call('DELETE', path), 204)
  }

/** The checks of the enterprise, and of the run's own organization in it. */
export const v3Enterprise: Checks = {
  'the enterprise': {
    'who may use its operations': PERMISSIONS,
    'which organizations it has': DATA,
    'ids of organizations that an open key may use': DATA,
    'permissions of operations for which the vendor names none': PERMISSIONS,
    'answer for something in an organization that it does not have': async (api) =>
      refuses(await api.call('GET', `${ALL}/org-${NOWHERE}/tags`), 404, 'Organization not found'),
  },
  [`GET ${ALL}`]: { 'the operation': reads(`${ALL}?first=2`) },
  [`POST ${ALL}`]: {
    'the operation': async (api) => fits(await newOrganization(api)),
    'an omitted `max_session_acu_limit`': async (api) => {
      const answer = await newOrganization(api)
      hasMembers(answer, created(answer), { max_session_acu_limit: 100 })
    },
  },
  [`GET ${ONE}`]: {
    'the operation': reads(`${ALL}/{org}`),
    'answer to an unknown id': answers('GET', `${ALL}/org-${NOWHERE}`),
  },
  [`PATCH ${ONE}`]: {
    'the operation': async (api) => {
      const answer = await api.call('PATCH', await ownPath(api), { body: { max_cycle_acu_limit: 5 } })
      hasMembers(answer, await fits(answer), { max_cycle_acu_limit: 5, name: api.name })
    },
    'a member of null': async (api) => {
      const body = { max_cycle_acu_limit: null, name: null }
      const answer = await api.call('PATCH', await ownPath(api), { body })
      hasMembers(answer, await fits(answer), { max_cycle_acu_limit: null, name: api.name })
    },
  },
  [`DELETE ${ONE}`]: {
    'the operation': async (api) => {
      const { org_id } = created(await newOrganization(api, '-deleted'))
      const answer = await remove(api, ALL, org_id)
      hasMembers(answer, await fits(answer), { org_id })
    },
    'answer for the default organization': CHOICE,
  },
  [`GET ${ONE}/tags`]: {
    'the operation': reads(`${ALL}/{org}/tags`),
    'a session with a tag that is not allowed': EFFECT,
  },
  [`POST ${ONE}/tags`]: {
    'the operation': tags('POST', '', { tags: ['a', 'b'] }, { tags: ['a', 'b', 'c'] }),
  },
  [`PUT ${ONE}/tags`]: {
    'the operation': tags('PUT', '', { tags: ['d'] }, { tags: ['d'] }),
    'order of the tags': tags('PUT', '', { tags: ['e', 'd'] }, { tags: ['d', 'e'] }),
    'answer to the tag `security-code-scan`': async (api, row) =>
      isAsWritten(await withTags(api, 'PUT', '', { tags: ['security-code-scan'] }), row),
  },
  [`DELETE ${ONE}/tags`]: { 'the operation': tags('DELETE', '', undefined, { tags: [] }) },
  [`DELETE ${ONE}/tags/{tag}`]: { 'the operation': tags('DELETE', '/b', undefined, { tags: ['c'] }) },
  [`GET ${ONE}/tags/default`]: { 'the operation': reads(`${ALL}/{org}/tags/default`) },
  [`DELETE ${ONE}/tags/default`]: {
    'the operation': tags('DELETE', '/default', undefined, { default_tag: null }),
  },
  [`PUT ${ONE}/tags/default`]: {
    'the operation': tags('PUT', '/default', { tag: 'c' }, { default_tag: 'c' }),
    effect: EFFECT,
    'answer to a tag that is not allowed': async (api, row) =>
      isAsWritten(await withTags(api, 'PUT', '/default', { tag: 'unknown' }), row),
  },
  [`GET ${LIMITS}`]: { 'the operation': reads(`${LIMITS}?first=2`) },
  [`PUT ${LIMITS}/organizations/{org_id}`]: {
    'the operation': limit('PUT'),
    'a limit that is reached': EFFECT,
    'length of a billing cycle': EFFECT,
  },
  [`DELETE ${LIMITS}/organizations/{org_id}`]: { 'the operation': limit('DELETE') },
  'GET /v3/enterprise/org-group-limits': { 'the operation': reads('/v3/enterprise/org-group-limits') },
  'PUT /v3/enterprise/org-group-limits': ACCESS,
  'GET /v3/enterprise/ip-access-list': { 'the operation': reads('/v3/enterprise/ip-access-list') },
  'POST /v3/enterprise/ip-access-list': ACCESS,
  'PUT /v3/enterprise/ip-access-list': ACCESS,
  'DELETE /v3/enterprise/ip-access-list': ACCESS,
}
