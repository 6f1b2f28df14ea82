import t from 'tap'
import { DEFAULT_ORG_ID, ENTERPRISE_ID } from '../../../src/auth/principal.ts'
import { formatInstant } from '../../../src/base/clock.ts'
import type { SessionRecord } from '../../../src/resources/sessions.ts'
import { type EnterpriseFake, startEnterprise, statusesWith } from '../../enterprise.ts'
import { NOW } from '../../fake.ts'
import { recordingLogger } from '../../recording-logger.ts'
import { aSession } from '../../records.ts'

const OTHER = 'org-other'

/** Stores sessions in organizations: `{ 'org-1': { a: {} } }` is one with the id `a`. */
async function store(
  { organizations }: EnterpriseFake,
  sessions: Record<string, Record<string, Partial<SessionRecord>>>,
): Promise<void> {
  for (const [orgId, byId] of Object.entries(sessions)) {
    for (const [id, fields] of Object.entries(byId)) {
      const session = aSession({ id: `devin-${id}`, createdAt: NOW, answersForPrompt: false, ...fields })
      await organizations.get(orgId).sessions.insert(session)
    }
  }
}

/** Starts an application with the sessions a and d of the default organization, and b and c of another one. */
async function startWithSessions(...parameters: Parameters<typeof startEnterprise>): Promise<EnterpriseFake> {
  const fake = await startEnterprise(...parameters)
  await store(fake, {
    [DEFAULT_ORG_ID]: { a: { createdAt: NOW - 4e6 }, d: { createdAt: NOW - 1e6, tags: ['x'] } },
    [OTHER]: { b: { createdAt: NOW - 3e6, tags: ['x'] }, c: { createdAt: NOW - 2e6, repos: ['r'] } },
  })
  return fake
}

/** Returns the ids of the sessions that a query lists, joined. */
async function idsAt({ enterprise }: EnterpriseFake, path: string): Promise<string> {
  const { items } = (await enterprise('GET', path)).json()
  return items.map(({ session_id: id }: { session_id: string }) => id).join('')
}

for (const path of ['/sessions', '/sessions/insights']) {
  t.test(`GET /v3/enterprise${path} lists the sessions of all organizations, newest first`, async (t) => {
    const fake = await startWithSessions(t)

    const { items, ...page } = (await fake.enterprise('GET', path)).json()

    t.same(
      items.map(({ session_id, org_id }: Record<string, string>) => [session_id, org_id]),
      [
        ['d', DEFAULT_ORG_ID],
        ['c', OTHER],
        ['b', OTHER],
        ['a', DEFAULT_ORG_ID],
      ],
    )
    t.same(page, { end_cursor: null, has_next_page: false, total: 4 })
  })

  t.test(`GET /v3/enterprise${path} has the filters of an organization, and org_ids`, async (t) => {
    const fake = await startWithSessions(t)
    const ids = (query: string) => idsAt(fake, `${path}?${query}`)

    t.equal(await ids('tags=x'), 'db')
    t.equal(await ids('repo_names=r'), 'c')
    t.equal(await ids('session_ids=a&session_ids=devin-b'), 'ba')
    t.equal(await ids(`updated_before=${Math.floor(NOW / 1e6) - 3}`), 'ba')
    t.equal(await ids(`org_ids=${OTHER}`), 'cb')
    t.equal(await ids(`org_ids=${OTHER}&org_ids=${DEFAULT_ORG_ID}&org_ids=org-unknown`), 'dcba')
    t.equal(await ids('org_ids=org-unknown'), '')
    t.equal(await ids(`org_ids=${ENTERPRISE_ID}`), '')
  })

  t.test(`GET /v3/enterprise${path} continues after a cursor, even if its session is deleted`, async (t) => {
    const fake = await startWithSessions(t)
    const first = (await fake.enterprise('GET', `${path}?first=2`)).json()
    t.match(first, { items: [{ session_id: 'd' }, { session_id: 'c' }], has_next_page: true, total: 4 })

    await fake.organizations.get(OTHER).sessions.delete('devin-c')
    await store(fake, { [OTHER]: { e: {} } })

    const after = encodeURIComponent(first.end_cursor)
    t.equal(await idsAt(fake, `${path}?after=${after}`), 'ba')
    const list = path === '/sessions' ? '/sessions/insights' : '/sessions'
    t.equal((await fake.enterprise('GET', `${list}?after=${after}`)).statusCode, 400, 'of another list')
  })
}

t.test('GET /v3/enterprise/sessions shows the sessions of schedules that are due', async (t) => {
  const fake = await startEnterprise(t)
  const schedule = {
    name: 'n',
    prompt: 'p',
    schedule_type: 'one_time',
    scheduled_at: formatInstant(NOW + 3_600_000_000),
  }
  const created = await fake.v3('POST', `/v3/organizations/${OTHER}/schedules`, schedule)
  t.equal(created.statusCode, 200)
  t.equal(await idsAt(fake, '/sessions'), '')

  const { clock } = fake.organizations.get(OTHER)
  clock.adjust({ now: NOW + 3_600_000_000 })

  t.match((await fake.enterprise('GET', '/sessions')).json(), { items: [{ org_id: OTHER }], total: 1 })
})

