import t from 'tap'
import { KeyRegistry } from '../../../src/auth/keys.ts'
import { DEFAULT_ORG_ID, DEFAULT_SERVICE_USER, userOf } from '../../../src/auth/principal.ts'
import { SESSION_ITEMS_MAX } from '../../../src/simulation/session-limits.ts'
import { OTHER_ORG_KEY } from '../../fake.ts'
import { recordingLogger } from '../../recording-logger.ts'
import { aPlaybook, aSession } from '../../records.ts'
import { startV3, type V3Fake } from '../../v3.ts'

const NOW_SECONDS = 1_767_323_045
const USER = userOf('email|0123456789abcdef01234567')
const HEX = /^[0-9a-f]{32}$/

const bearer = (key: string) => ({ authorization: `Bearer ${key}` })

/** Creates a session and returns its id. */
const create = async ({ org }: V3Fake, fields: object = {}): Promise<string> =>
  (await org('POST', '/sessions', { prompt: 'Fix it', ...fields })).json().session_id

/** Returns the session as `GET` answers it. */
const get = async ({ org }: V3Fake, id: string) => (await org('GET', `/sessions/${id}`)).json()

const statusOf = async (fake: V3Fake, id: string) => {
  const { status, status_detail: detail } = await get(fake, id)
  return `${status}/${detail}`
}

t.test(
  'POST /v3/organizations/{org_id}/sessions answers as recorded, with 23 members in order',
  async (t) => {
    const { org } = await startV3(t)
    const schema = { type: 'object', properties: { done: { type: 'boolean' } } }

    const created = await org('POST', '/sessions', {
      prompt: 'Fix it',
      title: 'A fix',
      repos: ['acme/shop'],
      tags: ['b', 'a'],
      structured_output_schema: schema,
      max_acu_limit: 5,
      resumable: true,
    })

    t.equal(created.statusCode, 200)
    const session = created.json()
    t.match(session.session_id, HEX)
    t.same(Object.entries(session), [
      ['session_id', session.session_id],
      ['url', `https://app.devin.ai/sessions/${session.session_id}`],
      ['status', 'new'],
      ['title', 'A fix'],
      ['tags', ['b', 'a']],
      ['playbook_id', null],
      ['user_id', 'bot_apk'],
      ['org_id', DEFAULT_ORG_ID],
      ['created_at', NOW_SECONDS],
      ['updated_at', NOW_SECONDS],
      ['is_archived', false],
      ['acus_consumed', 0],
      ['pull_requests', []],
      ['parent_session_id', null],
      ['child_session_ids', null],
      ['service_user_id', DEFAULT_SERVICE_USER.id],
      ['category', null],
      ['subcategory', null],
      ['origin', 'api'],
      ['automation_id', null],
      ['structured_output', null],
      ['devin_mode', 'normal'],
      ['status_detail', null],
    ])
  },
)

t.test(
  'POST /v3/organizations/{org_id}/sessions answers `new` and no title even if the clock is instant',
  async (t) => {
    const fake = await startV3(t)
    fake.organization.clock.adjust({ instant: true })

    const created = (await fake.org('POST', '/sessions', { prompt: 'Fix it' })).json()

    t.match(created, {
      status: 'new',
      title: null,
      acus_consumed: 0,
      pull_requests: [],
      structured_output: null,
    })
    t.match(await get(fake, created.session_id), {
      status: 'running',
      status_detail: 'waiting_for_user',
      title: 'Fix it',
      acus_consumed: 1.5,
      pull_requests: [{ pr_url: /^https/, pr_state: 'open' }],
    })
  },
)

t.test('POST /v3/organizations/{org_id}/sessions shows the user of a personal access token', async (t) => {
  const keys = new KeyRegistry({ keys: [{ key: 'cog_pat', user: USER }] })
  const { org } = await startV3(t, { keys })

  const created = await org('POST', '/sessions', { prompt: 'x' }, bearer('cog_pat'))

  t.match(created.json(), { user_id: USER.id, service_user_id: null })
})

