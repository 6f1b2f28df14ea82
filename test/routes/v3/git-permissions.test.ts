import t from 'tap'
import { KeyRegistry } from '../../../src/auth/keys.ts'
import { DEFAULT_ORG_ID, ENTERPRISE_ID } from '../../../src/auth/principal.ts'
import { randomIds } from '../../../src/base/ids.ts'
import { Organizations } from '../../../src/organization/organizations.ts'
import { BUILT_IN_CONNECTION } from '../../../src/resources/git-connections.ts'
import { memoryStore } from '../../../src/store/memory.ts'
import { frozenClock } from '../../fake.ts'
import { startV3, V3_KEY } from '../../v3.ts'

const PERMISSIONS = `/v3/enterprise/organizations/${DEFAULT_ORG_ID}/git-providers/permissions`

/** Returns a permission of the built-in connection, as it is sent. */
const permission = (fields: object) => ({ git_connection_id: BUILT_IN_CONNECTION.id, ...fields })
const bodyOf = (...permissions: object[]) => ({ permissions: permissions.map(permission) })

t.test('a git permission is created, changed and deleted', async (t) => {
  const { v3, call } = await startV3(t)
  const list = async () => (await v3('GET', PERMISSIONS)).json()
  t.same(await list(), { items: [], end_cursor: null, has_next_page: false, total: 0 })

  const posted = await v3('POST', PERMISSIONS, bodyOf({ repo_path: 'owner/repo', read_only: true }))
  t.equal(posted.statusCode, 200)
  const [created] = posted.json()
  t.match(created.git_permission_id, /^git-permission-[0-9a-f]{32}$/)
  t.same(created, {
    git_permission_id: created.git_permission_id,
    git_connection_id: BUILT_IN_CONNECTION.id,
    repo_path: 'owner/repo',
    prefix_path: null,
    group_prefix: null,
    read_only: true,
    created_at: 1_767_323_045,
  })
  t.same((await list()).items, [created])

  const path = `${PERMISSIONS}/${created.git_permission_id}`
  t.same((await v3('PATCH', path, {})).json(), created)
  t.same((await v3('PATCH', path, { read_only: null })).json(), created)
  const changed = { ...created, read_only: false }
  t.same((await v3('PATCH', path, { read_only: false })).json(), changed)
  t.same((await list()).items, [changed])

  const deleted = await v3('DELETE', path)
  t.same([deleted.statusCode, deleted.json()], [200, changed])
  t.same((await list()).items, [])
  for (const again of [await v3('DELETE', path), await v3('PATCH', path, {})]) {
    t.same([again.statusCode, again.json().detail], [404, 'Git permission not found'])
  }
  t.match((await call('GET', '/v1/audit-logs')).json().audit_logs.length, 5)
})

t.test('POST …/git-providers/permissions takes each kind of path', async (t) => {
  const { v3 } = await startV3(t)

  const posted = await v3(
    'POST',
    PERMISSIONS,
    bodyOf(
      { prefix_path: 'github.com/foo' },
      { group_prefix: 'a/b/' },
      { repo_path: 'a/b', group_prefix: null },
      { prefix_path: 'a/b/' },
    ),
  )
  t.match(posted.json(), [
    { prefix_path: 'github.com/foo', repo_path: null, group_prefix: null, read_only: false },
    { group_prefix: 'a/b', repo_path: null, prefix_path: null },
    { repo_path: 'a/b', prefix_path: null, group_prefix: null },
    { prefix_path: 'a/b/' },
  ])
  t.same((await v3('GET', PERMISSIONS)).json().items, posted.json())
})

t.test('POST and PUT …/git-providers/permissions refuse all permissions if one is wrong', async (t) => {
  const { v3 } = await startV3(t)
  const kept = (await v3('POST', PERMISSIONS, bodyOf({ repo_path: 'a/kept' }))).json()
  const paths = 'Exactly one of repo_path, prefix_path and group_prefix must be set'

  for (const method of ['POST', 'PUT']) {
    for (const [wrong, status, detail] of [
      [{}, 400, paths],
      [{ repo_path: 'a/b', prefix_path: 'a' }, 400, paths],
      [{ repo_path: '' }, 400, 'repo_path must not be empty'],
      [{ prefix_path: '' }, 400, 'prefix_path must not be empty'],
      [{ group_prefix: '/' }, 400, 'group_prefix must not be empty'],
      [{ repo_path: 'a/b', git_connection_id: 'git-connection-x' }, 404, 'Git connection not found'],
      [{ repo_path: 'a/new', read_only: true }, 409, 'The organization has this git permission already'],
      [{ repo_path: 'github.com/a/new' }, 409, 'The organization has this git permission already'],
    ] as const) {
      const refused = await v3(method, PERMISSIONS, bodyOf({ repo_path: 'a/new' }, wrong))
      t.same([refused.statusCode, refused.json().detail], [status, detail])
      t.same((await v3('GET', PERMISSIONS)).json().items, kept, 'nothing changed')
    }
  }
  t.equal((await v3('POST', PERMISSIONS, bodyOf({ repo_path: 'a/kept' }))).statusCode, 409)
  t.equal((await v3('POST', PERMISSIONS, bodyOf({ repo_path: 'github.com/a/kept' }))).statusCode, 409)
  t.equal((await v3('POST', PERMISSIONS, bodyOf({ repo_path: 'gitlab.com/a/kept' }))).statusCode, 200)
  t.equal((await v3('POST', PERMISSIONS, bodyOf({ prefix_path: 'a/kept' }))).statusCode, 200)
  t.equal((await v3('POST', PERMISSIONS, bodyOf(...Array(201).fill({})))).statusCode, 422, 'too many')
})

