import { DEFAULT_ORG_ID } from '../../auth/principal.ts'

/** A body for each operation of the control plane that takes one, to be tried out as it is. */
export const EXAMPLES: Readonly<Record<string, unknown>> = {
  'PUT /_fake/clock': { frozen: true },
  'POST /_fake/clock/advance': { seconds: 60 },
  'PUT /_fake/answers': { answers: { 'v1-unknown-secret': '403' } },
  'DELETE /_fake/answers': {},
  'POST /_fake/scenarios': { match: { prompt: 'refactor' }, scenario: 'blocked-then-finished' },
  'DELETE /_fake/scenarios': {},
  'DELETE /_fake/scenarios/{scenario_id}': {},
  'POST /_fake/sessions/{session_id}/events': { message: 'Which branch?', status_enum: 'blocked' },
  'POST /_fake/sessions/{session_id}/next-step': {},
  'POST /_fake/automations/{automation_id}/trigger': { event_type: 'webhook:generic', event: {} },
  'POST /_fake/reset': {},
  'PUT /_fake/state': {
    organizations: [{ sessions: [{ prompt: 'Fix issue {n}', count: 3, status_enum: 'finished' }] }],
  },
  'POST /_fake/snapshots': { name: 'before' },
  'POST /_fake/snapshots/{name}/restore': {},
  'DELETE /_fake/snapshots/{name}': {},
  'POST /_fake/organizations': { name: 'Globex' },
  'POST /_fake/keys/revoke': { key: 'apk_user_revoke_me' },
  'POST /_fake/calls': {
    org_id: DEFAULT_ORG_ID,
    method: 'POST',
    path: '/v3/organizations/{org_id}/sessions',
    body: { prompt: 'Fix the login page' },
  },
  'DELETE /_fake/requests': {},
  'POST /_fake/requests/verify': { method: 'POST', path: '/v3/**/sessions', at_least: 1 },
  'POST /_fake/faults': { preset: 'flaky', path: '/v3/**' },
  'DELETE /_fake/faults': {},
  'DELETE /_fake/faults/{fault_id}': {},
}