t.test('POST /v3/organizations/{org_id}/sessions creates a session in the name of a user', async (t) => {
  const keys = new KeyRegistry({
    keys: [
      { key: 'cog_manager', permissions: ['ManageOrgSessions'] },
      { key: 'cog_impersonator', permissions: ['ManageOrgSessions', 'ImpersonateOrgSessions'] },
    ],
  })
  const { org, organization } = await startV3(t, { keys })
  const body = { prompt: 'x', create_as_user_id: USER.id }

  t.equal((await org('POST', '/sessions', body, bearer('cog_manager'))).statusCode, 403)
  t.same(await organization.sessions.list(), [])
  for (const key of ['cog_impersonator', 'cog_open']) {
    const created = await org('POST', '/sessions', body, bearer(key))
    t.match(created.json(), { user_id: USER.id, service_user_id: null })
  }
})

t.test(
  'POST /v3/organizations/{org_id}/sessions takes the id of the query, with or without its prefix',
  async (t) => {
    const { org } = await startV3(t)
    const body = { prompt: 'x' }

    t.match((await org('POST', '/sessions?devin_id=devin-mine', body)).json(), { session_id: 'mine' })
    t.match((await org('POST', '/sessions?devin_id=yours', body)).json(), { session_id: 'yours' })
    for (const id of ['mine', 'devin-mine']) {
      const again = await org('POST', `/sessions?devin_id=${id}`, body)
      t.same([again.statusCode, again.json().detail], [409, 'Session id is not unique'])
    }
    for (const id of ['', 'devin-', 'a%2Fb', 'a%20b', 'x'.repeat(65)]) {
      const invalid = await org('POST', `/sessions?devin_id=${id}`, body)
      t.equal(invalid.statusCode, 400, id)
      t.match(invalid.json().detail, /^devin_id must have/)
    }
    t.equal((await org('GET', '/sessions')).json().total, 2)
  },
)

t.test('POST /v3/organizations/{org_id}/sessions has no idempotency', async (t) => {
  const fake = await startV3(t)
  const ids = [await create(fake), await create(fake)]

  t.equal(new Set(ids).size, 2)
  const v1 = await fake.send('POST', '/v1/sessions', { prompt: 'Fix it', idempotent: true })
  t.match(v1.json(), { is_new_session: true }, 'nor does v1 find such sessions')
})

t.test('POST /v3/organizations/{org_id}/sessions keeps what the client chose', async (t) => {
  const fake = await startV3(t)
  const id = await create(fake, {
    devin_mode: 'fast',
    playbook_id: 'playbook-1',
    knowledge_ids: ['note-1'],
    secret_ids: ['secret-1'],
    session_secrets: [{ key: 'TOKEN', value: 's3cr3t' }],
    attachment_urls: ['https://example.com/a.txt'],
    repos: ['acme/shop'],
    resumable: false,
    max_acu_limit: 3,
    structured_output_required: false,
    bypass_approval: true,
    session_links: ['https://app.devin.ai/sessions/1', 'a\ud800'],
    child_playbook_id: 'playbook-2',
    platform: 'Windows',
  })

  t.match(await fake.organization.sessions.get(`devin-${id}`), {
    devinMode: 'fast',
    playbookId: 'playbook-1',
    knowledgeIds: ['note-1'],
    secretIds: ['secret-1'],
    sessionSecretKeys: ['TOKEN'],
    attachmentUrls: ['https://example.com/a.txt'],
    repos: ['acme/shop'],
    resumable: false,
    maxAcuLimit: 3,
    structuredOutputRequired: false,
    bypassApproval: true,
    sessionLinks: ['https://app.devin.ai/sessions/1', 'a\ufffd'],
    childPlaybookId: 'playbook-2',
    platform: 'windows',
  })
  t.match(await get(fake, id), { devin_mode: 'fast', playbook_id: 'playbook-1' })
  t.notMatch(JSON.stringify(await fake.organization.sessions.list()), /s3cr3t/)
})

