import t from 'tap'
import { KeyRegistry } from '../../../src/auth/keys.ts'
import { DEFAULT_ORG_ID } from '../../../src/auth/principal.ts'
import { formatInstant, unixSeconds } from '../../../src/base/clock.ts'
import { receiveEvent, webhookPath } from '../../../src/organization/automation-runs.ts'
import { getAutomation } from '../../../src/organization/automations.ts'
import { NotFound } from '../../../src/organization/errors.ts'
import { NOW } from '../../fake.ts'
import { startV3, type V3Fake } from '../../v3.ts'

const OTHER_ORG = `/v3/organizations/org-${'b2'.repeat(16)}`

const webhook = { event_type: 'webhook:incoming', conditions: null }
const issues = { event_type: 'github:issues', conditions: null }
const start = { type: 'start_session', prompt: 'Triage the alert' }
const minimal = { name: 'Triage', triggers: [webhook], actions: [start], run_as: { type: 'organization' } }

/** Creates an automation. Returns it, and the function that sends events to its webhook. */
async function create(fake: V3Fake, changes: object = {}) {
  const automation = (await fake.org('POST', '/automations', { ...minimal, ...changes })).json()
  const { url, secret } =
    automation.triggers.find(({ webhook }: { webhook: unknown }) => webhook)?.webhook ?? {}
  const fire = (event?: unknown, headers: Record<string, string> = { 'x-webhook-secret': secret }) =>
    fake.app.inject({
      method: 'POST',
      url: new URL(url).pathname,
      headers: { ...(event !== undefined && { 'content-type': 'application/json' }), ...headers },
      ...(event !== undefined && { payload: JSON.stringify(event) }),
    })
  return {
    automation,
    id: automation.automation_id as string,
    path: `/automations/${automation.automation_id}`,
    secret,
    fire,
  }
}

const get = async (fake: V3Fake, path: string) => (await fake.org('GET', path)).json()

t.test('POST /v3/organizations/{org_id}/automations creates an automation', async (t) => {
  const { org } = await startV3(t)

  const created = await org('POST', '/automations', minimal)

  t.equal(created.statusCode, 200)
  const { automation_id, triggers, ...rest } = created.json()
  t.match(automation_id, /^automation-[0-9a-f]{32}$/)
  t.same(triggers, [
    {
      event_type: 'webhook:incoming',
      conditions: null,
      replies: [],
      webhook: {
        url: `http://localhost:80/_fake/webhooks/${DEFAULT_ORG_ID}/${automation_id}`,
        secret: triggers[0].webhook.secret,
      },
    },
  ])
  t.match(triggers[0].webhook.secret, /^whsec_[0-9a-f]{32}$/)
  t.same(Object.entries(rest), [
    ['name', 'Triage'],
    ['actions', [start]],
    ['run_as', { type: 'organization' }],
    ['enabled', true],
    ['concurrency', null],
    ['created_at', unixSeconds(NOW)],
    ['created_by', { id: 'service-user-fa4ede71000000000000000000000001', name: 'Fake Service User' }],
    ['last_invocation', null],
    ['limits', null],
    ['metadata', {}],
    ['session_settings', null],
    ['updated_at', unixSeconds(NOW)],
  ])
})

t.test('POST /v3/organizations/{org_id}/automations keeps all members of its objects', async (t) => {
  const { org } = await startV3(t)
  const settings = {
    name: 'All',
    triggers: [
      {
        event_type: 'github:issues',
        conditions: { any: [{ all: [{ field: 'action', operator: 'in', value: ['opened'] }] }] },
        replies: [{ type: 'post_response', text: 'ok' }],
      },
    ],
    actions: [{ ...start, session: { tags: ['a'], bypass_approval: true, more: { b: 1 } } }],
    run_as: { type: 'organization', more: 1 },
    enabled: false,
    concurrency: { max_concurrent_runs: 2, max_queue_depth: 3 },
    limits: { max_acu_limit: 10, invocations: { max_per_window: 5, window_seconds: 60 } },
    metadata: { team: 'web' },
    session_settings: { devin_mode: 'fast', more: [] },
  }

  const created = (await org('POST', '/automations', settings)).json()

  t.match(created, { ...settings, triggers: [{ ...settings.triggers[0], webhook: null }] })
})

