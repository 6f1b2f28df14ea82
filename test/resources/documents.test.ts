// The documents of all kinds of records: src/resources/.
import t, { type Test } from 'tap'
import { ENTERPRISE_ID } from '../../src/auth/principal.ts'
import { formatInstant } from '../../src/base/clock.ts'
import { resourceEntries } from '../../src/resources/index.ts'
import { NOW } from '../fake.ts'
import { aServer, putState, stateOf } from '../state/server.ts'
import { type Document, FULL, start, webhook } from './full-documents.ts'

/** The members that are other ways to write those that a state has. */
const OTHER_WAYS = [
  'sessions.count',
  'sessions.status_enum',
  'sessions.age_seconds',
  'service_users.role_id',
  'audit_logs.user_id',
]

/** Returns a state with a document of each kind. */
function stateWith(documents: Readonly<Record<string, Document>>) {
  const others: Readonly<Record<string, Document>> = { folders: { id: 'top', name: 'top' } }
  const lists = Object.entries(documents).map(([name, document]) => [
    name,
    [document, others[name]].filter((one) => one !== undefined),
  ])
  const ofEnterprise = (name: unknown) => name === 'users' || name === 'idp_groups'
  return {
    organizations: [
      { org_id: 'org-1', ...Object.fromEntries(lists.filter(([name]) => !ofEnterprise(name))) },
      { org_id: ENTERPRISE_ID, ...Object.fromEntries(lists.filter(([name]) => ofEnterprise(name))) },
    ],
  }
}

/** Puts a document of each kind and returns what the state has in its place. */
async function readBack(t: Test, documents: Readonly<Record<string, Document>>) {
  const app = await aServer(t)
  t.same(await putState(app, stateWith(documents)), [204, ''])
  const { organizations } = JSON.parse(await stateOf(app)) as { organizations: Record<string, Document[]>[] }
  return Object.fromEntries(
    Object.keys(documents).map((name) => [name, organizations.flatMap((one) => one[name] ?? [])[0]]),
  )
}

t.test('state documents round-trip every member of every kind of record', async (t) => {
  const members = resourceEntries.flatMap(([, { name, document }]) =>
    Object.keys(document.properties).map((member) => `${name}.${member}`),
  )
  const given = Object.entries(FULL).flatMap(([name, document]) =>
    Object.keys(document).map((member) => `${name}.${member}`),
  )
  t.strictSame([...given, ...OTHER_WAYS].toSorted(), members.toSorted())

  t.strictSame(await readBack(t, FULL), FULL)
})

