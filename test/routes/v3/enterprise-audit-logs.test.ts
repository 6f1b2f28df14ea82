import t from 'tap'
import { KeyRegistry } from '../../../src/auth/keys.ts'
import {
  DEFAULT_ORG_ID,
  DEFAULT_SERVICE_USER,
  DEFAULT_USER,
  ENTERPRISE_ID,
} from '../../../src/auth/principal.ts'
import { type EnterpriseFake, startEnterprise, statusesWith } from '../../enterprise.ts'
import { NOW } from '../../fake.ts'
import { aPrincipal } from '../../records.ts'
import { V3_KEY } from '../../v3.ts'

const OTHER = 'org-other'
const NOW_SECONDS = Math.floor(NOW / 1_000_000)
const DAY = 86_400

/** Writes an entry some seconds after `NOW`. */
function write({ organizations }: EnterpriseFake, orgId: string, action: string, seconds = 0): void {
  const { auditLog, clock } = organizations.get(orgId)
  clock.adjust({ now: NOW + seconds * 1_000_000 })
  auditLog.write(aPrincipal(), action, 'subject')
}

/** Returns the actions of the entries that a query lists. */
async function actionsAt({ enterprise }: EnterpriseFake, path: string): Promise<string[]> {
  const { items } = (await enterprise('GET', path)).json()
  return items.map(({ action }: { action: string }) => action)
}

t.test('GET /v3/enterprise/audit-logs has the actions through either generation', async (t) => {
  const { enterprise, send, org } = await startEnterprise(t)
  const { session_id: id } = (await send('POST', '/v1/sessions', { prompt: 'p' })).json()
  await org('POST', `/sessions/${id}/archive`)
  const created = (await enterprise('POST', '/organizations', { name: 'n' })).json()

  const { items, ...page } = (await enterprise('GET', '/audit-logs?order=asc')).json()

  const byUser = {
    created_at: NOW_SECONDS,
    org_id: DEFAULT_ORG_ID,
    service_user_id: null,
    service_user_name: null,
    user_email: DEFAULT_USER.email,
    user_id: DEFAULT_USER.id,
  }
  const byServiceUser = {
    created_at: NOW_SECONDS,
    org_id: DEFAULT_ORG_ID,
    service_user_id: DEFAULT_SERVICE_USER.id,
    service_user_name: DEFAULT_SERVICE_USER.name,
    user_email: null,
    user_id: null,
  }
  t.match(page, { has_next_page: false, total: 4, end_cursor: /./ })
  for (const entry of items) t.match(entry.audit_log_id, /^audit_log-[0-9a-f]{32}$/)
  const entries = items.map(({ audit_log_id: _, ...entry }: { audit_log_id: string }) => entry)
  t.same(entries, [
    { ...byServiceUser, action: 'create_org', data: { resource_id: created.org_id }, org_id: null },
    { ...byUser, action: 'create_session', data: { resource_id: id } },
    { ...byServiceUser, action: 'archive_session', data: { resource_id: id } },
    { ...byServiceUser, action: 'sleep_session', data: { resource_id: id } },
  ])
})

t.test('the audit logs of the enterprise have the actions of the vendor', async (t) => {
  const fake = await startEnterprise(t)
  const call = async (...request: Parameters<typeof fake.enterprise>) =>
    (await fake.enterprise(...request)).json()
  const { org_id: orgId } = await call('POST', '/organizations', { name: 'n' })
  await call('PATCH', `/organizations/${orgId}`, { name: 'm' })
  await call('DELETE', `/organizations/${orgId}`)
  await call('PUT', '/org-group-limits', { groups: {} })
  const invitation = { emails: ['ada@example.com'], enterprise_role_id: 'account_member' }
  const [{ user_id: userId }] = await call('POST', '/members/users', invitation)
  await call('DELETE', `/members/users/${encodeURIComponent(userId)}`)
  const bot = { name: 'Bot', role_id: 'account_admin', ttl_seconds: 60 }
  const { service_user: user } = await call('POST', '/service-users', bot)
  const keys = `/service-users/${user.service_user_id}/api-keys`
  const { api_key_id: first } = await call('POST', keys, { name: 'k' })
  const { api_key_id: second } = await call('POST', `${keys}/${first}/rotate`, {})
  await fake.enterprise('DELETE', `${keys}/${second}`)

  t.same(await actionsAt(fake, '/audit-logs?order=asc'), [
    'create_org',
    'update_org',
    'delete_org',
    'set_org_group_limits',
    'add_enterprise_member',
    'delete_member',
    'create_service_user',
    'create_service_user_api_key',
    'rotate_service_user_api_key',
    'revoke_service_user_api_key',
  ])
})