t.test(
  'POST /v3/organizations/{org_id}/sessions takes the output schema of its playbook unless it has its own',
  async (t) => {
    const fake = await startV3(t)
    const schema = (name: string) => ({
      type: 'object',
      required: [name],
      properties: { [name]: { type: 'integer' } },
    })
    await fake.organization.playbooks.insert(
      aPlaybook({ id: 'playbook-1', structuredOutputSchema: schema('n') }),
    )
    const outputOf = async (path: string, fields: object) => {
      const created = await fake.org('POST', path, { prompt: 'Fix it', playbook_id: 'playbook-1', ...fields })
      fake.advance(8)
      return (await get(fake, created.json().session_id)).structured_output
    }

    t.match(await outputOf('/sessions', {}), { n: Number })
    t.match(await outputOf('/sessions?devin_id=mine', {}), { n: Number })
    t.match(await outputOf('/sessions', { structured_output_schema: schema('own') }), { own: Number })
    t.equal(await outputOf('/sessions', { playbook_id: 'playbook-2' }), null)
    await fake.org('DELETE', '/playbooks/playbook-1')
    t.equal(await outputOf('/sessions', {}), null, 'a deleted playbook has none')
  },
)

t.test('POST /v3/organizations/{org_id}/sessions bypasses approvals', async (t) => {
  const fake = await startV3(t)
  const fields = { prompt: 'Migrate [fake:needs-approval]' }
  const asking = await create(fake, fields)
  const bypassing = await create(fake, { ...fields, bypass_approval: true })

  fake.advance(4)
  t.equal(await statusOf(fake, asking), 'running/waiting_for_approval')
  t.equal(await statusOf(fake, bypassing), 'running/working')
  fake.advance(8)
  t.equal(await statusOf(fake, asking), 'running/waiting_for_approval')
  t.equal(await statusOf(fake, bypassing), 'running/waiting_for_user')
})

t.test('POST /v3/organizations/{org_id}/sessions requires structured output by default', async (t) => {
  const fake = await startV3(t)
  await fake.send('POST', '/_fake/scenarios', { scenario: { steps: [{ status_enum: 'finished' }] } })
  const schema = { type: 'object', required: ['n'], properties: { n: { type: 'integer' } } }
  const outputOf = async (fields: object) =>
    (await get(fake, await create(fake, { structured_output_schema: schema, ...fields }))).structured_output

  t.match(await outputOf({}), { n: Number })
  t.match(await outputOf({ structured_output_required: null }), { n: Number })
  t.match(await outputOf({ structured_output_required: true }), { n: Number })
  t.equal(await outputOf({ structured_output_required: false }), null)
  t.equal(await outputOf({ structured_output_schema: null, structured_output_required: true }), null)
  const v1 = (
    await fake.send('POST', '/v1/sessions', { prompt: 'x', structured_output_schema: schema })
  ).json()
  t.equal((await get(fake, v1.session_id)).structured_output, null)
})

t.test(
  'POST /v3/organizations/{org_id}/sessions logs a warning for a malformed attachment line',
  async (t) => {
    const { warnings, logger } = recordingLogger()
    const fake = await startV3(t, { logger })

    await create(fake, { prompt: 'ATTACHMENT: "https://secret"\nATTACHMENT:"z"' })
    await create(fake, { prompt: 'ATTACHMENT:"z"' })

    t.same(warnings, ['1 line(s) nearly name an attachment; only ATTACHMENT:"url" on a line of its own does'])
  },
)

t.test('POST /v3/organizations/{org_id}/sessions replaces lone surrogates', async (t) => {
  const fake = await startV3(t)
  const lone = '\ud800'
  const id = await create(fake, {
    prompt: lone,
    title: lone,
    tags: [lone],
    repos: [lone],
    playbook_id: lone,
    knowledge_ids: [lone],
    secret_ids: [lone],
    create_as_user_id: lone,
  })

  const session = await get(fake, id)
  t.match(session, { title: '\ufffd', tags: ['\ufffd'], playbook_id: '\ufffd', user_id: '\ufffd' })
  t.match(await fake.organization.sessions.get(`devin-${id}`), {
    repos: ['\ufffd'],
    knowledgeIds: ['\ufffd'],
    secretIds: ['\ufffd'],
  })
})