t.test(
  'POST /v3/organizations/{org_id}/automations ignores a webhook in the request, and lone surrogates',
  async (t) => {
    const fake = await startV3(t)
    const sent = { ...webhook, webhook: { url: 'https://example.test', secret: 'mine' } }

    const { automation } = await create(fake, { triggers: [sent], name: 'a\ud800' })

    t.equal(automation.name, 'a\ufffd')
    t.match(automation.triggers[0].webhook, { url: /_fake/, secret: /^whsec_/ })
  },
)

t.test('POST /v3/organizations/{org_id}/automations answers 400 for settings that cannot work', async (t) => {
  const { org } = await startV3(t)
  const rules = Array(26).fill({ field: 'rrule', operator: 'matches', value: 'FREQ=DAILY' })
  const flaws: readonly (readonly [object, string | RegExp])[] = [
    [{ run_as: {} }, 'run_as.type: Field required'],
    [{ run_as: { type: 'me' } }, "run_as.type: Input should be 'organization' or 'creator'"],
    [{ run_as: { type: 'creator' } }, 'run_as must be organization for service users'],
    [
      {
        triggers: [
          { event_type: 'schedule:recurring', conditions: { any: [{ all: rules }, { all: rules }] } },
        ],
      },
      'triggers: Value error, at most 50 rules of schedules',
    ],
    [{ triggers: [webhook, webhook] }, 'triggers: Value error, at most one webhook:incoming trigger'],
    [{ triggers: Array.from({ length: 51 }, () => issues) }, /^triggers: List should have at most 50 items/],
    [{ actions: [{ ...start, type: 'sing' }] }, "actions.0.type: Input should be 'start_session'"],
    [{ actions: Array.from({ length: 21 }, () => start) }, /^actions: List should have at most 20 items/],
    [
      { actions: [{ ...start, session: { tags: [1] } }] },
      'actions.0.session.tags.0: Input should be a valid string',
    ],
    [{ limits: { invocations: { max_per_window: 0 } } }, /^limits.invocations.max_per_window: /],
    [{ concurrency: { max_concurrent_runs: 'x' } }, /^concurrency.max_concurrent_runs: /],
    [{ session_settings: { devin_mode: 1 } }, /^session_settings.devin_mode: Input should be 'normal', /],
    [when({ field: 'a', operator: 'matches', value: '(' }), /^triggers.0.conditions: .*regular expression/],
    [{ run_as: { type: 'organization', deep: nested(200) } }, /nested more than 100 levels deep/],
  ]

  for (const [changes, detail] of flaws) {
    const response = await org('POST', '/automations', { ...minimal, ...changes })
    t.equal(response.statusCode, 400)
    t.match(response.json().detail, detail)
  }
  t.same((await org('GET', '/automations')).json().items, [])
})

/** Returns an automation for events that meet a condition. */
function when(condition: unknown): object {
  return { triggers: [{ ...webhook, conditions: { any: [{ all: [condition] }] } }] }
}

t.test('a trigger without conditions has the conditions null', async (t) => {
  const { org } = await startV3(t)
  const triggers = [{ event_type: 'webhook:incoming' }]

  const created = await org('POST', '/automations', { ...minimal, triggers })

  t.equal(created.statusCode, 200)
  t.match(created.json().triggers, [{ event_type: 'webhook:incoming', conditions: null }])
})

t.test('POST and PATCH of automations answer 422 for conditions of another form', async (t) => {
  const fake = await startV3(t)
  const { path } = await create(fake)
  const at = ['body', 'triggers', 0, 'conditions', 'any', 0]
  const flaws: readonly (readonly [object, unknown[], string])[] = [
    [when({ field: 'a', value: 1 }), [...at, 'all', 0, 'operator'], 'missing'],
    [when({ field: 'a', operator: 'is', value: 1 }), [...at, 'all', 0, 'operator'], 'literal_error'],
    [when({ field: 'a', operator: 'eq' }), [...at, 'all', 0, 'value'], 'missing'],
    [when(1), [...at, 'all', 0], 'model_attributes_type'],
    [{ triggers: [{ ...webhook, conditions: { any: [{}] } }] }, [...at, 'all'], 'missing'],
  ]

  for (const [changes, loc, type] of flaws) {
    for (const response of [
      await fake.org('POST', '/automations', { ...minimal, ...changes }),
      await fake.org('PATCH', path, changes),
    ]) {
      t.equal(response.statusCode, 422)
      t.match(response.json().errors, [{ loc, type }])
    }
  }
})

