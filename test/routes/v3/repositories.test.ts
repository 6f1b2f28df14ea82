import t from 'tap'
import { KeyRegistry } from '../../../src/auth/keys.ts'
import { DEFAULT_ORG_ID, ENTERPRISE_ID } from '../../../src/auth/principal.ts'
import { randomIds } from '../../../src/base/ids.ts'
import { Organizations } from '../../../src/organization/organizations.ts'
import { BUILT_IN_CONNECTION } from '../../../src/resources/git-connections.ts'
import { memoryStore } from '../../../src/store/memory.ts'
import { frozenClock } from '../../fake.ts'
import { startV3, V3_KEY } from '../../v3.ts'

const REPOSITORIES = `/v3beta1/organizations/${DEFAULT_ORG_ID}/repositories`
const INDEX = `${REPOSITORIES}/owner/repo/indexing`

const NOT_INDEXED = {
  indexing_enabled: false,
  latest_completed_search_index_job: null,
  latest_completed_wiki_index_job: null,
  latest_indexes: [],
}

t.test('PUT …/repositories/{repository_path}/indexing starts to index a repository, once', async (t) => {
  const { v3, call, advance } = await startV3(t)

  const created = await v3('PUT', INDEX)
  t.equal(created.statusCode, 200)
  const [search, wiki] = created.json().indexing_status.latest_indexes
  t.same(created.json(), {
    repository_path: 'owner/repo',
    indexing_enabled: true,
    branches: ['main'],
    indexing_status: {
      indexing_enabled: true,
      latest_completed_search_index_job: null,
      latest_completed_wiki_index_job: null,
      latest_indexes: [search, wiki],
    },
  })
  t.match(search, {
    job_id: /^repo-idx-job-[0-9a-f]{32}$/,
    branch_name: 'main',
    commit: /^[0-9a-f]{40}$/,
    created_at: 1_767_323_045,
    status: 'in_progress',
  })
  t.same(
    Object.keys(search),
    ['job_id', 'status', 'commit', 'branch_name', 'created_at'],
    'in the order on the wire',
  )
  t.not(search.job_id, wiki.job_id)

  advance(10)
  t.same((await v3('PUT', INDEX)).json(), created.json())
  t.same((await v3('PUT', `${REPOSITORIES}/github.com/owner/repo/indexing`)).json(), created.json())
  t.match((await call('GET', '/v1/audit-logs')).json(), { audit_logs: [{ action: 'index_repository' }] })
})

t.test('GET …/repositories/{repository_path}/indexing follows the jobs through their life', async (t) => {
  const { v3, org, advance } = await startV3(t)
  const status = async () => (await v3('GET', INDEX)).json()
  t.equal((await v3('GET', INDEX)).statusCode, 404)
  await org('POST', '/sessions', { prompt: 'x', repos: ['owner/repo'] })
  t.same(await status(), NOT_INDEXED)

  const { indexing_status: started } = (await v3('PUT', INDEX)).json()
  const [search, wiki] = started.latest_indexes
  t.same(await status(), started)
  advance(60)
  const searched = { ...search, status: 'completed' }
  t.same(await status(), {
    ...started,
    latest_completed_search_index_job: searched,
    latest_indexes: [searched, wiki],
  })
  advance(240)
  const wikied = { ...wiki, status: 'completed' }
  t.same(await status(), {
    indexing_enabled: true,
    latest_completed_search_index_job: searched,
    latest_completed_wiki_index_job: wikied,
    latest_indexes: [searched, wikied],
  })
})

t.test(
  '…/repositories/{repository_path}/indexing knows paths with several segments, also encoded',
  async (t) => {
    const { v3 } = await startV3(t)

    const created = await v3('PUT', `${REPOSITORIES}/group%2Fsub/repo/indexing`)
    t.equal(created.json().repository_path, 'group/sub/repo')
    t.equal((await v3('GET', `${REPOSITORIES}/group/sub%2Frepo/indexing`)).statusCode, 200)
  },
)

