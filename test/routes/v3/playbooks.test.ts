import t from 'tap'
import { KeyRegistry } from '../../../src/auth/keys.ts'
import { DEFAULT_ORG_ID } from '../../../src/auth/principal.ts'
import { aPlaybook } from '../../records.ts'
import { startV3, type V3Fake } from '../../v3.ts'

const params = { title: 'Release', body: '1. Tag' }
const schema = { type: 'object', properties: { version: { type: 'string' } }, required: ['version'] }
const seconds = 1_767_323_045
const serviceUser = 'service-user-fa4ede71000000000000000000000001'
const elsewhere = '/v3/organizations/org-other'

async function newPlaybook({ org }: V3Fake, fields: object = {}): Promise<string> {
  return (await org('POST', '/playbooks', { ...params, ...fields })).json().playbook_id
}

t.test('POST /v3/organizations/{org_id}/playbooks answers with the new playbook', async (t) => {
  const { org } = await startV3(t)

  const created = await org('POST', '/playbooks', params)

  t.equal(created.statusCode, 200)
  const expected = {
    playbook_id: created.json().playbook_id,
    ...params,
    macro: null,
    created_by: serviceUser,
    updated_by: serviceUser,
    created_at: seconds,
    updated_at: seconds,
    access_type: 'org',
    org_id: DEFAULT_ORG_ID,
    structured_output_schema: null,
  }
  t.match(expected.playbook_id, /^playbook-[0-9a-f]{32}$/)
  t.equal(created.body, JSON.stringify(expected), 'in the order of the contract')
  t.same((await org('GET', `/playbooks/${expected.playbook_id}`)).json(), expected)
})

t.test('POST /v3/organizations/{org_id}/playbooks stores a macro and a schema', async (t) => {
  const { org } = await startV3(t)
  const fields = { macro: '!my_macro-1', structured_output_schema: schema }

  const created = await org('POST', '/playbooks', { ...params, ...fields })

  t.match(created.json(), fields)
  t.match((await org('GET', `/playbooks/${created.json().playbook_id}`)).json(), fields)
})

t.test('POST and PUT of playbooks answer 422 without title or body, and take empty ones', async (t) => {
  const fake = await startV3(t)
  const path = `/playbooks/${await newPlaybook(fake)}`

  for (const [method, url] of [
    ['POST', '/playbooks'],
    ['PUT', path],
  ] as const) {
    // The names that a guide of the vendor shows.
    const wrong = await fake.org(method, url, { name: 'n', instructions: 'i' })
    t.equal(wrong.statusCode, 422)
    t.match(wrong.json().errors, [{ loc: ['body', 'title'] }, { loc: ['body', 'body'] }])
    t.match((await fake.org(method, url, { title: '', body: '' })).json(), { title: '', body: '' })
  }
})

t.test('POST and PUT of playbooks answer 400 for a malformed macro', async (t) => {
  const fake = await startV3(t)
  const path = `/playbooks/${await newPlaybook(fake, { macro: '!kept' })}`

  for (const macro of ['', '!', 'release', '!a b', '!a\n', 'a!b', '!é']) {
    for (const answer of [
      await fake.org('POST', '/playbooks', { ...params, macro }),
      await fake.org('PUT', path, { ...params, macro }),
    ]) {
      t.equal(answer.statusCode, 400, JSON.stringify(macro))
      t.match(answer.json().detail, /^macro must start with '!'/)
    }
  }
  t.match((await fake.org('GET', '/playbooks')).json().items, [{ macro: '!kept' }])
})

t.test('POST and PUT of playbooks answer 400 for a schema that no session can use', async (t) => {
  const fake = await startV3(t)
  const path = `/playbooks/${await newPlaybook(fake)}`

  for (const [structured_output_schema, reason] of [
    [{ type: 'nothing' }, /^structured_output_schema is not a valid Draft 7 schema/],
    [{ $ref: 'https://example.com/s' }, /^structured_output_schema must be self-contained/],
    [{ description: 'x'.repeat(70_000) }, /^structured_output_schema must be at most 64KB$/],
  ] as const) {
    for (const answer of [
      await fake.org('POST', '/playbooks', { ...params, structured_output_schema }),
      await fake.org('PUT', path, { ...params, structured_output_schema }),
    ]) {
      t.equal(answer.statusCode, 400)
      t.match(answer.json().detail, reason)
    }
  }
  const other = await fake.org('POST', '/playbooks', { ...params, structured_output_schema: 'x' })
  t.equal(other.statusCode, 422)
  t.equal((await fake.org('GET', '/playbooks')).json().total, 1)
})