t.test('GET /v3/enterprise/sessions/{devin_id} returns the session of any organization', async (t) => {
  const { enterprise, v3 } = await startWithSessions(t)

  const own = await v3('GET', `/v3/organizations/${OTHER}/sessions/b`)

  t.same((await enterprise('GET', '/sessions/b')).json(), own.json())
  t.equal((await enterprise('GET', '/sessions/devin-b')).body, own.body)
  t.match((await enterprise('GET', '/sessions/a')).json(), { session_id: 'a', org_id: DEFAULT_ORG_ID })
})

t.test('operations of a session search the organization of org_id only, and answer 404', async (t) => {
  const { enterprise } = await startWithSessions(t)
  const requests = [
    ['GET', ''],
    ['GET', '/attachments'],
    ['GET', '/insights'],
    ['POST', '/insights/generate'],
    ['GET', '/messages'],
    ['POST', '/messages', { message: 'm' }],
    ['POST', '/tags', { tags: ['t'] }],
  ] as const

  for (const [method, path, body] of requests) {
    const status = async (id: string, orgId: string) =>
      (await enterprise(method, `/sessions/${id}${path}?org_id=${orgId}`, body)).statusCode
    t.equal(await status('b', OTHER), 200, path)
    t.equal(await status('b', DEFAULT_ORG_ID), 404, path)
    t.equal(await status('b', 'org-unknown'), 404, path)
    const unknown = await enterprise(method, `/sessions/unknown${path}`, body)
    t.same([unknown.statusCode, unknown.json().detail], [404, 'Session not found'], path)
  }
})

t.test(
  'a session id in two organizations means that of the first one, unless org_id names the other',
  async (t) => {
    const fake = await startEnterprise(t)
    await store(fake, { [DEFAULT_ORG_ID]: { same: {} }, [OTHER]: { same: {} } })
    const orgIdAt = async (path: string) => (await fake.enterprise('GET', path)).json().org_id

    t.equal(await orgIdAt('/sessions/same'), DEFAULT_ORG_ID)
    t.equal(await orgIdAt(`/sessions/same?org_id=${OTHER}`), OTHER)
  },
)

t.test('messages, tags and insights of the enterprise are those of the organization', async (t) => {
  const fake = await startEnterprise(t)
  const { enterprise, v3 } = fake
  const prefix = `/v3/organizations/${OTHER}/sessions`
  const { session_id: id } = (await v3('POST', prefix, { prompt: 'p', tags: ['old'] })).json()

  const sent = await enterprise('POST', `/sessions/${id}/messages`, { message: 'hello' })
  t.match(sent.json(), { session_id: id, org_id: OTHER, status_detail: null })
  const tags = await enterprise('POST', `/sessions/${id}/tags`, { tags: ['new', 'old'] })
  t.same(tags.json(), { tags: ['old', 'new'] })
  const generated = await enterprise('POST', `/sessions/${id}/insights/generate`)
  t.same(generated.json(), { session_id: id, status: 'started' })

  for (const path of ['/messages', '/insights', '/attachments', '/messages?first=1']) {
    const own = await v3('GET', `${prefix}/${id}${path}`)
    t.equal((await enterprise('GET', `/sessions/${id}${path}`)).body, own.body, path)
  }
  const page = (await enterprise('GET', `/sessions/${id}/messages?first=1`)).json()
  const next = await enterprise('GET', `/sessions/${id}/messages?after=${page.end_cursor}`)
  t.match(next.json().items, [{ message: 'hello' }])
  t.match(await fake.organizations.get(OTHER).auditLog.list(), [
    { action: 'create_session' },
    { action: 'send_message' },
    { action: 'update_session_tags' },
    { action: 'generate_session_insights' },
  ])
})

t.test('a message of the enterprise logs a warning for a malformed attachment line', async (t) => {
  const { warnings, logger } = recordingLogger()
  const fake = await startEnterprise(t, { logger })
  await store(fake, { [OTHER]: { a: {} } })

  await fake.enterprise('POST', '/sessions/a/messages', { message: 'ATTACHMENT: "https://secret"' })

  t.same(warnings, ['1 line(s) nearly name an attachment; only ATTACHMENT:"url" on a line of its own does'])
})

t.test('sessions of the enterprise need ViewAccountSessions or ManageAccountSessions', async (t) => {
  const reads = ['', '/insights', '/x', '/x/attachments', '/x/insights', '/x/messages'].map(
    (path) => ['GET', `/sessions${path}`] as const,
  )
  const writes = [
    ['POST', '/sessions/x/insights/generate'],
    ['POST', '/sessions/x/messages', { message: 'm' }],
    ['POST', '/sessions/x/tags', { tags: [] }],
  ] as const

  t.same(await statusesWith(t, 'ViewAccountSessions', reads), [200, 200, 404, 404, 404, 404])
  t.same(await statusesWith(t, 'ViewAccountSessions', writes), [403, 403, 403])
  t.same(await statusesWith(t, 'ManageAccountSessions', writes), [404, 404, 404])
  t.same(await statusesWith(t, 'ManageAccountSessions', reads), [403, 403, 403, 403, 403, 403])
})