t.test(
  'POST /v3/organizations/{org_id}/sessions answers 400 to what it cannot do, and creates nothing',
  async (t) => {
    const { org } = await startV3(t)
    const schema = (structured_output_schema: object) => ({ structured_output_schema })
    for (const [fields, detail] of [
      [{ prompt: 'x [fake:nothing]' }, /^unknown scenario nothing; known are default, /],
      [schema({ type: 'strange' }), /^structured_output_schema is not a valid Draft 7 schema: /],
      [schema({ $ref: 'https://example.com' }), /^structured_output_schema must be self-contained/],
      [schema({ title: 'x'.repeat(65_537) }), /^structured_output_schema must be at most 64KB$/],
      [{ platform: 'mac' }, /^Unknown platform. Available platforms: linux, windows$/],
      [{ platform: '' }, /^Unknown platform/],
    ] as const) {
      const refused = await org('POST', '/sessions', { prompt: 'x', ...fields })
      t.match([refused.statusCode, refused.json().detail], [400, detail])
    }
    t.equal((await org('GET', '/sessions')).json().total, 0)
  },
)

t.test('POST /v3/organizations/{org_id}/sessions rethrows unexpected errors', async (t) => {
  const { org, organization } = await startV3(t)
  organization.scenarios.choose = () => Promise.reject(new TypeError('broken'))

  t.equal((await org('POST', '/sessions', { prompt: 'x' })).statusCode, 500)
})

t.test('POST /v3/organizations/{org_id}/sessions accepts the known platforms in any case', async (t) => {
  const { org } = await startV3(t)
  for (const platform of [null, 'default', 'inherit', 'linux', 'Windows']) {
    t.equal((await org('POST', '/sessions', { prompt: 'x', platform })).statusCode, 200, `${platform}`)
  }
})

t.test('POST /v3/organizations/{org_id}/sessions answers the error of a scenario', async (t) => {
  const { org } = await startV3(t)
  const refused = await org('POST', '/sessions', { prompt: 'x [fake:out-of-quota]' })

  t.equal(refused.statusCode, 403)
  t.equal(refused.json().detail, 'Your organization has a billing error. Error: out_of_quota')
})

t.test(
  'POST /v3/organizations/{org_id}/sessions creates children of the session that a key belongs to',
  async (t) => {
    const parent = aSession({ id: 'devin-parent', createdBy: USER, answersForPrompt: false })
    const session = { type: 'devin_brain', devinId: 'parent' } as const
    const lost = { type: 'devin_brain', devinId: 'devin-unknown' } as const
    const windsurf = { type: 'windsurf_session' } as const
    const keys = new KeyRegistry({
      keys: [
        { key: 'cog_brain', session },
        { key: 'cog_lost', session: lost },
        { key: 'cog_windsurf', session: windsurf },
      ],
    })
    const fake = await startV3(t, { keys })
    await fake.organization.sessions.insert(parent)
    const child = async (key: string) =>
      (await fake.org('POST', '/sessions', { prompt: 'x' }, bearer(key))).json()

    const [first, second] = [await child('cog_brain'), await child('cog_brain')]
    t.match(first, { parent_session_id: 'parent', child_session_ids: null, user_id: USER.id })
    t.same((await get(fake, 'parent')).child_session_ids, [first.session_id, second.session_id])
    t.match(await get(fake, first.session_id), { parent_session_id: 'parent', child_session_ids: [] })
    t.match(await child('cog_lost'), { parent_session_id: null, user_id: 'bot_apk' })
    t.match(await child('cog_windsurf'), { parent_session_id: null })

    const childIds = Array<string>(SESSION_ITEMS_MAX).fill('devin-x')
    await fake.organization.sessions.update(parent.id, (before) => ({ ...before, childIds }))
    t.equal((await fake.org('POST', '/sessions', { prompt: 'x' }, bearer('cog_brain'))).statusCode, 507)
  },
)