function nested(depth: number): unknown {
  return depth === 0 ? null : { a: nested(depth - 1) }
}

t.test('an automation can run as its creator only with the permission to do so', async (t) => {
  const user = { id: 'email|abc', email: 'a@example.com', name: 'Ann' }
  const permissions = ['ManageOrgAutomations', 'ViewOrgAutomations']
  const keys = new KeyRegistry({
    keys: [
      { key: 'cog_ann', user, permissions: [...permissions, 'UsePersonalAutomations'] },
      { key: 'cog_bob', user, permissions },
      { key: 'cog_view', user, permissions: ['ViewOrgAutomations'] },
    ],
  })
  const fake = await startV3(t, { keys })
  const as = (name: string) => ({ authorization: `Bearer cog_${name}` })
  const personal = { ...minimal, run_as: { type: 'creator' } }

  t.equal((await fake.org('POST', '/automations', personal, as('bob'))).statusCode, 403)
  t.equal((await fake.org('POST', '/automations', minimal, as('view'))).statusCode, 403)
  const created = (await fake.org('POST', '/automations', personal, as('ann'))).json()
  t.same(created.created_by, { id: 'email|abc', name: 'Ann' })
  const path = `/automations/${created.automation_id}`
  t.equal((await fake.org('PATCH', path, { run_as: { type: 'creator' } }, as('bob'))).statusCode, 403)
  t.equal((await fake.org('PATCH', path, { name: 'b' }, as('bob'))).statusCode, 200)
  t.equal((await fake.org('DELETE', path, undefined, as('view'))).statusCode, 403)
  t.equal((await fake.org('GET', path, undefined, as('view'))).statusCode, 200)

  const { url, secret } = created.triggers[0].webhook
  await fake.app.inject({
    method: 'POST',
    url: new URL(url).pathname,
    headers: { 'x-webhook-secret': secret },
  })
  t.match(await fake.organization.sessions.list(), [{ createdBy: user }])
})

t.test('GET /v3/organizations/{org_id}/automations pages by cursor, oldest first', async (t) => {
  const fake = await startV3(t)
  for (const name of ['a', 'b', 'c']) await create(fake, { name })
  const names = (items: { name: string }[]) => items.map(({ name }) => name).join('')

  const first = (await fake.org('GET', '/automations?first=2')).json()
  t.same([names(first.items), first.has_next_page, first.total], ['ab', true, 3])
  const second = (await fake.org('GET', `/automations?first=2&after=${first.end_cursor}`)).json()
  t.same([names(second.items), second.has_next_page, second.end_cursor], ['c', false, null])
  t.equal(second.items[0].triggers[0].webhook.secret, null)
  t.equal((await fake.org('GET', '/automations?after=x')).statusCode, 400)
})

t.test('GET /v3/organizations/{org_id}/automations selects by metadata', async (t) => {
  const fake = await startV3(t)
  await create(fake, { name: 'a', metadata: { team: 'web', 'the.env': 'x y' } })
  await create(fake, { name: 'b', metadata: { team: 'web' } })
  await create(fake, { name: 'c', metadata: { query: 'why?who' } })
  const select = async (query: string) =>
    (await fake.org('GET', `/automations?${query}`)).json().items.map(({ name }: { name: string }) => name)

  t.same(await select('metadata.team=web'), ['a', 'b'])
  t.same(await select('metadata.team=web&metadata.the.env=x+y'), ['a'])
  t.same(await select('metadata.team=app'), [])
  t.same(await select('metadata.query=why?who'), ['c'])
  t.same(await select('metadata.toString=x'), [])
  t.same(await select('metadata=x'), ['a', 'b', 'c'])
})

t.test(
  'GET /v3/organizations/{org_id}/automations/schemas has the events that start an automation by source and name',
  async (t) => {
    const { org } = await startV3(t)

    const { sources, ...others } = (await org('GET', '/automations/schemas')).json()

    t.same(others, {}, 'without `update_semantics: replace_groups`: a change merges groups')
    t.same(sources.webhook, {
      incoming: { event_type: 'webhook:incoming', fields: {}, supported_replies: [] },
    })
    t.same(sources.schedule, {
      recurring: {
        event_type: 'schedule:recurring',
        fields: { rrule: { operators: ['recurrence', 'matches'], required: true } },
        supported_replies: [],
      },
    })
    t.same(Object.keys(sources.github), ['issues', 'pull_request', 'push'])
    const { event_type, fields } = sources.github.issues
    t.equal(event_type, 'github:issues')
    t.same(Object.keys(fields), ['repository.full_name', 'action', 'label.name'])
    t.equal(fields.action.operators.length, 14)
  },
)