t.test('one of two concurrent requests for the same permission is refused', async (t) => {
  const { v3 } = await startV3(t)
  const answers = await Promise.all([1, 2].map(() => v3('POST', PERMISSIONS, bodyOf({ repo_path: 'a/b' }))))

  t.same(answers.map(({ statusCode }) => statusCode).sort(), [200, 409])
})

t.test('PUT …/git-providers/permissions replaces all permissions', async (t) => {
  const { v3 } = await startV3(t)
  const [before] = (await v3('POST', PERMISSIONS, bodyOf({ repo_path: 'a/b' }, { repo_path: 'a/c' }))).json()

  const replaced = await v3('PUT', PERMISSIONS, bodyOf({ repo_path: 'a/b' }))
  t.equal(replaced.statusCode, 200)
  t.not(replaced.json()[0].git_permission_id, before.git_permission_id)
  t.same((await v3('GET', PERMISSIONS)).json().items, replaced.json())
  t.same((await v3('PUT', PERMISSIONS, bodyOf())).json(), [])
  t.equal((await v3('GET', PERMISSIONS)).json().total, 0)
  const entries = (await v3('GET', '/v3/enterprise/audit-logs?action=replace_git_permissions')).json().items
  t.match(entries, [{ data: { resource_id: DEFAULT_ORG_ID } }, { data: { resource_id: DEFAULT_ORG_ID } }])
})

t.test('PUT …/git-providers/permissions keeps the permissions if the store is full', async (t) => {
  const organizations = new Organizations({ store: memoryStore(), clock: frozenClock, ids: randomIds })
  const { v3 } = await startV3(t, { organizations })
  const kept = (await v3('POST', PERMISSIONS, bodyOf({ repo_path: 'a/b' }))).json()

  const huge = bodyOf(...[1, 2, 3].map((n) => ({ repo_path: `a/${n}` })))
  organizations.quota.record(512 * 2 ** 20)
  t.equal((await v3('PUT', PERMISSIONS, huge)).statusCode, 507)
  t.same((await v3('GET', PERMISSIONS)).json().items, kept)
})

t.test('DELETE …/git-providers/permissions deletes all permissions', async (t) => {
  const { v3 } = await startV3(t)
  const created = (await v3('POST', PERMISSIONS, bodyOf({ repo_path: 'a/b' }, { repo_path: 'a/c' }))).json()

  t.same((await v3('DELETE', PERMISSIONS)).json(), created)
  t.same((await v3('GET', PERMISSIONS)).json().items, [])
  t.same((await v3('DELETE', PERMISSIONS)).json(), [])
})

t.test('GET …/git-providers/permissions pages through the permissions of one organization', async (t) => {
  const { v3 } = await startV3(t)
  await v3('POST', PERMISSIONS, bodyOf(...['a/1', 'a/2', 'a/3'].map((repo_path) => ({ repo_path }))))

  const page = (await v3('GET', `${PERMISSIONS}?first=2`)).json()
  t.match(page, { items: [{ repo_path: 'a/1' }, { repo_path: 'a/2' }], has_next_page: true, total: 3 })
  const rest = (await v3('GET', `${PERMISSIONS}?after=${page.end_cursor}`)).json()
  t.match(rest, { items: [{ repo_path: 'a/3' }], has_next_page: false })
  const { org_id: orgId } = (await v3('POST', '/v3/enterprise/organizations', { name: 'other' })).json()
  const other = PERMISSIONS.replace(DEFAULT_ORG_ID, orgId)
  t.equal((await v3('GET', other)).json().total, 0)
})

t.test('git permissions need ManageGitIntegrations and a key of the enterprise', async (t) => {
  const statusFor = async (key: object) => {
    const registered = { key: V3_KEY, orgId: ENTERPRISE_ID, ...key }
    const { v3 } = await startV3(t, { keys: new KeyRegistry({ keys: [registered] }) })
    return [(await v3('GET', PERMISSIONS)).statusCode, (await v3('DELETE', PERMISSIONS)).statusCode]
  }

  t.same(await statusFor({ permissions: ['ManageGitIntegrations'] }), [200, 200])
  t.same(await statusFor({ permissions: ['Read'] }), [403, 403])
  t.same(await statusFor({ orgId: DEFAULT_ORG_ID }), [403, 403])
})

t.test('git permissions round-trip through state documents', async (t) => {
  const { v3, call, send } = await startV3(t)
  const git_permissions = [
    { git_connection_id: 'c', path: 'a/b' },
    {
      git_connection_id: 'c',
      path: 'a',
      kind: 'prefix_path',
      read_only: true,
      created_at: '2026-01-01T00:00:00Z',
    },
  ]

  t.equal((await send('PUT', '/_fake/state', { organizations: [{ git_permissions }] })).statusCode, 204)
  t.match((await v3('GET', PERMISSIONS)).json().items, [
    { git_permission_id: /^git-permission-/, repo_path: 'a/b', read_only: false },
    { prefix_path: 'a', read_only: true, created_at: 1_767_225_600 },
  ])
  const state = (await call('GET', '/_fake/state')).json()
  await send('PUT', '/_fake/state', state)
  t.same((await call('GET', '/_fake/state')).json(), state)

  const empty = { organizations: [{ git_permissions: [{ git_connection_id: 'c', path: '' }] }] }
  t.equal((await send('PUT', '/_fake/state', empty)).statusCode, 422)
  const twice = { organizations: [{ git_permissions: [git_permissions[0], git_permissions[0]] }] }
  const refused = await send('PUT', '/_fake/state', twice)
  t.equal(refused.statusCode, 422)
  t.match(refused.body, /the same path as that of/)
})