t.test('a session acts as its creator, whatever its own key is used for', async (t) => {
  const session = { type: 'devin_brain', devinId: 'parent' } as const
  const fake = await startV3(t, { keys: new KeyRegistry({ keys: [{ key: 'cog_brain', session }] }) })
  await fake.organization.sessions.insert(aSession({ id: 'devin-parent', createdBy: USER }))
  const other = await create(fake, {})
  const post = async (path: string, body: object) =>
    (await fake.org('POST', path, body, bearer('cog_brain'))).json()

  t.match(await post('/secrets', { key: 'K', value: 'v', type: 'key-value' }), { created_by: USER.id })
  await post(`/sessions/${other}/messages`, { message: 'Hello' })
  const { items } = (await fake.org('GET', `/sessions/${other}/messages`)).json()
  t.match(items.at(-1), { message: 'Hello', user_id: USER.id, username: USER.name })
  const [entry] = (await fake.v3('GET', '/v3/enterprise/audit-logs')).json().items
  t.match(entry, { action: 'send_message', user_id: USER.id, service_user_id: null })
})

t.test(
  'POST /v3/organizations/{org_id}/sessions gives children the playbook and the platform of their parent',
  async (t) => {
    const session = { type: 'devin_brain', devinId: 'parent' } as const
    const fake = await startV3(t, { keys: new KeyRegistry({ keys: [{ key: 'cog_brain', session }] }) })
    const structuredOutputSchema = { type: 'object', required: ['n'], properties: { n: { const: 1 } } }
    await fake.organization.playbooks.insert(aPlaybook({ id: 'playbook-1', structuredOutputSchema }))
    await fake.org('POST', '/sessions?devin_id=parent', {
      prompt: 'Parent',
      child_playbook_id: 'playbook-1',
      platform: 'windows',
    })
    const child = async (fields: object = {}) => {
      const body = { prompt: 'Child', ...fields }
      const { session_id: id } = (await fake.org('POST', '/sessions', body, bearer('cog_brain'))).json()
      const record = await fake.organization.sessions.get(`devin-${id}`)
      return [record?.playbookId, record?.childPlaybookId, record?.platform]
    }

    t.same(await child(), ['playbook-1', null, 'windows'])
    t.same(await child({ platform: 'Inherit', playbook_id: 'mine' }), ['mine', null, 'windows'])
    t.same(await child({ platform: 'default' }), ['playbook-1', null, 'linux'])
    t.same(await child({ platform: 'LINUX' }), ['playbook-1', null, 'linux'])
    fake.advance(10)
    const [newest] = (await fake.org('GET', '/sessions')).json().items
    t.same(newest.structured_output, { n: 1 })
    t.equal((await get(fake, 'parent')).playbook_id, null)
  },
)

t.test('POST /v3/organizations/{org_id}/sessions stops a session at its ACU limit', async (t) => {
  const fake = await startV3(t)
  const id = await create(fake, { max_acu_limit: 1 })
  const none = await create(fake, { max_acu_limit: 0 })
  const negative = await create(fake, { max_acu_limit: -3 })
  fake.advance(8)

  t.match(await get(fake, id), {
    status: 'suspended',
    status_detail: 'usage_limit_exceeded',
    acus_consumed: 1,
  })
  for (const limited of [none, negative]) {
    t.match(await get(fake, limited), { status_detail: 'usage_limit_exceeded', acus_consumed: 0 })
  }
  const message = await fake.org('POST', `/sessions/${id}/messages`, { message: 'Go on' })
  t.match([message.statusCode, message.json().status], [200, 'suspended'])
})

