// Tests that each list of v3 refuses the cursors of all others.
import t from 'tap'
import { DEFAULT_ORG_ID, ENTERPRISE_ID } from '../../src/auth/principal.ts'
import contract from '../../src/schemas/v3/contract.json' with { type: 'json' }
import { startV3, V3_KEY } from '../v3.ts'

/** Returns two documents, of the numbers 1 and 2. */
const two = (document: (n: number) => object) => [1, 2].map(document)

const id = (n: number) => ({ id: `id-${n}` })
const members = {
  role_assignments: [
    { role_id: 'org_member', org_id: DEFAULT_ORG_ID },
    { role_id: 'account_member', org_id: null },
  ],
}
const repository = (n: number) => ({ name: `owner/repo-${n}` })
const records = {
  knowledge: two((n) => ({ ...id(n), name: 'n', body: 'b', trigger_description: 't' })),
  playbooks: two((n) => ({ ...id(n), title: 't', body: 'b' })),
}

/** A state in which each list has at least two items. */
const STATE = {
  organizations: [
    {
      org_id: DEFAULT_ORG_ID,
      ...records,
      secrets: two((n) => ({ ...id(n), key: `K${n}`, value: 'v' })),
      sessions: two((n) => ({
        id: `devin-${n}`,
        prompt: `p${n}`,
        repos: [repository(n).name],
        messages: [{ at: '2026-01-01T00:00:00Z', text: 'm' }],
      })),
      automations: two((n) => ({
        ...id(n),
        name: 'n',
        triggers: [{ event_type: 'github:issues', conditions: null }],
        actions: [{ type: 'start_session', prompt: 'p' }],
      })),
      code_scan_profiles: two((n) => ({ ...id(n), name: 'n' })),
      code_scans: two((n) => ({ ...id(n), repo_name: 'owner/repo-1' })),
      code_scan_findings: two((n) => ({ ...id(n), scan_id: 'id-1', repo_name: 'owner/repo-1', title: 't' })),
      builds: two(id),
      git_permissions: two((n) => ({
        ...id(n),
        git_connection_id: 'id-1',
        kind: 'repo_path',
        path: `a/${n}`,
      })),
      repository_indexes: two((n) => ({ ...id(n), repository_name: repository(n).name })),
      settings: [{ cycle_acu_limit: 1_000, created_at: '2025-01-01T00:00:00Z' }],
      audit_logs: two((n) => ({ ...id(n), action: 'create_secret', subject_id: 's' })),
    },
    { org_id: 'org-other', settings: [{ cycle_acu_limit: 1_000 }] },
    {
      org_id: ENTERPRISE_ID,
      ...records,
      users: two((n) => ({ id: `email|${n}`, email: `${n}@example.com`, ...members })),
      service_users: two((n) => ({ id: `service-user-${n}`, name: 'n', ...members })),
      idp_groups: two((n) => ({
        ...id(n),
        name: `g${n}`,
        users: [{ id: `email|g${n}`, email: `g${n}@example.com` }],
        ...members,
      })),
      git_connections: two((n) => ({
        ...id(n),
        provider_type: 'github_app',
        name: 'n',
        host: `github-${n}.example.com`,
        repositories: two(repository),
      })),
    },
  ],
}

/** Returns the paths of all lists by cursor, those of the contract and the one that it does not have. */
function listPaths(): string[] {
  const values: Record<string, string> = { org_id: DEFAULT_ORG_ID, devin_id: '1', connection_id: 'id-1' }
  const paths = Object.entries(contract.paths).filter(
    ([, methods]) => 'get' in methods && JSON.stringify(methods.get).includes('"name":"after"'),
  )
  return [...paths.map(([path]) => path), '/v3/organizations/{org_id}/code-scans/scans'].map((path) =>
    path.replace(/\{(\w+)\}/g, (_, name: string) => values[name] as string),
  )
}

t.test('a list refuses the cursors of all others', async (t) => {
  const { call, send } = await startV3(t)
  const get = async (path: string, query: Record<string, string>) =>
    call('GET', `${path}?${new URLSearchParams(query)}`, { headers: { authorization: `Bearer ${V3_KEY}` } })
  const put = await send('PUT', '/_fake/state', STATE)
  t.equal(put.statusCode, 204, put.body)
  const cursors = new Map<string, string>()
  for (const path of listPaths()) {
    const page = (await get(path, { first: '1' })).json()
    t.match(page, { has_next_page: true, end_cursor: String }, path)
    cursors.set(path, page.end_cursor)
  }

  for (const [path, after] of cursors) {
    const own = (await get(path, { after })).json()
    for (const other of cursors.keys()) {
      const { statusCode, body } = await get(other, { after })
      // Some lists have two paths.
      if (statusCode === 200) t.same(JSON.parse(body), own, `${path} on ${other}`)
      else t.equal(JSON.parse(body).detail, 'Invalid cursor', `${path} on ${other}`)
    }
  }
})
