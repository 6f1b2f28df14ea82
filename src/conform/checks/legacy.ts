import { NOWHERE } from '../api.ts'
import { answers, CHOICE, type Checks } from '../check.ts'
import { Untestable } from '../errors.ts'
import { expectThat, fits, hasMembers, hasStatus, isSorted } from '../expect.ts'
import { created, itemsOf, PROMPT } from '../things.ts'
import { newSession } from './sessions.ts'

const LOGS = '/v1/audit-logs'
const CONSUMPTION = '/v1/enterprise/consumption'
const ENTRY = ['audit_log_id', 'action', 'created_at', 'user_id', 'resource_id']

/** The checks of operations that only old clients call. */
export const legacy: Checks = {
  'GET /v1/session/{session_id}': {
    'the operation': async (api) => {
      const list = await api.call('GET', '/v1/sessions?limit=1')
      const [first] = itemsOf(list, 'sessions')
      if (first === undefined) throw new Untestable('there are no sessions')
      const answer = await api.call('GET', `/v1/session/${first.session_id}`)
      hasMembers(answer, await fits(answer), { session_id: first.session_id })
    },
  },
  'POST /v1/session/{session_id}/message': {
    'the operation': async (api) => {
      const { session_id } = created((await newSession(api)).answer)
      const body = { message: PROMPT }
      hasStatus(await api.call('POST', `/v1/session/${session_id}/message`, { body }), 200)
    },
  },
  'PUT /v1/session/{session_id}/tags': {
    'the operation': async (api) => {
      const { session_id } = created((await newSession(api)).answer)
      const body = { tags: [api.name] }
      hasStatus(await api.call('PUT', `/v1/session/${session_id}/tags`, { body }), 200)
    },
  },
  'GET /v1/auth_status': { 'the operation': answers('GET', '/v1/auth_status') },
  'GET /v1/audit-logs': {
    'the operation': async (api) => {
      const answer = await api.call('GET', `${LOGS}?limit=50`)
      await fits(answer)
      const items = itemsOf(answer, 'audit_logs')
      if (items.length > 1) isSorted(answer, items, { by: 'created_at', isNewestFirst: true })
    },
    'an entry': async (api) => {
      const answer = await api.call('GET', `${LOGS}?limit=1`)
      const [first] = itemsOf(answer, 'audit_logs')
      if (first === undefined) throw new Untestable('there are no entries')
      for (const name of ENTRY) expectThat(answer, name in first, { expected: `a member \`${name}\`` })
      expectThat(answer, /^\d{13}$/.test(String(first.created_at)), {
        expected: '`created_at` in milliseconds',
      })
    },
    'logged actions': CHOICE,
    'number of entries kept, and unknown ids': async (api) =>
      fits(await api.call('GET', `${LOGS}?limit=1&after=audit_log-${NOWHERE}`)),
  },
  'GET /v1/enterprise/consumption': {
    'the operation': async (api) =>
      fits(await api.call('GET', `${CONSUMPTION}?start_date=2025-01-01&end_date=2025-01-02`)),
    'answer to an invalid date': answers('GET', `${CONSUMPTION}?start_date=2026-02-30&end_date=2026-03-01`),
    'answer to an organization without the feature': 'needs an organization without the feature',
    'values that the fake does not have': CHOICE,
  },
}