t.test('GET /v3/organizations/{org_id}/sessions/{devin_id} shows the life of a session', async (t) => {
  const fake = await startV3(t)
  const structured_output_schema = { type: 'object', required: ['n'], properties: { n: { type: 'integer' } } }
  const id = await create(fake, { structured_output_schema })

  t.equal(await statusOf(fake, id), 'new/null')
  fake.advance(0.5)
  t.equal(await statusOf(fake, id), 'claimed/null')
  fake.advance(0.5)
  t.equal(await statusOf(fake, id), 'running/working')
  fake.advance(7)
  t.match(await get(fake, id), {
    status: 'running',
    status_detail: 'waiting_for_user',
    title: 'Fix it',
    updated_at: NOW_SECONDS + 8,
    acus_consumed: 1.5,
    pull_requests: [{ pr_url: /^https/, pr_state: 'open' }],
    structured_output: { n: Number },
    child_session_ids: [],
    category: null,
    subcategory: null,
  })
  fake.advance(4_000)
  t.match(await get(fake, id), {
    status: 'suspended',
    status_detail: 'inactivity',
    updated_at: NOW_SECONDS + 3_608,
  })
})

t.test(
  'GET /v3/organizations/{org_id}/sessions/{devin_id} takes ids with and without their prefix',
  async (t) => {
    const fake = await startV3(t)
    const id = await create(fake)

    t.same(await get(fake, `devin-${id}`), await get(fake, id))
    t.match(await get(fake, id), { session_id: id })
  },
)

t.test('GET /v3/organizations/{org_id}/sessions/{devin_id} counts as a read', async (t) => {
  const fake = await startV3(t)
  const id = await create(fake, { prompt: 'x [fake:three-reads]' })

  t.same([await statusOf(fake, id), await statusOf(fake, id)], Array(2).fill('running/working'))
  t.equal(await statusOf(fake, id), 'running/waiting_for_user')
})

t.test(
  'GET /v3/organizations/{org_id}/sessions/{devin_id} shows no output that is not an object',
  async (t) => {
    const fake = await startV3(t)
    for (const structured_output of ['text', [1], null]) {
      const scenario = { steps: [{ structured_output }] }
      await fake.organization.sessions.insert(
        aSession({
          id: `devin-${JSON.stringify(structured_output).length}`,
          scenario,
          answersForPrompt: false,
        }),
      )
    }

    const { items } = (await fake.org('GET', '/sessions')).json()
    t.same(
      items.map(({ structured_output }: { structured_output: unknown }) => structured_output),
      [null, null, null],
    )
  },
)

t.test(
  'GET /v3/organizations/{org_id}/sessions/{devin_id} shows states of pull requests, and the category',
  async (t) => {
    const fake = await startV3(t)
    const id = await create(fake, { prompt: 'x [fake:two-pull-requests]' })
    fake.advance(60)
    const states = async () =>
      (await get(fake, id)).pull_requests.map(({ pr_state }: { pr_state: string }) => pr_state)

    t.same(await states(), ['merged', 'open'])
    fake.advance(60)
    t.same(await states(), ['merged', 'closed'])
    t.match(await get(fake, id), { category: 'feature_development', subcategory: 'Small features' })
    await fake.organization.sessions.insert(
      aSession({
        id: 'devin-other',
        scenario: { steps: [{ category: 'bug_fixing' }] },
        answersForPrompt: false,
      }),
    )
    t.match(await get(fake, 'other'), { category: 'bug_fixing', subcategory: 'Other', user_id: null })
  },
)