t.test('every time out of range is rejected with its location', async (t) => {
  const app = await aServer(t)
  const late = '9999-01-01T00:00:00Z'
  const state = JSON.parse(JSON.stringify(stateWith(FULL)).replaceAll(/"20\d\d-[^"]+Z"/g, `"${late}"`))
  const placesOf = (value: unknown, place: string): string[] =>
    typeof value === 'object' && value !== null
      ? Object.entries(value).flatMap(([member, one]) => placesOf(one, `${place}.${member}`))
      : value === late
        ? [place]
        : []

  const [status, body] = await putState(app, state)

  t.equal(status, 422)
  const { detail } = JSON.parse(body) as { detail: { loc: string[]; msg: string }[] }
  const issues = detail.map(({ loc, msg }) => `${loc.join('.')}: ${msg}`)
  const expected = placesOf(state, 'body').map((place) => `${place}: Value error, time out of range`)
  t.strictSame(issues.toSorted(), expected.toSorted())
})

/** A document of each kind with only its required members, and what a state adds to it. */
const DEFAULTS: Readonly<Record<string, readonly [given: Document, added: Document]>> = {
  secrets: [
    { key: 'K' },
    { id: /^secret-/, type: 'key-value', value: '', sensitive: true, note: null, created_by: null },
  ],
  sessions: [
    { prompt: 'p' },
    {
      ...{
        id: /^devin-/,
        title: null,
        tags: [],
        created_tags: [],
        created_by: null,
        prompt_event_id: /^event-/,
      },
      ...{ messages: [], reads: [], events: [], terminated_at: null, samples: null },
      ...{ structured_output_schema: null, structured_output_required: false, bypass_approval: false },
      ...{ session_links: [], child_playbook_id: null, platform: 'linux', snapshot_id: null },
      ...{ playbook_id: null, unlisted: false, max_acu_limit: null, knowledge_ids: null, secret_ids: null },
      ...{ session_secret_keys: [], devin_mode: 'normal', origin: 'api', parent_session_id: null },
      ...{ child_session_ids: [], attachment_urls: [], automation_id: null, schedule_id: null, repos: [] },
      ...{ resumable: true, commands: [], archived_at: null, insights_requested_at: null },
      ...{ answers_for_prompt: true, scenario: 'default' },
    },
  ],
  attachments: [
    { name: 'a.txt' },
    { id: /^[0-9a-f-]{36}$/, content_type: 'application/octet-stream', base64: '' },
  ],
  knowledge: [
    { name: 'n' },
    {
      ...{ id: /^note-/, body: '', trigger_description: '', macro: null, parent_folder_id: null },
      ...{ pinned_repo: null, is_enabled: true, created_by: null, updated_at: formatInstant(NOW) },
    },
  ],
  folders: [{ name: 'd' }, { id: /^folder-/, description: '', parent_folder_id: null, is_enabled: true }],
  playbooks: [
    { title: 't', body: 'b' },
    {
      ...{ id: /^playbook-/, macro: null, status: 'published', structured_output_schema: null },
      ...{ created_by: null, updated_by: null, updated_at: formatInstant(NOW) },
    },
  ],
  service_users: [
    { name: 'u' },
    {
      ...{ id: /^service-user-/, role_assignments: [{ role_id: 'org_member', org_id: 'org-1' }] },
      ...{ expires_at: null, deleted_at: null, created_by: null },
    },
  ],
  pr_reviews: [
    { repo_path: 'github.com/owner/repo', pr_number: 1 },
    { id: /^pr-review-/, commit_sha: /^[0-9a-f]{40}$/, outcome: 'completed', created_by: null },
  ],
  code_scan_profiles: [
    { name: 'c' },
    {
      ...{ id: /^csprof-/, description: null, mode: 'discover', scan_type: 'security', visibility: 'org' },
      ...{ include_globs: null, exclude_globs: null },
      guidance: {
        ...{ ingestion_source: null, investigation: null, post_ingestion: null, remediation: null },
        ...{ report: null, threat_model: null, triage: null, validation: null },
      },
    },
  ],
  code_scans: [
    { repo_name: 'owner/repo' },
    {
      ...{ id: /^scan-/, host: null, scan_type: 'security', commit_sha: null, profile: null, status: null },
      ...{ auto_scan: null, created_by: null },
    },
  ],
  code_scan_findings: [
    { repo_name: 'owner/repo' },
    {
      ...{ id: /^finding-/, scan_id: null, severity: 'medium', status: 'open', title: null, category: null },
      ...{ description: null, recommendation: null, note: null, code_owners: [], reference_snippets: [] },
      ...{ related_finding_ids: [], session_id: null, orchestrator_session_id: null, pr_url: null },
    },
  ],
  schedules: [
    { name: 's', prompt: 'p', frequency: '0 9 * * *' },
    {
      ...{ id: /^sched-/, schedule_type: 'recurring', interval_count: 1, scheduled_at: null, enabled: true },
      ...{ runs_after: formatInstant(NOW), agent: 'devin', bypass_approval: false, notify_on: 'failure' },
      ...{ platform: null, playbook_id: null, slack_channel_id: null, slack_team_id: null, tags: null },
      ...{ target_devin_id: null, run_as: null, last_executed_at: null, last_error_at: null },
      ...{ last_error_message: null, consecutive_failures: 0, created_by: null },
      ...{ updated_at: formatInstant(NOW), updated_by: null },
    },
  ],
  automations: [
    { name: 'a', triggers: [webhook], actions: [start] },
    {
      ...{ id: /^automation-/, run_as: { type: 'organization' }, enabled: true, concurrency: null },
      ...{ limits: null, metadata: {}, session_settings: null, webhook_secret: /^whsec_/, invocations: [] },
      ...{ last_invocation: null, runs_after: formatInstant(NOW), created_by: null },
      updated_at: formatInstant(NOW),
    },
  ],
  settings: [
    {},
    {
      ...{ id: 'settings', max_cycle_acu_limit: null, max_session_acu_limit: null, cycle_acu_limit: null },
      ...{ allowed_tags: [], default_tag: null, ip_ranges: [], groups: {}, updated_at: formatInstant(NOW) },
    },
  ],
  git_connections: [
    { repositories: [{ name: 'owner/repo' }] },
    {
      ...{ id: /^git-connection-/, provider_type: 'github_app', name: null, host: 'github.com' },
      repositories: [
        {
          ...{ name: 'owner/repo', provider_repository_id: '1644968595', description: null, language: null },
          updated_at: formatInstant(NOW),
        },
      ],
    },
  ],
  git_permissions: [
    { git_connection_id: 'g', path: 'owner/repo' },
    { id: /^git-permission-/, kind: 'repo_path', read_only: false },
  ],
  repository_indexes: [
    { repository_name: 'owner/repo' },
    { id: /^repository-index-/, branches: ['main'], outcome: 'completed' },
  ],
  blueprints: [
    {},
    { id: /^blueprint-/, repo_name: null, contents: '', files: [], updated_at: formatInstant(NOW) },
  ],
  builds: [
    {},
    {
      ...{ id: /^build-/, trigger: 'auto', outcome: 'succeeded', cancelled_at: null, pinned_at: null },
      created_by: null,
    },
  ],
  users: [
    {},
    {
      ...{ id: /^email\|[0-9a-f]{24}$/, email: null, name: null, deleted_at: null },
      role_assignments: [{ role_id: 'account_member', org_id: null }],
    },
  ],
  idp_groups: [
    { name: 'i', users: [{ id: 'u' }] },
    { id: /^idp-group-/, users: [{ id: 'u', email: null, name: null }], role_assignments: [] },
  ],
  api_keys: [
    { service_user_id: 'u', name: 'k' },
    { id: /^api-key-/, token: '', expires_at: null },
  ],
  audit_logs: [
    { action: 'a', subject_id: 's' },
    { id: /^audit_log-/, actor: null },
  ],
}

t.test('a document may omit members with a default', async (t) => {
  const given = Object.fromEntries(Object.entries(DEFAULTS).map(([name, [one]]) => [name, one]))

  const kept = await readBack(t, given)

  t.strictSame(Object.keys(DEFAULTS).toSorted(), Object.keys(FULL).toSorted())
  for (const [name, [one, added]] of Object.entries(DEFAULTS)) {
    const found = kept[name] ?? {}
    const expected = Object.entries<unknown>({ ...one, created_at: formatInstant(NOW), ...added })
    const exact = expected.map(([member, value]) => {
      const isLike = value instanceof RegExp && value.test(String(found[member]))
      return [member, isLike ? found[member] : value]
    })
    t.strictSame(found, Object.fromEntries(exact), name)
  }
})