t.test('POST and PUT of playbooks answer 409 for a macro of another playbook', async (t) => {
  const fake = await startV3(t)
  const taken = await newPlaybook(fake, { macro: '!m' })
  const id = await newPlaybook(fake)

  for (const answer of [
    await fake.org('POST', '/playbooks', { ...params, macro: '!m' }),
    await fake.org('PUT', `/playbooks/${id}`, { ...params, macro: '!m' }),
  ]) {
    t.equal(answer.statusCode, 409)
    t.equal(answer.json().detail, 'Playbook macro is not unique')
  }
  t.equal((await fake.org('PUT', `/playbooks/${taken}`, { ...params, macro: '!m' })).statusCode, 200)
  t.equal(
    (await fake.v3('POST', `${elsewhere}/playbooks`, { ...params, macro: '!m' })).statusCode,
    200,
    'another organization may use it',
  )
})

t.test('POST and PUT of playbooks replace lone surrogates, so that later GETs succeed', async (t) => {
  const fake = await startV3(t)
  const path = `/playbooks/${await newPlaybook(fake)}`
  const sent = {
    title: 'a\ud800',
    body: 'b\ud800',
    structured_output_schema: { title: 'c\ud800' },
  }
  const stored = { title: 'a\ufffd', body: 'b\ufffd', structured_output_schema: { title: 'c\ufffd' } }

  await fake.org('PUT', path, sent)
  await fake.org('POST', '/playbooks', sent)

  t.match((await fake.org('GET', '/playbooks')).json().items, [stored, stored])
})

t.test(
  'GET /v3/organizations/{org_id}/playbooks lists the playbooks by cursor, oldest first, without deleted ones',
  async (t) => {
    const fake = await startV3(t)
    const empty = { items: [], end_cursor: null, has_next_page: false, total: 0 }
    t.same((await fake.org('GET', '/playbooks')).json(), empty)
    for (const title of ['a', 'b', 'c', 'd']) await newPlaybook(fake, { title })
    const { items } = (await fake.org('GET', '/playbooks')).json()
    await fake.org('DELETE', `/playbooks/${items[1].playbook_id}`)

    const first = (await fake.org('GET', '/playbooks?first=2')).json()
    t.match(first, { items: [{ title: 'a' }, { title: 'c' }], has_next_page: true, total: 3 })

    // The cursor stays valid when the last playbook of the page is deleted.
    await fake.org('DELETE', `/playbooks/${items[2].playbook_id}`)
    const after = `after=${encodeURIComponent(first.end_cursor)}`
    t.match((await fake.org('GET', `/playbooks?first=2&${after}`)).json(), {
      items: [{ title: 'd' }],
      end_cursor: null,
      has_next_page: false,
      total: 2,
    })
    t.equal((await fake.org('GET', '/playbooks?first=-5')).json().items.length, 1)
    t.equal((await fake.org('GET', '/playbooks?after=x')).statusCode, 400)
    t.same((await fake.v3('GET', `${elsewhere}/playbooks`)).json(), empty)
  },
)

t.test(
  'GET, PUT and DELETE /v3/organizations/{org_id}/playbooks/{playbook_id} answer 404 for unknown, deleted and foreign ones',
  async (t) => {
    const fake = await startV3(t)
    const [own, deleted] = [await newPlaybook(fake), await newPlaybook(fake)]
    await fake.org('DELETE', `/playbooks/${deleted}`)

    for (const path of [
      `/v3/organizations/${DEFAULT_ORG_ID}/playbooks/playbook-1`,
      `/v3/organizations/${DEFAULT_ORG_ID}/playbooks/${deleted}`,
      `${elsewhere}/playbooks/${own}`,
    ]) {
      for (const answer of [
        await fake.v3('GET', path),
        await fake.v3('PUT', path, params),
        await fake.v3('DELETE', path),
      ]) {
        t.equal(answer.statusCode, 404)
        t.equal(answer.json().detail, 'Playbook not found')
      }
    }
    t.equal((await fake.org('GET', `/playbooks/${own}`)).statusCode, 200)
  },
)