t.test(
  'GET /v3/organizations/{org_id}/automations/{automation_id} does not show the secret again',
  async (t) => {
    const fake = await startV3(t)
    const { automation, path } = await create(fake)

    const shown = await get(fake, path)

    const { url } = automation.triggers[0].webhook
    t.same(shown, {
      ...automation,
      triggers: [{ ...automation.triggers[0], webhook: { url, secret: null } }],
    })
  },
)

t.test('an automation of another organization does not exist', async (t) => {
  const fake = await startV3(t)
  const { path, secret, id } = await create(fake)

  for (const [method, body] of [['GET'], ['PATCH', {}], ['DELETE']] as const) {
    const response = await fake.v3(method, `${OTHER_ORG}${path}`, body)
    t.same([response.statusCode, response.json().detail], [404, 'Automation not found'], method)
  }
  const fired = await fake.app.inject({
    method: 'POST',
    url: webhookPath(`org-${'b2'.repeat(16)}`, id),
    headers: { 'x-webhook-secret': secret },
  })
  t.equal(fired.statusCode, 404)
})

t.test(
  'DELETE /v3/organizations/{org_id}/automations/{automation_id} returns it, and then 404',
  async (t) => {
    const fake = await startV3(t)
    const { path, fire } = await create(fake)
    await fire()
    const before = await get(fake, path)

    t.same((await fake.org('DELETE', path)).json(), before)
    for (const method of ['DELETE', 'GET']) t.equal((await fake.org(method, path)).statusCode, 404)
    t.equal((await fake.org('PATCH', path, {})).statusCode, 404)
    t.equal((await fire()).statusCode, 404)
    t.equal((await fake.call('GET', '/v1/sessions')).json().sessions.length, 1)
  },
)

t.test(
  'PATCH /v3/organizations/{org_id}/automations/{automation_id} merges objects, and replaces lists',
  async (t) => {
    const fake = await startV3(t)
    const { path } = await create(fake, {
      enabled: false,
      concurrency: { max_concurrent_runs: 2, max_queue_depth: 3 },
      limits: { max_acu_limit: 10 },
      metadata: { a: '1' },
      session_settings: { devin_mode: 'fast' },
    })
    const before = await get(fake, path)
    fake.advance(10)

    const changed = await fake.org('PATCH', path, {
      name: 'New',
      concurrency: { max_concurrent_runs: 5 },
      limits: null,
      metadata: { a: null, b: '2' },
      session_settings: { other: 'x' },
      actions: [start, start],
    })

    t.same(changed.json(), {
      ...before,
      name: 'New',
      concurrency: { max_concurrent_runs: 5, max_queue_depth: 3 },
      limits: null,
      metadata: { b: '2' },
      session_settings: { devin_mode: 'fast', other: 'x' },
      actions: [start, start],
      updated_at: unixSeconds(NOW) + 10,
    })
    const restored = await fake.org('PATCH', path, { limits: { max_acu_limit: null } })
    t.same(restored.json().limits, { max_acu_limit: null })
    t.same(await get(fake, path), restored.json())
  },
)

t.test(
  'PATCH /v3/organizations/{org_id}/automations/{automation_id} enables only if `enabled` is sent',
  async (t) => {
    const fake = await startV3(t)
    const { path } = await create(fake, { enabled: false })

    t.equal((await fake.org('PATCH', path, {})).json().enabled, false)
    t.equal((await fake.org('PATCH', path, { enabled: true })).json().enabled, true)
    t.equal((await fake.org('PATCH', path, { name: 'x' })).json().enabled, true)
    t.equal((await fake.org('PATCH', path, { enabled: false })).json().enabled, false)
  },
)