t.test(
  'every operation on a session answers 404 for an unknown id, and for another organization’s',
  async (t) => {
    const fake = await startV3(t)
    const id = await create(fake)
    for (const [method, path, body] of [
      ['GET', ''],
      ['DELETE', ''],
      ['POST', '/archive'],
      ['GET', '/attachments'],
      ['GET', '/insights'],
      ['POST', '/insights/generate'],
      ['GET', '/messages'],
      ['POST', '/messages', { message: 'x' }],
      ['GET', '/tags'],
      ['PUT', '/tags', { tags: [] }],
      ['POST', '/tags', { tags: [] }],
    ] as const) {
      const unknown = await fake.org(method, `/sessions/unknown${path}`, body)
      t.same([unknown.statusCode, unknown.json().detail], [404, 'Session not found'], `${method} ${path}`)
      const other = await fake.v3(method, `/v3/organizations/org-other/sessions/${id}${path}`, body)
      t.equal(other.statusCode, 404, `${method} ${path}`)
    }
    t.equal(await statusOf(fake, id), 'new/null')
  },
)

t.test('every operation on sessions requires its permission', async (t) => {
  const keys = new KeyRegistry({
    keys: [
      { key: 'cog_view', permissions: ['ViewOrgSessions'] },
      { key: 'cog_manage', permissions: ['ManageOrgSessions'] },
    ],
  })
  const fake = await startV3(t, { keys })
  const id = await create(fake)
  const one = `/sessions/${id}`
  for (const [method, path, body] of [
    ['GET', '/sessions'],
    ['GET', one],
    ['GET', '/sessions/insights'],
    ['GET', `${one}/insights`],
    ['GET', `${one}/attachments`],
    ['GET', `${one}/messages`],
    ['GET', `${one}/tags`],
    ['POST', '/sessions', { prompt: 'x' }],
    ['POST', `${one}/insights/generate`],
    ['POST', `${one}/messages`, { message: 'x' }],
    ['PUT', `${one}/tags`, { tags: [] }],
    ['POST', `${one}/tags`, { tags: [] }],
    ['POST', `${one}/archive`],
    ['DELETE', one],
  ] as const) {
    const status = async (key: string) => (await fake.org(method, path, body, bearer(key))).statusCode
    const isRead = method === 'GET'
    t.equal(await status(isRead ? 'cog_manage' : 'cog_view'), 403, `${method} ${path}`)
    t.equal(await status(isRead ? 'cog_view' : 'cog_manage'), 200, `${method} ${path}`)
  }
})

t.test('DELETE /v3/organizations/{org_id}/sessions/{devin_id} ends a session once', async (t) => {
  const fake = await startV3(t)
  const id = await create(fake)
  fake.advance(2)

  const ended = await fake.org('DELETE', `/sessions/${id}`)
  t.equal(ended.statusCode, 200)
  t.match(ended.json(), {
    session_id: id,
    status: 'exit',
    status_detail: null,
    is_archived: false,
    child_session_ids: null,
    updated_at: NOW_SECONDS + 2,
  })
  const again = await fake.org('DELETE', `/sessions/${id}?archive=true`)
  t.same([again.statusCode, again.json().detail], [400, 'Devin session already exited'])
  t.match(await get(fake, id), { status: 'exit', is_archived: false })
})

t.test(
  'DELETE /v3/organizations/{org_id}/sessions/{devin_id} archives the session with `archive`',
  async (t) => {
    const fake = await startV3(t)
    const id = await create(fake)

    t.match((await fake.org('DELETE', `/sessions/${id}?archive=true`)).json(), {
      status: 'exit',
      is_archived: true,
    })
  },
)

t.test(
  'POST /v3/organizations/{org_id}/sessions/{devin_id}/archive puts a running session to sleep',
  async (t) => {
    const fake = await startV3(t)
    const id = await create(fake)
    const archive = () => fake.org('POST', `/sessions/${id}/archive`)
    fake.advance(2)

    const archived = await archive()
    t.match(
      [archived.statusCode, archived.json()],
      [200, { is_archived: true, status: 'suspended', status_detail: null }],
    )
    fake.advance(60)
    t.match(await get(fake, id), {
      is_archived: true,
      status: 'suspended',
      status_detail: 'user_request',
      updated_at: NOW_SECONDS + 2,
      pull_requests: [],
    })
    t.match((await archive()).json(), { updated_at: NOW_SECONDS + 2 }, 'once is enough')
  },
)