t.test('…/repositories/{repository_path}/indexing answers 404 for other paths', async (t) => {
  const { v3 } = await startV3(t)

  for (const [method, path] of [
    ['GET', 'owner/unknown'],
    ['GET', 'repo'],
    ['PUT', 'repo'],
    ['PUT', 'owner/a%20b'],
  ] as const) {
    const unknown = await v3(method, `${REPOSITORIES}/${path}/indexing`)
    t.same([unknown.statusCode, unknown.json().detail], [404, 'Repository not found'], path)
  }
})

t.test('PUT …/repositories/{repository_path}/indexing answers 507 if the store is full', async (t) => {
  const organizations = new Organizations({ store: memoryStore(), clock: frozenClock, ids: randomIds })
  const { v3 } = await startV3(t, { organizations })

  organizations.quota.record(512 * 2 ** 20)
  t.equal((await v3('PUT', INDEX)).statusCode, 507)
})

t.test('GET …/repositories/indexing lists the indexed repositories', async (t) => {
  const { v3 } = await startV3(t)
  t.same((await v3('GET', `${REPOSITORIES}/indexing`)).json().items, [])
  const created = []
  for (const name of ['c', 'a', 'b']) {
    created.push((await v3('PUT', `${REPOSITORIES}/owner/${name}/indexing`)).json())
  }

  const page = (await v3('GET', `${REPOSITORIES}/indexing?first=2`)).json()
  t.same(page.items, created.slice(0, 2))
  t.same(
    (await v3('GET', `${REPOSITORIES}/indexing?after=${page.end_cursor}`)).json().items,
    created.slice(2),
  )
  t.same((await v3('GET', '/v3beta1/organizations/org-b/repositories/indexing')).json().items, [])
})

t.test('GET …/repositories lists what the organization has named, with a cursor at the end', async (t) => {
  const { v3, org } = await startV3(t)
  t.same((await v3('GET', REPOSITORIES)).json(), {
    items: [],
    end_cursor: null,
    has_next_page: false,
    total: null,
  })
  await org('POST', '/sessions', { prompt: 'x', repos: ['owner/b', 'owner/a'] })
  await v3('POST', '/v3/organizations/org-b/sessions', { prompt: 'x', repos: ['owner/elsewhere'] })
  const { indexing_status } = (await v3('PUT', `${REPOSITORIES}/owner/c/indexing`)).json()

  const page = (await v3('GET', `${REPOSITORIES}?first=2`)).json()
  t.match(page, { has_next_page: true, total: null })
  const named = (name: string, indexing: unknown) => ({
    git_connection_id: BUILT_IN_CONNECTION.id,
    git_connection_host: 'github.com',
    repo_name: `owner/${name}`,
    repo_path: `github.com/owner/${name}`,
    repo_description: null,
    repo_language: null,
    last_updated_at: 1_767_323_045,
    indexing_status: indexing,
  })
  const withoutId = ({ provider_repository_id: _, ...rest }: Record<string, unknown>) => rest
  t.same(page.items.map(withoutId), [named('a', null), named('b', null)])
  const last = (await v3('GET', `${REPOSITORIES}?after=${page.end_cursor}`)).json()
  t.same(last.items.map(withoutId), [named('c', indexing_status)])
  t.match(last, { end_cursor: /^[A-Za-z0-9+/=]+$/, has_next_page: false })
  t.same((await v3('GET', `${REPOSITORIES}?after=${last.end_cursor}`)).json().items, [])
})