t.test(
  'PATCH /v3/organizations/{org_id}/automations/{automation_id} answers 400 and changes nothing',
  async (t) => {
    const fake = await startV3(t)
    const { path } = await create(fake)
    const before = await get(fake, path)

    for (const changes of [{ run_as: { type: 'creator' } }, { actions: [{ type: 'x', prompt: 'y' }] }]) {
      t.equal((await fake.org('PATCH', path, changes)).statusCode, 400)
    }
    t.same(await get(fake, path), before)
  },
)

t.test(
  'PATCH /v3/organizations/{org_id}/automations/{automation_id} shows the secret of a new webhook only',
  async (t) => {
    const fake = await startV3(t)
    const { path, secret, fire } = await create(fake)
    const change = async (triggers: object[]) => (await fake.org('PATCH', path, { triggers })).json().triggers

    t.equal((await change([issues, webhook]))[1].webhook.secret, null)
    t.equal((await fire()).statusCode, 200)
    t.equal((await change([issues]))[0].webhook, null)
    t.equal((await fire()).statusCode, 404)
    const [added] = await change([webhook])
    t.match(added.webhook.secret, /^whsec_/)
    t.not(added.webhook.secret, secret)
    t.equal((await fire()).statusCode, 401)
    t.equal((await fire(undefined, { 'x-webhook-secret': added.webhook.secret })).statusCode, 200)
  },
)

t.test('an event starts a session for each action, which both generations see', async (t) => {
  const fake = await startV3(t)
  const { id, path, fire } = await create(fake, {
    actions: [
      { ...start, session: { tags: ['alert'] } },
      { ...start, prompt: 'Fix it' },
    ],
    limits: { max_acu_limit: 7 },
    session_settings: { devin_mode: 'fast' },
  })

  const fired = await fire({ alert: 'disk' })

  t.equal(fired.statusCode, 200)
  const { sessions } = (await fake.call('GET', '/v1/sessions')).json()
  t.same(
    sessions.map(({ session_id }: { session_id: string }) => session_id.replace('devin-', '')).reverse(),
    fired.json().session_ids,
  )
  t.match(sessions[1], { title: 'Triage', tags: ['alert'], created_at: formatInstant(NOW) })
  const body = '{\n  "alert": "disk"\n}'
  t.match(await fake.organization.sessions.list(), [
    {
      prompt: `Triage the alert\n\n${body}`,
      automationId: id,
      scheduleId: null,
      origin: 'automation',
      maxAcuLimit: 7,
      devinMode: 'fast',
      createdBy: { id: 'service-user-fa4ede71000000000000000000000001' },
    },
    { prompt: `Fix it\n\n${body}`, tags: [] },
  ])
  t.same((await get(fake, path)).last_invocation, { status: 'succeeded', fired_at: unixSeconds(NOW) })
  const { items } = (await fake.org('GET', `/sessions?automation_ids=${id}`)).json()
  t.match(items, [{ automation_id: id, origin: 'automation', devin_mode: 'fast' }, { automation_id: id }])
})

t.test('an action may bypass approvals', async (t) => {
  const fake = await startV3(t)
  const prompt = 'Migrate [fake:needs-approval]'
  const { fire } = await create(fake, {
    actions: [
      { ...start, prompt },
      { ...start, prompt, session: { bypass_approval: true } },
    ],
  })

  await fire()

  t.match(await fake.organization.sessions.list(), [{ bypassApproval: false }, { bypassApproval: true }])
})

t.test('an event may be a text, or empty', async (t) => {
  const fake = await startV3(t)
  const { fire, secret } = await create(fake)

  t.equal((await fire()).statusCode, 200)
  t.equal((await fire(null)).statusCode, 200)
  const { pathname } = new URL(
    (await fake.org('GET', '/automations')).json().items[0].triggers[0].webhook.url,
  )
  const sendText = (payload: string) =>
    fake.app.inject({
      method: 'POST',
      url: pathname,
      payload,
      headers: { 'content-type': 'text/plain', 'x-webhook-secret': secret },
    })
  t.equal((await sendText('disk full')).statusCode, 200)

  const prompts = (await fake.organization.sessions.list()).map(({ prompt }) => prompt)
  t.same(prompts, ['Triage the alert', 'Triage the alert', 'Triage the alert\n\ndisk full'])
})