t.test('an archived session can be read and terminated, but neither modified nor resumed', async (t) => {
  const fake = await startV3(t)
  const id = await create(fake, { tags: ['a'] })
  const before = (await fake.org('POST', `/sessions/${id}/archive`)).json()

  for (const [method, path, body] of [
    ['POST', 'messages', { message: 'Go on' }],
    ['PUT', 'tags', { tags: ['b'] }],
    ['POST', 'tags', { tags: ['b'] }],
  ] as const) {
    const refused = await fake.org(method, `/sessions/${id}/${path}`, body)
    t.same([refused.statusCode, refused.json().detail], [400, 'The session is archived'])
  }
  t.match(await get(fake, id), { tags: before.tags, is_archived: true, status: 'suspended' })
  t.equal((await fake.org('DELETE', `/sessions/${id}`)).statusCode, 200)
})

t.test(
  'POST /v3/organizations/{org_id}/sessions/{devin_id}/archive leaves a session that has ended as it is',
  async (t) => {
    const fake = await startV3(t)
    const id = await create(fake)
    await fake.org('DELETE', `/sessions/${id}`)

    t.match((await fake.org('POST', `/sessions/${id}/archive`)).json(), { status: 'exit', is_archived: true })
  },
)

t.test(
  'POST /v3/organizations/{org_id}/sessions/{devin_id}/archive answers 507 if the session is full',
  async (t) => {
    const fake = await startV3(t)
    const events = Array.from({ length: SESSION_ITEMS_MAX }, () => ({ at: 0, effect: {} }))
    await fake.organization.sessions.insert(aSession({ id: 'devin-full', events }))

    t.equal((await fake.org('POST', '/sessions/full/archive')).statusCode, 507)
    t.match(await get(fake, 'full'), { is_archived: false })
  },
)

t.test('a session is one in both generations', async (t) => {
  const fake = await startV3(t)
  const { session_id: v1Id } = (
    await fake.send('POST', '/v1/sessions', { prompt: 'From v1', tags: ['a'] })
  ).json()
  const id = await create(fake, { prompt: 'From v3', tags: ['b'] })
  fake.advance(9)

  t.match(await get(fake, v1Id), {
    session_id: v1Id.replace('devin-', ''),
    status_detail: 'waiting_for_user',
  })
  t.match((await fake.call('GET', `/v1/sessions/${id}`)).json(), {
    session_id: `devin-${id}`,
    status: 'finished',
    status_enum: 'finished',
  })
  const listed = (await fake.call('GET', '/v1/sessions')).json().sessions
  t.match(listed, [
    { session_id: `devin-${id}`, tags: ['b'] },
    { session_id: v1Id, tags: ['a'] },
  ])

  await fake.org('PUT', `/sessions/${v1Id}/tags`, { tags: ['c'] })
  await fake.org('POST', `/sessions/${v1Id}/messages`, { message: 'Hello' })
  const v1 = (await fake.call('GET', `/v1/sessions/${v1Id}`)).json()
  t.same(v1.tags, ['c'])
  // The service user of v3 did not create the session, and v1 shows users only.
  t.match(
    v1.messages.find(({ message }: { message: string }) => message === 'Hello'),
    { user_id: null },
  )

  await fake.org('POST', `/sessions/${id}/archive`)
  t.match((await fake.call('GET', `/v1/sessions/${id}`)).json(), {
    status: 'suspended',
    status_enum: 'suspend_requested_frontend',
  })
  t.equal((await fake.call('DELETE', `/v1/sessions/${id}`)).statusCode, 200)
  t.equal((await fake.org('DELETE', `/sessions/${id}`)).statusCode, 400)
  t.equal((await fake.org('DELETE', `/sessions/${v1Id}`)).statusCode, 200)
  t.equal((await fake.call('DELETE', `/v1/sessions/${v1Id}`)).statusCode, 400)
  const other = await fake.call('GET', '/v1/sessions', { headers: bearer(OTHER_ORG_KEY) })
  t.same(other.json().sessions, [])
})
