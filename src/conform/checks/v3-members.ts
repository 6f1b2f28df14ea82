import { NOWHERE } from '../api.ts'
import { ACCESS, type Check, type Checks, DATA, PERMISSIONS, reads } from '../check.ts'
import { fits, isEmpty, refuses } from '../expect.ts'
import { itemsOf } from '../things.ts'

const ALL = '/v3/enterprise/members'
const IN_ORG = '/v3/enterprise/organizations/{org_id}/members'
const PATH = '/v3/enterprise/organizations/{org}/members'
const BETA = '/v3beta1/organizations/{org_id}/members/users'
const GROUPS = '/v3/enterprise/idp-groups'
const KEYS = '/v3/enterprise/service-users/{service_user_id}/api-keys'
const LISTED = 'first=2'

/** Returns a check of somebody or something that does not exist. */
const unknown =
  (path: string, detail?: string): Check =>
  async (api) =>
    refuses(await api.call('GET', path), 404, detail)

const GROUP = '{idp_group_name}'
const USER = '{user_id}'
const SERVICE_USER = '{service_user_id}'

/** Returns the subjects of operations that no run sends. */
function refused(...operations: string[]): Checks {
  return Object.fromEntries(operations.map((operation) => [operation, ACCESS]))
}

/** The checks of roles, users, service users and groups. */
export const v3Members: Checks = {
  'members of the enterprise': ACCESS,
  'keys of service users': ACCESS,
  'GET /v3/enterprise/roles': { 'the operation': reads(`/v3/enterprise/roles?${LISTED}`) },
  [`GET ${ALL}/users`]: {
    'the operation': reads(`${ALL}/users?${LISTED}`),
    '`email`': async (api) => {
      const answer = await api.call('GET', `${ALL}/users?email=${NOWHERE}%40fake-devin.invalid`)
      isEmpty(answer, itemsOf(answer), 'users')
    },
  },
  [`GET ${ALL}/users/${USER}`]: { 'the operation': unknown(`${ALL}/users/${NOWHERE}`) },
  [`GET ${IN_ORG}/users`]: { 'the operation': reads(`${PATH}/users?${LISTED}`) },
  [`GET ${BETA}`]: { 'the operation': reads(`/v3beta1/organizations/{org}/members/users?${LISTED}`) },
  [`GET ${BETA}/${USER}`]: {
    'the operation': unknown(`/v3beta1/organizations/{org}/members/users/${NOWHERE}`),
  },
  [`GET ${ALL}/service-users`]: {
    'the operation': reads(`${ALL}/service-users?${LISTED}`),
    '`include_inactive`': DATA,
  },
  [`GET ${ALL}/service-users/${SERVICE_USER}`]: {
    'the operation': async (api) => {
      const list = await api.call('GET', `${ALL}/service-users?first=1`)
      const [first] = itemsOf(list)
      const id = encodeURIComponent(String(first?.service_user_id))
      await fits(await api.call('GET', `${ALL}/service-users/${id}`))
    },
    'answer to a deleted one': unknown(
      `${ALL}/service-users/service-user-${NOWHERE}`,
      'Service user not found',
    ),
  },
  [`GET ${IN_ORG}/service-users`]: { 'the operation': reads(`${PATH}/service-users?${LISTED}`) },
  [`GET ${GROUPS}`]: { 'the operation': reads(`${GROUPS}?${LISTED}`) },
  [`GET ${ALL}/idp-groups`]: { 'the operation': reads(`${ALL}/idp-groups?${LISTED}`) },
  [`GET ${ALL}/idp-groups/${GROUP}`]: { 'the operation': unknown(`${ALL}/idp-groups/${NOWHERE}`) },
  [`GET ${ALL}/idp-users`]: {
    'the operation': reads(`${ALL}/idp-users?${LISTED}`),
    'who belongs to a group': PERMISSIONS,
  },
  [`GET ${IN_ORG}/idp-groups`]: { 'the operation': reads(`${PATH}/idp-groups?${LISTED}`) },
  [`GET ${IN_ORG}/idp-groups/${GROUP}`]: { 'the operation': unknown(`${PATH}/idp-groups/${NOWHERE}`) },
  [`GET ${IN_ORG}/idp-users`]: { 'the operation': reads(`${PATH}/idp-users?${LISTED}`) },
  ...refused(
    ...['POST', 'PATCH', 'DELETE'].flatMap((method) => [
      `${method} ${IN_ORG}/users/${USER}`,
      `${method} ${IN_ORG}/service-users/${SERVICE_USER}`,
      `${method} ${IN_ORG}/idp-groups/${GROUP}`,
      `${method} ${ALL}/service-users/${SERVICE_USER}`,
      `${method} ${ALL}/idp-groups/${GROUP}`,
    ]),
    `POST ${ALL}/users`,
    `PATCH ${ALL}/users/${USER}`,
    `DELETE ${ALL}/users/${USER}`,
    `POST ${GROUPS}`,
    `DELETE ${GROUPS}/${GROUP}`,
    'POST /v3/enterprise/service-users',
    `POST ${KEYS}`,
    `POST ${KEYS}/{api_key_id}/rotate`,
    `DELETE ${KEYS}/{api_key_id}`,
  ),
}