t.test('an event that is too large for a session is refused', async (t) => {
  const fake = await startV3(t)
  const { fire } = await create(fake)

  t.equal((await fire(nested(200))).statusCode, 400)
  t.equal((await fire('x'.repeat(1_048_577))).statusCode, 413)
  t.same(await fake.organization.sessions.list(), [])
})

t.test('a webhook call without the secret has no effect, and creates no organization', async (t) => {
  const fake = await startV3(t)
  const { id, secret, fire, path } = await create(fake)
  const before = (await fake.app.inject('/_fake/organizations')).body

  for (const headers of [{}, { 'x-webhook-secret': '' }, { 'x-webhook-secret': `${secret.slice(0, -1)}x` }]) {
    const response = await fire({}, headers as Record<string, string>)
    t.same([response.statusCode, response.json()], [401, { detail: 'Invalid X-Webhook-Secret' }])
  }
  for (const url of [webhookPath(DEFAULT_ORG_ID, 'automation-x'), webhookPath('org-new', id)]) {
    const response = await fake.app.inject({ method: 'POST', url, headers: { 'x-webhook-secret': secret } })
    t.same([response.statusCode, response.json()], [404, { detail: 'Automation not found' }])
  }
  const { path: plain } = await create(fake, { triggers: [issues] })
  const unhooked = await fake.app.inject({
    method: 'POST',
    url: webhookPath(DEFAULT_ORG_ID, plain.split('/')[2] as string),
    headers: { 'x-webhook-secret': '' },
  })
  t.equal(unhooked.statusCode, 404)
  t.same(await fake.organization.sessions.list(), [])
  t.equal((await get(fake, path)).last_invocation, null)
  t.equal((await fake.app.inject('/_fake/organizations')).body, before)
})

t.test('a disabled automation refuses events', async (t) => {
  const fake = await startV3(t)
  const { fire, path } = await create(fake, { enabled: false })

  const response = await fire()

  t.same([response.statusCode, response.json()], [409, { detail: 'Automation is disabled' }])
  await fake.org('PATCH', path, { enabled: true })
  t.equal((await fire()).statusCode, 200)
})

t.test('an event that does not meet the conditions starts nothing', async (t) => {
  const fake = await startV3(t)
  const opened = { any: [{ all: [{ field: 'issue.state', operator: 'eq', value: 'open' }] }] }
  const { fire, path } = await create(fake, { triggers: [issues, { ...webhook, conditions: opened }] })

  const ignored = await fire({ issue: { state: 'closed' } })
  t.same([ignored.statusCode, ignored.json()], [200, { session_ids: [] }])
  t.equal((await get(fake, path)).last_invocation, null)
  t.equal((await fire({ issue: { state: 'open' } })).json().session_ids.length, 1)
})

t.test('an automation without actions starts nothing', async (t) => {
  const fake = await startV3(t)
  const { fire, path } = await create(fake, { actions: [] })

  t.same((await fire()).json(), { session_ids: [] })
  t.match((await get(fake, path)).last_invocation, { status: 'succeeded' })
})

t.test('events beyond the limit of invocations are refused until the window has passed', async (t) => {
  const fake = await startV3(t)
  const limits = { invocations: { max_per_window: 2, window_seconds: 60 } }
  const { fire, path } = await create(fake, { limits })
  const statuses = async () =>
    (await Promise.all([fire(), fire(), fire()])).map(({ statusCode }) => statusCode)

  t.same(await statuses(), [200, 200, 429])
  t.same((await fire()).json(), { detail: 'Automation has reached its limit of invocations' })
  fake.advance(59)
  t.same(await statuses(), [429, 429, 429])
  fake.advance(1)
  t.same(await statuses(), [200, 200, 429])
  await fake.org('PATCH', path, { limits: { invocations: null } })
  t.same(await statuses(), [200, 200, 200])
  t.equal((await fake.organization.sessions.list()).length, 7)
})

t.test('events beyond the limit of concurrent runs are refused while the sessions work', async (t) => {
  const fake = await startV3(t)
  const { fire } = await create(fake, { concurrency: { max_concurrent_runs: 1 } })
  await create(fake)
  const statuses = async () => (await Promise.all([fire(), fire()])).map(({ statusCode }) => statusCode)

  t.same(await statuses(), [200, 429])
  t.same((await fire()).json(), { detail: 'Automation has reached its limit of concurrent runs' })
  fake.advance(3_600)
  t.same(await statuses(), [200, 429])
})