t.test(
  'PUT /v3/organizations/{org_id}/playbooks/{playbook_id} replaces the texts and keeps what was not sent',
  async (t) => {
    const fake = await startV3(t)
    const fields = { macro: '!m', structured_output_schema: schema }
    const path = `/playbooks/${await newPlaybook(fake, fields)}`
    fake.advance(60)

    const changed = await fake.org('PUT', path, { title: 'T', body: 'B' })

    t.match(changed.json(), {
      title: 'T',
      body: 'B',
      ...fields,
      created_at: seconds,
      updated_at: seconds + 60,
    })
    t.same((await fake.org('GET', path)).json(), changed.json())
  },
)

t.test(
  'PUT /v3/organizations/{org_id}/playbooks/{playbook_id} clears what is null, and frees the macro',
  async (t) => {
    const fake = await startV3(t)
    const path = `/playbooks/${await newPlaybook(fake, { macro: '!m', structured_output_schema: schema })}`

    const cleared = await fake.org('PUT', path, { ...params, macro: null, structured_output_schema: null })

    t.match(cleared.json(), { macro: null, structured_output_schema: null })
    t.equal((await fake.org('POST', '/playbooks', { ...params, macro: '!m' })).statusCode, 200)
  },
)

t.test(
  'DELETE /v3/organizations/{org_id}/playbooks/{playbook_id} answers with the playbook and frees its macro',
  async (t) => {
    const { org } = await startV3(t)
    const created = (await org('POST', '/playbooks', { ...params, macro: '!m' })).json()
    const path = `/playbooks/${created.playbook_id}`

    t.same((await org('DELETE', path)).json(), created)
    t.equal((await org('DELETE', path)).statusCode, 404)
    t.equal((await org('POST', '/playbooks', { ...params, macro: '!m' })).statusCode, 200)
  },
)

t.test('the ids of playbooks are taken without their prefix, too', async (t) => {
  const fake = await startV3(t)
  const { org, organization } = fake
  const id = await newPlaybook(fake, { structured_output_schema: schema })
  const bare = id.replace('playbook-', '')

  t.match((await org('GET', `/playbooks/${bare}`)).json(), { playbook_id: id })
  t.match((await org('PUT', `/playbooks/${bare}`, { ...params, title: 'T' })).json(), { playbook_id: id })

  await org('POST', '/sessions', { prompt: 'p', playbook_id: bare })
  t.match(await organization.sessions.list(), [{ structuredOutputSchema: schema }])
  const schedule = { name: 'n', prompt: 'p', frequency: '0 * * * *', playbook_id: bare }
  t.match((await org('POST', '/schedules', schedule)).json(), { playbook: { title: 'T' } })

  const range = `time_after=${seconds}&time_before=${seconds + 1}`
  for (const form of [id, bare]) {
    const query = `playbook_id=${form}`
    t.match((await org('GET', `/sessions?${query}`)).json(), { total: 1 })
    t.match((await org('GET', `/metrics/sessions?${range}&${query}`)).json(), { sessions_created_count: 1 })
  }

  t.match((await org('DELETE', `/playbooks/${bare}`)).json(), { playbook_id: id })
  t.equal((await org('GET', `/playbooks/${id}`)).statusCode, 404)
})

t.test('a playbook without known authors has empty texts in their place', async (t) => {
  const { org, organization } = await startV3(t)
  await organization.playbooks.insert(aPlaybook({ createdBy: null, updatedBy: null }))

  t.match((await org('GET', '/playbooks/playbook-1')).json(), { created_by: '', updated_by: '' })
})

t.test('every operation on playbooks requires one of its permissions', async (t) => {
  const keys = new KeyRegistry({
    keys: [
      { key: 'cog_org', permissions: ['ManageOrgPlaybooks'] },
      { key: 'cog_account', permissions: ['ManageAccountPlaybooks'] },
      { key: 'cog_other', permissions: ['ManageKnowledge'] },
    ],
  })
  const fake = await startV3(t, { keys })
  const path = `/playbooks/${await newPlaybook(fake)}`

  for (const [method, url, body] of [
    ['GET', '/playbooks'],
    ['POST', '/playbooks', params],
    ['GET', path],
    ['PUT', path, params],
    ['DELETE', path],
  ] as const) {
    const status = async (key: string) =>
      (await fake.org(method, url, body, { authorization: `Bearer ${key}` })).statusCode
    t.equal(await status('cog_other'), 403, `${method} ${url}`)
    t.equal(await status('cog_org'), 200, `${method} ${url}`)
    t.equal(await status('cog_account'), method === 'DELETE' ? 404 : 200, `${method} ${url}`)
  }
})

