import { type Api, NOWHERE } from '../api.ts'
import { ACCESS, answers, type Check, type Checks, DATA, PERMISSIONS, reads } from '../check.ts'
import { Untestable } from '../errors.ts'
import { type Body, fits, hasMembers, holdsForAll, isEmpty, refuses } from '../expect.ts'
import { created, itemsOf } from '../things.ts'
import { ownPath } from './v3-enterprise.ts'

const CONNECTIONS = '/v3/enterprise/git-providers/connections'
const GIT = '/v3/enterprise/organizations/{org_id}/git-providers/permissions'
const REPOSITORIES = '/v3beta1/organizations/{org_id}/repositories'
const ONE = `${REPOSITORIES}/{repository_path}/indexing`
const PATH = '/v3beta1/organizations/{org}/repositories'

/** Resolves with the id of the first connection. */
async function connection(api: Api): Promise<string> {
  const list = await api.call('GET', `${CONNECTIONS}?first=1`)
  const [first] = itemsOf(list)
  if (first === undefined) throw new Untestable('there are no connections')
  return String(first.git_connection_id)
}

/** Resolves with the answer to the request for the repositories of the first connection. */
async function repositories(api: Api, query: string) {
  const id = encodeURIComponent(await connection(api))
  return api.call('GET', `${CONNECTIONS}/${id}/repositories?${query}`)
}

/** Returns a check of a permission in the run's own organization that must be refused. */
const refused =
  (permission: Body, idOf = connection, status = 400): Check =>
  async (api) => {
    const body = { permissions: [{ git_connection_id: await idOf(api), ...permission }] }
    const path = `${await ownPath(api)}/git-providers/permissions`
    await refuses(await api.call('POST', path, { body }), status)
  }

/** The checks of Git connections, permissions and repositories. */
export const v3Git: Checks = {
  'Git connections': { 'which there are': DATA, permission: PERMISSIONS },
  [`GET ${CONNECTIONS}`]: { 'the operation': reads(`${CONNECTIONS}?first=2`) },
  [`GET ${CONNECTIONS}/{connection_id}/repositories`]: {
    'the operation': async (api) => fits(await repositories(api, 'first=2')),
    'which repositories there are': DATA,
    '`repo_name` and `repo_path`': async (api) => {
      const answer = await repositories(api, 'first=20')
      const items = itemsOf(answer)
      holdsForAll(answer, items, (item) => String(item.repo_path).endsWith(`/${item.repo_name}`), {
        expected: '`repo_path` with the host before `repo_name`',
        got: 'another form',
      })
    },
    '`filter_name`': async (api) => {
      const answer = await repositories(api, `filter_name=${NOWHERE}`)
      isEmpty(answer, itemsOf(answer), 'repositories')
    },
    'answer to an unknown connection': answers(
      'GET',
      `${CONNECTIONS}/git-connection-${NOWHERE}/repositories`,
    ),
  },
  [`GET ${GIT}`]: { 'the operation': reads('/v3/enterprise/organizations/{org}/git-providers/permissions') },
  [`POST ${GIT}`]: {
    'the operation': ACCESS,
    'answer to none or several of `repo_path`, `prefix_path` and `group_prefix`': refused({}),
    'answer to an empty path': refused({ repo_path: '' }),
    'which repositories a path covers': DATA,
    'a `group_prefix` with a slash at the end': ACCESS,
    'answer to an unknown connection': refused(
      { repo_path: 'a/b' },
      async () => `git-connection-${NOWHERE}`,
      404,
    ),
    'answer to a permission that the organization has already, or that is sent twice': ACCESS,
  },
  [`PUT ${GIT}`]: ACCESS,
  [`DELETE ${GIT}`]: ACCESS,
  [`PATCH ${GIT}/{git_permission_id}`]: ACCESS,
  [`DELETE ${GIT}/{git_permission_id}`]: {
    'the operation': ACCESS,
    'answer to an unknown id': answers(
      'DELETE',
      `/v3/enterprise/organizations/{org}/git-providers/permissions/git-permission-${NOWHERE}`,
    ),
  },
  [`GET ${REPOSITORIES}`]: {
    'the operation': reads(`${PATH}?first=2`),
    'which repositories are available': DATA,
    'the last page': async (api) => {
      const answer = await api.call('GET', `${PATH}?first=200`)
      hasMembers(answer, created(answer), { total: null })
    },
  },
  [`GET ${REPOSITORIES}/indexing`]: { 'the operation': reads(`${PATH}/indexing?first=2`) },
  [`GET ${ONE}`]: {
    'the operation': DATA,
    'answer for a repository that is not available': answers('GET', `${PATH}/fake-devin/${NOWHERE}/indexing`),
  },
  [`PUT ${ONE}`]: 'starts to index a repository, which cannot be undone',
}