t.test('an event uses the settings of the automation at the time it is handled', async (t) => {
  const fake = await startV3(t)
  const { organization } = fake
  const { id, path } = await create(fake)
  const automation = await getAutomation(organization, id)
  const receive = () => receiveEvent({ organization, automation }, { type: 'webhook:incoming', data: null })

  await fake.org('PATCH', path, { enabled: false })
  t.equal(await receive(), 'disabled')
  await fake.org('DELETE', path)
  await t.rejects(receive(), NotFound)
  t.same(await organization.sessions.list(), [])
})

t.test('an automation that is deleted while its runs are counted is not found', async (t) => {
  const fake = await startV3(t)
  const { organization } = fake
  const { id } = await create(fake, { concurrency: { max_concurrent_runs: 1 } })
  const automation = await getAutomation(organization, id)
  const list = organization.sessions.list.bind(organization.sessions)
  organization.sessions.list = async (query) => {
    await organization.automations.delete(id)
    return list(query)
  }

  const received = receiveEvent({ organization, automation }, { type: 'webhook:incoming', data: null })

  await t.rejects(received, NotFound)
  t.same(await list(), [])
})

t.test('an event whose session is refused is a failed invocation', async (t) => {
  const fake = await startV3(t)
  const rule = { scenario: { steps: [], create_error: { status: 403, detail: 'out_of_quota' } } }
  await fake.app.inject({ method: 'POST', url: '/_fake/scenarios', payload: rule })
  const { fire, path } = await create(fake)

  const refused = await fire()
  t.same([refused.statusCode, refused.json()], [403, { detail: 'out_of_quota' }])
  t.same((await get(fake, path)).last_invocation, { status: 'failed', fired_at: unixSeconds(NOW) })

  const unknown = await fire('[fake:nonesuch]')
  t.equal(unknown.statusCode, 400)
  t.match(unknown.json().detail, /nonesuch/)
})

t.test('the sessions of schedules that are due come before those of an event', async (t) => {
  const fake = await startV3(t)
  const schedule = { name: 'Hourly', prompt: 'p', frequency: '0 * * * *' }
  await fake.org('POST', '/schedules', schedule)
  const { fire } = await create(fake)
  fake.advance(3_600)

  await fire()

  const titles = (await fake.organization.sessions.list()).map(({ title }) => title)
  t.same(titles, ['Hourly', 'Triage'])
})

t.test('a state document restores an automation, and a seed may omit most members', async (t) => {
  const fake = await startV3(t)
  const limits = { invocations: { max_per_window: 2, window_seconds: 60 } }
  const { id, fire, path } = await create(fake, { limits })
  await fire()
  const state = (await fake.app.inject('/_fake/state?reveal=true')).json()
  const shown = await get(fake, path)
  const put = (payload: unknown) =>
    fake.app.inject({ method: 'PUT', url: '/_fake/state', payload: payload as object })

  const restored = await put(state)
  t.equal(restored.statusCode, 204, restored.body)
  t.same(await get(fake, path), shown)

  const seeded = { name: 's', triggers: [webhook], actions: [start] }
  const seed = (...automations: object[]) => put({ organizations: [{ org_id: DEFAULT_ORG_ID, automations }] })
  t.equal((await seed({ ...seeded, id, webhook_secret: 'known' })).statusCode, 204)
  t.equal((await fire(undefined, { 'x-webhook-secret': 'known' })).statusCode, 200)
  t.equal((await seed({ ...seeded, id }, { ...seeded, triggers: [issues] })).statusCode, 204)
  t.equal((await fire(undefined, { 'x-webhook-secret': 'known' })).statusCode, 401)
  t.match(await get(fake, path), { run_as: { type: 'organization' }, created_by: null })

  const invalid = await seed({ ...seeded, run_as: { type: 'me' } })
  t.equal(invalid.statusCode, 422)
  t.same(invalid.json().detail[0].loc.slice(-2), ['run_as', 'type'])
})

t.test('neither a state document nor the journal shows the secret of a webhook', async (t) => {
  const fake = await startV3(t)
  const { secret, fire } = await create(fake)
  await fire({})

  for (const path of ['state', 'requests']) {
    const { statusCode, body } = await fake.app.inject(`/_fake/${path}`)
    t.equal(statusCode, 200)
    t.notMatch(body, secret)
  }
})