t.test('every write to the playbooks through v3 is in the audit log', async (t) => {
  const fake = await startV3(t)
  const id = await newPlaybook(fake)
  await fake.org('PUT', `/playbooks/${id}`, params)
  await fake.org('DELETE', `/playbooks/${id}`)

  t.same(
    (await fake.organization.auditLog.list()).map(({ action, subjectId }) => [action, subjectId]),
    ['create', 'update', 'delete'].map((verb) => [`${verb}_playbook`, id]),
  )
})

t.test('a playbook made by v1 is seen, changed and deleted by v3', async (t) => {
  const { org, call, send } = await startV3(t)
  const { playbook_id: id } = (await send('POST', '/v1/playbooks', { ...params, macro: 'any text' })).json()

  const seen = { playbook_id: id, ...params, macro: 'any text', created_by: 'email|fa4ede710000000000000001' }
  t.match((await org('GET', `/playbooks/${id}`)).json(), seen)
  t.match((await org('GET', '/playbooks')).json().items, [seen])

  await org('PUT', `/playbooks/${id}`, { title: 'changed', body: 'B' })
  t.match((await call('GET', `/v1/playbooks/${id}`)).json(), {
    title: 'changed',
    macro: 'any text',
    created_by_user_id: 'email|fa4ede710000000000000001',
    updated_by_user_id: null,
  })

  await org('DELETE', `/playbooks/${id}`)
  t.equal((await call('GET', `/v1/playbooks/${id}`)).statusCode, 404)
  t.same((await call('GET', '/v1/playbooks')).json(), [])
})

t.test('a playbook made by v3 is seen, changed and deleted by v1', async (t) => {
  const fake = await startV3(t)
  const { org, call, send } = fake
  const id = await newPlaybook(fake, { macro: '!m', structured_output_schema: schema })
  t.match((await call('GET', '/v1/playbooks')).json(), [
    { playbook_id: id, ...params, macro: '!m', created_by_user_id: null },
  ])
  const conflict = await send('POST', '/v1/playbooks', { ...params, macro: '!m' })
  t.equal(conflict.statusCode, 409)

  await send('PUT', `/v1/playbooks/${id}`, { title: 'changed', body: 'B' })
  t.match((await org('GET', `/playbooks/${id}`)).json(), {
    title: 'changed',
    macro: null,
    updated_by: 'email|fa4ede710000000000000001',
    structured_output_schema: schema,
  })

  t.equal((await call('DELETE', `/v1/playbooks/${id}`)).statusCode, 200)
  t.equal((await org('GET', `/playbooks/${id}`)).statusCode, 404)
})

t.test('a state document has the schemas of playbooks, and loads without them', async (t) => {
  const { org, send, call } = await startV3(t)
  const put = (...playbooks: object[]) => send('PUT', '/_fake/state', { organizations: [{ playbooks }] })
  const playbook = (id: string) => ({ id, title: 't', body: '' })

  const loaded = await put(playbook('playbook-1'), {
    ...playbook('playbook-2'),
    structured_output_schema: schema,
  })
  t.equal(loaded.statusCode, 204)
  t.match((await org('GET', '/playbooks')).json().items, [
    { structured_output_schema: null },
    { structured_output_schema: schema },
  ])
  const state = (await call('GET', '/_fake/state')).json()
  t.match(state.organizations[0].playbooks, [
    { structured_output_schema: null },
    { structured_output_schema: schema },
  ])

  const refused = await put(playbook('playbook-1'), {
    ...playbook('playbook-2'),
    structured_output_schema: { type: 'nothing' },
  })
  t.equal(refused.statusCode, 422)
  t.match(refused.json().detail, [
    { loc: ['body', 'organizations', 0, 'playbooks', 1, 'structured_output_schema'], msg: /Draft 7/ },
  ])
})

t.test('a schema that no answer could show is refused, and does not break the list', async (t) => {
  const { org } = await startV3(t)
  const nested = (depth: number) => JSON.parse(`${'{"not":'.repeat(depth)}{}${'}'.repeat(depth)}`)
  const create = async (depth: number) =>
    (await org('POST', '/playbooks', { title: 't', body: 'b', structured_output_schema: nested(depth) }))
      .statusCode

  t.equal(await create(499), 200)
  t.equal(await create(1_000), 400)
  t.equal((await org('GET', '/playbooks')).json().items.length, 1)
})
