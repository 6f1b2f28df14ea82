// A document of each kind of record with all of its members.

/** The document of a record. */
export type Document = Readonly<Record<string, unknown>>

/** Returns a time, another one for each number. */
const at = (second: number) => `2026-02-03T04:05:${String(second).padStart(2, '0')}.678901Z`

const user = { id: 'email|1', email: 'a@example.com', name: 'A' }
const serviceUser = { id: 'service-user-1', email: null, name: 'CI' }
const created = { created_at: at(1), created_by: user }
const updated = { updated_at: at(2), updated_by: serviceUser }
const schema = { type: 'object', properties: {} }
/** A trigger of an automation. */
export const webhook = { event_type: 'webhook:incoming', conditions: null, replies: [] }
/** An action of an automation. */
export const start = { type: 'start_session', prompt: 'p', session: null }
const roles = [{ role_id: 'org_admin', org_id: 'org-2' }]

/** A document of each kind, by the names of their lists, in which no optional member has its default. */
export const FULL: Readonly<Record<string, Document>> = {
  secrets: { id: 's', type: 'cookie', key: 'K', value: 'v', sensitive: false, note: 'n', ...created },
  sessions: {
    id: 'devin-s',
    prompt: 'p',
    title: 't',
    tags: ['a'],
    created_tags: ['b'],
    scenario: 'never',
    ...created,
    prompt_event_id: 'event-1',
    messages: [{ event_id: 'event-2', at: at(3), text: 'm', reads: 1, by: serviceUser }],
    reads: [at(4)],
    events: [{ at: at(5), messages: 1, effect: { message: 'e' }, sleep: true, step: 2 }],
    terminated_at: at(6),
    samples: { full: { a: 1 }, partial: {} },
    structured_output_schema: schema,
    structured_output_required: true,
    bypass_approval: true,
    session_links: ['https://app.devin.ai/sessions/1'],
    child_playbook_id: 'playbook-1',
    platform: 'windows',
    snapshot_id: 'snapshot-1',
    playbook_id: 'playbook-2',
    unlisted: true,
    max_acu_limit: 7,
    knowledge_ids: ['note-1'],
    secret_ids: ['secret-1'],
    session_secret_keys: ['TOKEN'],
    devin_mode: 'lite',
    origin: 'slack',
    parent_session_id: 'devin-parent',
    child_session_ids: ['devin-child'],
    attachment_urls: ['https://example.com/a.txt'],
    automation_id: 'automation-1',
    schedule_id: 'sched-1',
    repos: ['owner/repo'],
    resumable: false,
    commands: [{ id: 'command-1', at: at(7), command: 'ls' }],
    archived_at: at(8),
    tags_changed_at: at(9),
    insights_requested_at: at(10),
    answers_for_prompt: false,
  },
  attachments: { id: 'f', name: 'a.txt', content_type: 'text/plain', base64: 'aGk=', created_at: at(1) },
  knowledge: {
    ...{ id: 'n', name: 'n', body: 'b', trigger_description: 't', macro: '!n', parent_folder_id: 'd' },
    ...{ pinned_repo: 'owner/repo', is_enabled: false, ...created, updated_at: at(2) },
  },
  folders: {
    id: 'd',
    name: 'd',
    description: 'x',
    parent_folder_id: 'top',
    is_enabled: false,
    created_at: at(1),
  },
  playbooks: {
    ...{ id: 'p', title: 't', body: 'b', macro: '!p', status: 'deleted', structured_output_schema: schema },
    ...{ ...created, ...updated },
  },
  service_users: {
    ...{ id: 'u', name: 'u', role_assignments: roles, expires_at: at(3), deleted_at: at(4), ...created },
  },
  pr_reviews: {
    ...{ id: 'r', repo_path: 'github.com/owner/repo', pr_number: 1, commit_sha: 'a'.repeat(40) },
    ...{ outcome: 'errored', ...created },
  },
  code_scan_profiles: {
    ...{ id: 'c', name: 'c', description: 'd', mode: 'ingest', scan_type: 'migration-docs' },
    ...{ visibility: 'account', include_globs: ['src/**'], exclude_globs: ['test/**'], created_at: at(1) },
    guidance: {
      ...{ ingestion_source: 'a', investigation: 'b', post_ingestion: 'c', remediation: 'd' },
      ...{ report: 'e', threat_model: 'f', triage: 'g', validation: 'h' },
    },
  },
  code_scans: {
    ...{ id: 'c', repo_name: 'owner/repo', host: 'github.com', scan_type: 'general', commit_sha: 'abc' },
    ...{ profile: { id: 'c', name: 'c' }, status: 'failed', auto_scan: { enabled: true }, ...created },
  },
  code_scan_findings: {
    ...{ id: 'f', scan_id: 'c', repo_name: 'owner/repo', severity: 'low', status: 'resolved', title: 't' },
    ...{ category: 'c', description: 'd', recommendation: 'r', note: 'n', code_owners: ['@owner'] },
    reference_snippets: [{ commentary: 'c', end_line: 2, file_path: 'a.ts', start_line: 1, code: 'x' }],
    ...{ related_finding_ids: ['g'], session_id: 's', orchestrator_session_id: 'o' },
    ...{ pr_url: 'https://github.com/owner/repo/pull/1', created_at: at(1) },
  },
  schedules: {
    ...{ id: 's', name: 's', prompt: 'p', schedule_type: 'one_time', frequency: '0 9 * * *' },
    ...{ interval_count: 2, scheduled_at: '2030-01-02T03:04:05.678901Z', enabled: false, runs_after: at(3) },
    ...{ agent: 'data_analyst', bypass_approval: true, notify_on: 'always', platform: 'windows' },
    ...{ playbook_id: 'p', slack_channel_id: 'c', slack_team_id: 't', tags: ['a'], target_devin_id: 'd' },
    ...{ run_as: user, last_executed_at: at(4), last_error_at: at(5), last_error_message: 'e' },
    ...{ consecutive_failures: 3, ...created, ...updated },
  },
  automations: {
    ...{ id: 'a', name: 'a', triggers: [webhook], actions: [start], run_as: { type: 'creator' } },
    ...{ enabled: false, concurrency: { max_concurrent_runs: 1 }, limits: { max_acu_limit: 5 } },
    ...{ metadata: { a: 'b' }, session_settings: { devin_mode: 'lite' }, webhook_secret: 'w' },
    ...{ invocations: [at(3)], last_invocation: { status: 'failed', fired_at: at(4) }, runs_after: at(5) },
    ...{ ...created, updated_at: at(2) },
  },
  settings: {
    ...{ id: 'settings', max_cycle_acu_limit: 1, max_session_acu_limit: 2, cycle_acu_limit: 3 },
    ...{ allowed_tags: ['a', 'b'], default_tag: 'b', ip_ranges: ['127.0.0.0/8'] },
    ...{ groups: { g: { org_ids: ['org-2'], max_cycle_acus: 4 } }, created_at: at(1), updated_at: at(2) },
  },
  git_connections: {
    ...{ id: 'g', provider_type: 'gitlab_token', name: 'g', host: 'gitlab.com', created_at: at(1) },
    repositories: [
      {
        ...{ name: 'owner/repo', provider_repository_id: '1', description: 'd', language: 'Go' },
        updated_at: at(2),
      },
    ],
  },
  git_permissions: {
    ...{ id: 'g', git_connection_id: 'g', kind: 'prefix_path', path: 'owner/', read_only: true },
    created_at: at(1),
  },
  repository_indexes: {
    ...{ id: 'i', repository_name: 'owner/repo', branches: ['dev'], outcome: 'failed', created_at: at(1) },
  },
  blueprints: {
    ...{ id: 'b', repo_name: 'owner/repo', contents: 'a: 1' },
    files: [{ id: 'f', name: 'f', base64: 'aGk=', created_at: at(3) }],
    ...{ created_at: at(1), updated_at: at(2) },
  },
  builds: {
    ...{ id: 'b', trigger: 'manual', outcome: 'failed', cancelled_at: at(2), pinned_at: at(3), ...created },
  },
  users: {
    id: 'email|2',
    email: 'b@example.com',
    name: 'B',
    role_assignments: roles,
    created_at: at(1),
    deleted_at: at(2),
  },
  idp_groups: {
    ...{ id: 'i', name: 'i', users: [{ id: 'u', email: 'u@example.com', name: 'U' }] },
    ...{ role_assignments: roles, created_at: at(1) },
  },
  api_keys: {
    ...{ id: 'k', service_user_id: 'u', name: 'k', token: `cog_${'a'.repeat(40)}`, expires_at: at(3) },
    created_at: at(1),
  },
  audit_logs: { id: 'l', action: 'create_secret', created_at: at(1), actor: user, subject_id: 's' },
}
