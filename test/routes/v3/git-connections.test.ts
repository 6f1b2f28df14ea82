import t, { type Test } from 'tap'
import { KeyRegistry } from '../../../src/auth/keys.ts'
import { DEFAULT_ORG_ID, ENTERPRISE_ID } from '../../../src/auth/principal.ts'
import { BUILT_IN_CONNECTION } from '../../../src/resources/git-connections.ts'
import { startV3, V3_KEY, type V3Fake } from '../../v3.ts'

const CONNECTIONS = '/v3/enterprise/git-providers/connections'
const BUILT_IN = `${CONNECTIONS}/${BUILT_IN_CONNECTION.id}/repositories`

/** Returns the names of the repositories that a list answers with. */
async function namesAt({ v3 }: V3Fake, path: string): Promise<string[]> {
  return (await v3('GET', path)).json().items.map(({ repo_name }: { repo_name: string }) => repo_name)
}

/** Replaces the state by one organization, and connections of the enterprise. */
async function seed(
  t: Test,
  { send }: V3Fake,
  git_connections: unknown,
  organization: object = {},
): Promise<void> {
  const organizations = [
    { org_id: ENTERPRISE_ID, git_connections },
    { org_id: DEFAULT_ORG_ID, ...organization },
  ]
  const response = await send('PUT', '/_fake/state', { organizations })
  t.equal(response.statusCode, 204, response.body)
}

t.test('GET /v3/enterprise/git-providers/connections has a built-in connection', async (t) => {
  const { v3 } = await startV3(t)

  t.same((await v3('GET', CONNECTIONS)).json(), {
    items: [
      {
        git_connection_id: 'git-connection-fa4ede71000000000000000000000001',
        git_provider_type: 'github_app',
        name: 'GitHub',
        host: 'github.com',
        created_at: 1_767_225_600,
      },
    ],
    end_cursor: null,
    has_next_page: false,
    total: 1,
  })
})

t.test('GET /v3/enterprise/git-providers/connections pages through those of a seed, too', async (t) => {
  const fake = await startV3(t)
  await seed(t, fake, [{ id: 'gl', host: 'gitlab.com', provider_type: 'gitlab_token', name: null }, {}])

  const first = (await fake.v3('GET', `${CONNECTIONS}?first=2`)).json()
  t.match(first, {
    items: [{ name: 'GitHub' }, { git_connection_id: /^(?:gl|git-connection-)/ }],
    total: 3,
  })
  const next = (await fake.v3('GET', `${CONNECTIONS}?first=2&after=${first.end_cursor}`)).json()
  t.equal(next.items.length, 1)
  const all = [...first.items, ...next.items]
  t.match(
    all.find(({ git_connection_id: id }) => id === 'gl'),
    { git_provider_type: 'gitlab_token', name: null, host: 'gitlab.com' },
  )
  t.match(all.at(-1), { git_connection_id: /^git-connection-[0-9a-f]{32}$|^gl$/ })
})

t.test(
  'GET /v3/enterprise/git-providers/connections refuses cursors of other lists, and made-up ones',
  async (t) => {
    const { v3 } = await startV3(t)

    for (const text of [
      'v1:',
      'v1:organizations:[1]',
      ...['', 'x', '{}', '[]', '["a"]', '[1,2]'].map((key) => `v1:git-connections:${key}`),
    ]) {
      const after = encodeURIComponent(Buffer.from(text).toString('base64'))
      const refused = await v3('GET', `${CONNECTIONS}?after=${after}`)
      t.same([refused.statusCode, refused.json().detail], [400, 'Invalid cursor'], text)
    }
  },
)

t.test('a seed may replace the built-in connection', async (t) => {
  const fake = await startV3(t)
  await seed(t, fake, [{ id: BUILT_IN_CONNECTION.id, name: 'Ours', host: 'ghe.example.com' }])

  t.match((await fake.v3('GET', CONNECTIONS)).json(), { items: [{ name: 'Ours' }], total: 1 })
})

t.test('GET …/connections/{connection_id}/repositories has the repositories that were named', async (t) => {
  const fake = await startV3(t)
  const { v3, org, organization } = fake
  t.same(await namesAt(fake, BUILT_IN), [])

  await org('POST', '/sessions', {
    prompt: 'x [fake:two-pull-requests]',
    repos: ['own/session', 'not a repository'],
  })
  await org('POST', '/knowledge/notes', {
    name: 'n',
    body: 'b',
    trigger: 't',
    pinned_repo: 'github.com/own/note',
  })
  await org('POST', '/knowledge/notes', { name: 'n', body: 'b', trigger: 't', pinned_repo: 'all' })
  await org('POST', '/pr-reviews', { pr_url: 'https://github.com/own/review/pull/1' })
  await org('POST', '/pr-reviews', { pr_url: 'https://gitlab.com/own/elsewhere/-/merge_requests/1' })
  await v3('PUT', `/v3beta1/organizations/org-b/repositories/own/index/indexing`)
  await v3('POST', `/v3beta1/organizations/org-b/snapshot-setup/blueprints`, { repo_name: 'own/blueprint' })
  await v3('POST', `/v3beta1/organizations/org-b/snapshot-setup/blueprints`, {})
  await v3('POST', `/v3/enterprise/organizations/org-b/git-providers/permissions`, {
    permissions: ['repo_path', 'prefix_path'].map((kind) => ({
      git_connection_id: BUILT_IN_CONNECTION.id,
      [kind]: `own/${kind}`,
    })),
  })
  organization.clock.adjust({ instant: true })

  const names = await namesAt(fake, BUILT_IN)
  const own = ['blueprint', 'index', 'note', 'repo_path', 'review', 'session'].map((name) => `own/${name}`)
  t.same(
    names.filter((name) => name.startsWith('own/')),
    own,
  )
  t.equal(names.length, own.length + 1, 'and that of the pull request of the session')
  t.same((await v3('GET', `${BUILT_IN}?filter_name=OWN/note`)).json().items, [
    {
      provider_repository_id: (await v3('GET', `${BUILT_IN}?filter_name=note`)).json().items[0]
        .provider_repository_id,
      git_connection_id: BUILT_IN_CONNECTION.id,
      git_connection_host: 'github.com',
      repo_name: 'own/note',
      repo_path: 'github.com/own/note',
      repo_description: null,
      last_updated_at: 1_767_323_045,
      repo_language: null,
    },
  ])
})