t.test('the audit logs of the enterprise show the same ids as those of v1', async (t) => {
  const { enterprise, send, call } = await startEnterprise(t)
  await send('POST', '/v1/sessions', { prompt: 'p' })

  const [entry] = (await enterprise('GET', '/audit-logs')).json().items

  t.match((await call('GET', '/v1/audit-logs')).json().audit_logs, [
    { audit_log_id: entry.audit_log_id, user_id: DEFAULT_USER.id },
  ])
})

t.test('an archived session that does not run does not fall asleep', async (t) => {
  const { org, organization } = await startEnterprise(t)
  const { session_id: id } = (await org('POST', '/sessions', { prompt: 'p' })).json()
  await org('DELETE', `/sessions/${id}`)

  await org('POST', `/sessions/${id}/archive`)

  t.match(await organization.auditLog.list(), [
    { action: 'create_session' },
    { action: 'terminate_session' },
    { action: 'archive_session' },
  ])
  t.equal((await organization.auditLog.list()).length, 3)
})

t.test('a session is archived once, also by its termination', async (t) => {
  const { org, organization } = await startEnterprise(t)
  const create = async () => (await org('POST', '/sessions', { prompt: 'p' })).json().session_id
  const [one, other] = [await create(), await create()]

  await org('DELETE', `/sessions/${one}?archive=true`)
  for (const id of [one, other, other]) await org('POST', `/sessions/${id}/archive`)
  await org('DELETE', `/sessions/${other}?archive=true`)

  t.match((await organization.auditLog.list()).slice(2), [
    { action: 'terminate_session', subjectId: `devin-${one}` },
    { action: 'archive_session', subjectId: `devin-${one}` },
    { action: 'archive_session', subjectId: `devin-${other}` },
    { action: 'sleep_session', subjectId: `devin-${other}` },
    { action: 'terminate_session', subjectId: `devin-${other}` },
  ])
  t.equal((await organization.auditLog.list()).length, 7)
})

t.test('GET /v3/enterprise/audit-logs is newest first, or oldest first', async (t) => {
  const fake = await startEnterprise(t)
  for (const [orgId, action, seconds] of [
    [DEFAULT_ORG_ID, 'b', 2],
    [OTHER, 'a', 1],
    [OTHER, 'c', 3],
    [DEFAULT_ORG_ID, 'd', 4],
  ] as const) {
    write(fake, orgId, action, seconds)
  }

  t.same(await actionsAt(fake, '/audit-logs'), ['d', 'c', 'b', 'a'])
  t.same(await actionsAt(fake, '/audit-logs?order=desc'), ['d', 'c', 'b', 'a'])
  t.same(await actionsAt(fake, '/audit-logs?order=asc'), ['a', 'b', 'c', 'd'])
  t.equal((await fake.enterprise('GET', '/audit-logs?order=x')).statusCode, 422)
})

t.test('GET /v3/enterprise/audit-logs continues after a cursor, which even the last page has', async (t) => {
  const fake = await startEnterprise(t)
  for (const [index, action] of ['a', 'b', 'c'].entries()) {
    write(fake, index === 1 ? OTHER : DEFAULT_ORG_ID, action, index)
  }
  const page = async (cursor: string | null) => {
    const after = cursor === null ? '' : `&after=${encodeURIComponent(cursor)}`
    return (await fake.enterprise('GET', `/audit-logs?order=asc&first=2${after}`)).json()
  }

  const first = await page(null)
  t.match(first, { items: [{ action: 'a' }, { action: 'b' }], has_next_page: true, total: 3 })
  const last = await page(first.end_cursor)
  t.match(last, { items: [{ action: 'c' }], has_next_page: false })
  const empty = { items: [], end_cursor: null, has_next_page: false }
  t.match(await page(last.end_cursor), empty, 'nothing yet')

  write(fake, DEFAULT_ORG_ID, 'd', 9)
  t.match(await page(last.end_cursor), { items: [{ action: 'd' }], has_next_page: false })
})