t.test('GET …/repositories lists what git permissions cover', async (t) => {
  const { v3, send } = await startV3(t)
  const repositories = ['a/1', 'ab/1', 'b/1', 'c/d/1', 'c/e/1', 'x/1', 'x/1/y'].map((name) => ({ name }))
  const of = (kind: string, path: string, git_connection_id = 'gl') => ({ git_connection_id, kind, path })
  const organizations = [
    { org_id: ENTERPRISE_ID, git_connections: [{ id: 'gl', host: 'gitlab.com', repositories }] },
    {
      git_permissions: [
        of('prefix_path', 'a'),
        of('prefix_path', 'gitlab.com/b/'),
        of('group_prefix', 'c/d'),
        of('repo_path', 'new/one'),
        of('repo_path', 'gitlab.com/x/1'),
        of('prefix_path', 'ab', BUILT_IN_CONNECTION.id),
        of('repo_path', 'new/two', 'unknown'),
      ],
    },
  ]
  t.equal((await send('PUT', '/_fake/state', { organizations })).statusCode, 204)

  const { items } = (await v3('GET', REPOSITORIES)).json()
  t.same(
    items.map((item: { repo_path: string }) => item.repo_path),
    ['a/1', 'b/1', 'c/d/1', 'new/one', 'x/1'].map((name) => `gitlab.com/${name}`),
  )
})

t.test('GET …/repositories pages through repositories of the same name of several connections', async (t) => {
  const { v3, send } = await startV3(t)
  const connections = ['b', 'a', 'c'].map((id) => ({
    id,
    host: `${id}.example.com`,
    repositories: [{ name: 'o/r' }],
  }))
  const permissions = connections.map(({ id }) => ({ git_connection_id: id, kind: 'repo_path', path: 'o/r' }))
  const organizations = [
    { org_id: ENTERPRISE_ID, git_connections: connections },
    { git_permissions: permissions },
  ]
  t.equal((await send('PUT', '/_fake/state', { organizations })).statusCode, 204)

  const paths: string[] = []
  for (let after = '', hasNext = true; hasNext; ) {
    const page = (await v3('GET', `${REPOSITORIES}?first=1&after=${after}`)).json()
    paths.push(...page.items.map((item: { repo_path: string }) => item.repo_path))
    after = page.end_cursor
    hasNext = page.has_next_page
  }
  t.same(paths, ['a.example.com/o/r', 'b.example.com/o/r', 'c.example.com/o/r'])
})

t.test('the repositories of many sessions are found in several turns', async (t) => {
  const { v3, send } = await startV3(t)
  const sessions = [{ prompt: 'x', count: 1_000, repos: ['owner/repo'] }]
  await send('PUT', '/_fake/state', { organizations: [{ sessions }] })

  t.equal((await v3('GET', REPOSITORIES)).json().items.length, 1)
})

t.test('repositories need Read, and their indexing IndexOrgRepositories', async (t) => {
  const statusesFor = async (permission: string) => {
    const keys = new KeyRegistry({ keys: [{ key: V3_KEY, permissions: [permission] }] })
    const { v3 } = await startV3(t, { keys })
    const put = await v3('PUT', INDEX)
    const got = await Promise.all(
      [REPOSITORIES, `${REPOSITORIES}/indexing`, INDEX].map((path) => v3('GET', path)),
    )
    return [put, ...got].map(({ statusCode }) => statusCode)
  }

  t.same(await statusesFor('IndexOrgRepositories'), [200, 403, 403, 403])
  t.same(await statusesFor('Read'), [403, 200, 200, 404])
})

t.test('indexes round-trip through state documents, which may have failed ones', async (t) => {
  const { v3, call, send } = await startV3(t)
  const repository_indexes = [
    { repository_name: 'owner/repo', created_at: '2026-01-01T00:00:00Z', outcome: 'failed' },
    { repository_name: 'owner/other', branches: ['dev', 'main'] },
  ]
  t.equal((await send('PUT', '/_fake/state', { organizations: [{ repository_indexes }] })).statusCode, 204)

  t.match((await v3('GET', INDEX)).json(), {
    latest_completed_search_index_job: null,
    latest_indexes: [{ status: 'failed' }, { status: 'failed' }],
  })
  t.match((await v3('GET', `${REPOSITORIES}/indexing`)).json().items[1], { branches: ['dev', 'main'] })
  const state = (await call('GET', '/_fake/state')).json()
  await send('PUT', '/_fake/state', state)
  t.same((await call('GET', '/_fake/state')).json(), state)
})