t.test('GET …/connections/{connection_id}/repositories has those of a seed with their details', async (t) => {
  const fake = await startV3(t)
  await seed(
    t,
    fake,
    [
      {
        id: 'one',
        repositories: [{ name: 'a/b', provider_repository_id: '7', description: 'd', language: 'Go' }],
      },
      { id: 'two', host: 'gitlab.com', repositories: [{ name: 'a/b', updated_at: '2027-01-01T00:00:00Z' }] },
    ],
    {
      sessions: [{ prompt: 'x', repos: ['a/b', 'a/c'] }],
      pr_reviews: [
        { repo_path: 'gitlab.com/a/b', pr_number: 1 },
        { repo_path: 'gitlab.com/a/c', pr_number: 1 },
      ],
    },
  )
  const details = async (id: string) =>
    (await fake.v3('GET', `${CONNECTIONS}/${id}/repositories`)).json().items

  t.match(await details('one'), [
    { repo_name: 'a/b', provider_repository_id: '7', repo_description: 'd', repo_language: 'Go' },
  ])
  t.same(await namesAt(fake, BUILT_IN), ['a/c'], 'a/b belongs to the connection that has it')
  t.match(await details('two'), [
    { repo_path: 'gitlab.com/a/b', provider_repository_id: /^\d+$/, last_updated_at: 1_798_761_600 },
    { repo_path: 'gitlab.com/a/c' },
  ])
})

t.test('GET …/connections/{connection_id}/repositories has pages of at most 100', async (t) => {
  const fake = await startV3(t)
  const repositories = Array.from({ length: 102 }, (_, index) => ({ name: `a/${1000 + index}` }))
  await seed(t, fake, [{ id: 'one', repositories }])

  const page = (await fake.v3('GET', `${CONNECTIONS}/one/repositories?first=200`)).json()
  t.match(page, { has_next_page: true, total: 102 })
  t.equal(page.items.length, 100)
  t.same(await namesAt(fake, `${CONNECTIONS}/one/repositories?after=${page.end_cursor}`), [
    'a/1100',
    'a/1101',
  ])
})

t.test('GET …/connections/{connection_id}/repositories answers 404 for an unknown connection', async (t) => {
  const { v3 } = await startV3(t)

  const unknown = await v3('GET', `${CONNECTIONS}/git-connection-x/repositories`)
  t.same([unknown.statusCode, unknown.json().detail], [404, 'Git connection not found'])
})

t.test('the connections need ManageGitIntegrations and a key of the enterprise', async (t) => {
  const registered = { key: V3_KEY, orgId: ENTERPRISE_ID }
  const statusFor = async (key: object) => {
    const { v3 } = await startV3(t, { keys: new KeyRegistry({ keys: [{ ...registered, ...key }] }) })
    return [(await v3('GET', CONNECTIONS)).statusCode, (await v3('GET', BUILT_IN)).statusCode]
  }

  t.same(await statusFor({ permissions: ['ManageGitIntegrations'] }), [200, 200])
  t.same(await statusFor({ permissions: ['ManageEnterpriseSettings'] }), [403, 403])
  t.same(await statusFor({ orgId: DEFAULT_ORG_ID }), [403, 403])
})

t.test('connections round-trip through state documents', async (t) => {
  const fake = await startV3(t)
  await seed(t, fake, [
    { repositories: [{ name: 'a/b' }, { name: 'a/c', description: 'd', language: 'Go' }] },
    { id: 'two', name: 'N', host: 'bitbucket.org', provider_type: 'bitbucket_oauth' },
  ])

  const state = (await fake.call('GET', '/_fake/state')).json()
  await fake.send('PUT', '/_fake/state', state)
  t.same((await fake.call('GET', '/_fake/state')).json(), state)
})

t.test('state documents with the same repository twice are refused', async (t) => {
  const { send } = await startV3(t)
  const git_connections = [{ repositories: [{ name: 'a/b' }, { name: 'a/b' }] }]

  const refused = await send('PUT', '/_fake/state', {
    organizations: [{ org_id: ENTERPRISE_ID, git_connections }],
  })
  t.equal(refused.statusCode, 422)
  t.match(refused.body, /the same name as that of/)
})