t.test('GET /v3/enterprise/audit-logs filters by action and time', async (t) => {
  const fake = await startEnterprise(t)
  for (const seconds of [0, 1, 2]) write(fake, OTHER, `at-${seconds}`, seconds)
  const actions = (query: string) => actionsAt(fake, `/audit-logs?order=asc&${query}`)

  t.same(await actions('action=at-1'), ['at-1'])
  t.same(await actions('action=at'), [])
  t.same(await actions(`time_after=${NOW_SECONDS + 1}`), ['at-1', 'at-2'])
  t.same(await actions(`time_after=${NOW_SECONDS}&time_before=${NOW_SECONDS + 1}`), ['at-0'])
  t.same(await actions(`time_after=${NOW_SECONDS + 2}&time_before=${NOW_SECONDS}`), [])
})

t.test(
  'GET /v3/enterprise/audit-logs answers 400 to a time range without a start or of over 100 days',
  async (t) => {
    const { enterprise } = await startEnterprise(t)
    const answer = async (query: string) => {
      const response = await enterprise('GET', `/audit-logs?${query}`)
      return [response.statusCode, response.json().detail]
    }

    t.same(await answer('time_before=1'), [400, 'time_before requires time_after'])
    t.same(await answer(`time_after=0&time_before=${100 * DAY}`), [200, undefined])
    t.same(await answer(`time_after=0&time_before=${100 * DAY + 1}`), [
      400,
      'The time range must not exceed 100 days',
    ])
    t.same(await answer('time_after=0'), [200, undefined])
  },
)

t.test(
  'GET /v3/enterprise/organizations/{org_id}/audit-logs has the entries of one organization',
  async (t) => {
    const fake = await startEnterprise(t)
    write(fake, DEFAULT_ORG_ID, 'a')
    write(fake, OTHER, 'b')
    write(fake, OTHER, 'c')
    const path = `/organizations/${OTHER}/audit-logs`

    const { items, end_cursor: cursor, total } = (await fake.enterprise('GET', `${path}?first=1`)).json()
    t.match(items, [{ action: 'c', org_id: OTHER }])
    t.equal(total, 2)
    const after = `after=${encodeURIComponent(cursor)}`
    t.same(await actionsAt(fake, `${path}?${after}`), ['b'])
    t.same(await actionsAt(fake, `/organizations/${DEFAULT_ORG_ID}/audit-logs`), ['a'])
    t.equal(
      (await fake.enterprise('GET', `/audit-logs?${after}`)).statusCode,
      400,
      'a cursor of another list',
    )
  },
)

t.test(
  'GET /v3/enterprise/organizations/{org_id}/audit-logs answers 403 to an unknown organization',
  async (t) => {
    const keys = new KeyRegistry({ keys: [{ key: 'cog_enterprise', orgId: ENTERPRISE_ID }] })
    const { enterprise, v3 } = await startEnterprise(t, { keys })
    const { org_id: deleted } = (await enterprise('POST', '/organizations', { name: 'A' })).json()
    await enterprise('DELETE', `/organizations/${deleted}`)

    for (const orgId of ['org-unknown', deleted]) {
      for (const key of [V3_KEY, 'cog_enterprise']) {
        const path = `/v3/enterprise/organizations/${orgId}/audit-logs`
        const unknown = await v3('GET', path, undefined, { authorization: `Bearer ${key}` })
        t.same([unknown.statusCode, unknown.json().detail], [403, 'Unauthorized'], `${orgId} ${key}`)
      }
    }
  },
)

t.test('audit logs need ManageEnterpriseSettings', async (t) => {
  const requests = [
    ['GET', '/audit-logs'],
    ['GET', `/organizations/${DEFAULT_ORG_ID}/audit-logs`],
  ] as const

  t.same(await statusesWith(t, 'ManageEnterpriseSettings', requests), [200, 200])
  t.same(await statusesWith(t, 'ViewAccountSessions', requests), [403, 403])
})
