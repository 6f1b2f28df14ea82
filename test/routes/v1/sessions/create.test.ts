import t, { type Test } from 'tap'
import { DEFAULT_SERVICE_USER, DEFAULT_USER } from '../../../../src/auth/principal.ts'
import type { SessionRecord } from '../../../../src/resources/sessions.ts'
import { builtInScenarios } from '../../../../src/simulation/scenarios.ts'
import { type Fake, NOW, OTHER_ORG_KEY, startFake } from '../../../fake.ts'
import { recordingLogger } from '../../../recording-logger.ts'
import { aNewSession, aServicePrincipal } from '../../../records.ts'

const create = async (fake: Fake, params: object) => (await fake.send('POST', '/v1/sessions', params)).json()

const stored = async ({ organization }: Fake, id: string) =>
  (await organization.sessions.get(id)) as SessionRecord

/** Sends a literal JSON text, which can have values that JSON.stringify does not write. */
const sendText = (fake: Fake, text: string) =>
  fake.call('POST', '/v1/sessions', { payload: text, headers: { 'content-type': 'application/json' } })

const issue = (field: string, reason: string, input: unknown) => ({
  detail: [
    { type: 'value_error', loc: ['body', field], msg: `Value error, ${reason}`, input, ctx: { error: {} } },
  ],
})

t.test('POST /v1/sessions creates a session and returns its id and URL', async (t) => {
  const fake = await startFake(t)

  const res = await fake.send('POST', '/v1/sessions', { prompt: 'Fix it' })

  t.equal(res.statusCode, 200)
  t.equal(res.headers['content-type'], 'application/json')
  const { session_id: id } = res.json()
  t.match(id, /^devin-[0-9a-f]{32}$/)
  t.strictSame(res.json(), {
    session_id: id,
    url: `https://app.devin.ai/sessions/${id.slice('devin-'.length)}`,
    is_new_session: null,
  })
})

t.test('POST /v1/sessions stores all parameters', async (t) => {
  const fake = await startFake(t)
  const params = {
    prompt: 'Fix it',
    title: 'Mine',
    tags: ['a', 'b'],
    snapshot_id: 'snap',
    playbook_id: 'play',
    unlisted: true,
    max_acu_limit: 5,
    knowledge_ids: ['k'],
    secret_ids: ['s'],
    session_secrets: [{ key: 'TOKEN', value: 's3cr3t' }],
    structured_output_schema: { const: 1 },
  }

  const { session_id: id } = await create(fake, params)

  t.match(await stored(fake, id), {
    id,
    createdAt: NOW,
    createdBy: DEFAULT_USER,
    prompt: 'Fix it',
    title: 'Mine',
    tags: ['a', 'b'],
    snapshotId: 'snap',
    playbookId: 'play',
    unlisted: true,
    maxAcuLimit: 5,
    knowledgeIds: ['k'],
    secretIds: ['s'],
    sessionSecretKeys: ['TOKEN'],
    structuredOutputSchema: { const: 1 },
    samples: { full: 1, partial: 1 },
  })
})

t.test('POST /v1/sessions treats omitted parameters like null', async (t) => {
  const fake = await startFake(t)
  const names = [
    'knowledge_ids',
    'max_acu_limit',
    'playbook_id',
    'secret_ids',
    'session_secrets',
    'snapshot_id',
  ]
  const nulls = [...names, 'structured_output_schema', 'tags', 'title'].map((name) => [name, null])

  for (const params of [{}, Object.fromEntries(nulls)]) {
    const { session_id: id } = await create(fake, { prompt: '', ...params })
    t.match(await stored(fake, id), {
      title: null,
      tags: [],
      snapshotId: null,
      playbookId: null,
      unlisted: false,
      maxAcuLimit: null,
      knowledgeIds: null,
      secretIds: null,
      sessionSecretKeys: [],
      structuredOutputSchema: null,
      samples: null,
    })
  }
})

t.test('POST /v1/sessions never returns or stores the values of session secrets', async (t) => {
  const fake = await startFake(t)
  const session_secrets = [{ key: 'TOKEN', value: 's3cr3t-value', sensitive: false }]

  const res = await fake.send('POST', '/v1/sessions', { prompt: 'x', session_secrets })

  const { session_id: id } = res.json()
  const shown = [res, await fake.call('GET', `/v1/sessions/${id}`), await fake.call('GET', '/v1/sessions')]
  for (const { body } of shown) t.notMatch(body, /s3cr3t|TOKEN/)
  t.notMatch(JSON.stringify(await stored(fake, id)), /s3cr3t/)
  t.same((await fake.call('GET', '/v1/secrets')).json(), [])
})

t.test('POST /v1/sessions ignores unknown fields', async (t) => {
  const fake = await startFake(t)
  const unknown = {
    repos: ['a/b'],
    devin_mode: 'fast',
    machine_snapshot_id: 'm',
    max_acu: 1,
    session_id: 'devin-mine',
  }

  const { session_id: id } = await create(fake, { prompt: 'x', ...unknown })

  t.not(id, 'devin-mine')
  t.match(await stored(fake, id), { repos: [], devinMode: 'normal' })
  t.notMatch(JSON.stringify(await stored(fake, id)), /a\/b|devin_mode|fast|machine/)
})

t.test('POST /v1/sessions with a service key stores the service user as the creator', async (t) => {
  const fake = await startFake(t)
  const { session_id: id } = (
    await fake.call('POST', '/v1/sessions', {
      payload: '{"prompt":"x"}',
      headers: { authorization: 'Bearer apk_service' },
    })
  ).json()

  t.same((await stored(fake, id)).createdBy, DEFAULT_SERVICE_USER)
})

t.test('POST /v1/sessions answers 422 for invalid parameters and creates nothing', async (t) => {
  const fake = await startFake(t)

  for (const params of [
    {},
    { prompt: null },
    { prompt: 'x', max_acu_limit: 0 },
    { prompt: 'x', tags: 'a' },
  ]) {
    t.equal((await fake.send('POST', '/v1/sessions', params)).statusCode, 422)
  }
  t.same(await fake.organization.sessions.list(), [])
  t.same(await fake.organization.auditLog.list(), [])
})

t.test('POST /v1/sessions with idempotent returns the active session of the prompt', async (t) => {
  const fake = await startFake(t)
  const params = { prompt: 'Fix it', idempotent: true }

  const first = await create(fake, params)
  const second = await create(fake, { ...params, title: 'another', tags: ['b'] })

  t.equal(first.is_new_session, true)
  t.strictSame(second, { ...first, is_new_session: false })
  t.match(await stored(fake, first.session_id), { title: null, tags: [] })
})

t.test('POST /v1/sessions with idempotent creates a session per prompt and organization', async (t) => {
  const fake = await startFake(t)
  const params = { prompt: 'Fix it', idempotent: true }
  const first = await create(fake, params)

  const other = await create(fake, { ...params, prompt: 'Fix it ' })
  const elsewhere = await fake.call('POST', '/v1/sessions', {
    payload: JSON.stringify(params),
    headers: { authorization: `Bearer ${OTHER_ORG_KEY}` },
  })

  for (const answer of [other, elsewhere.json()]) {
    t.equal(answer.is_new_session, true)
    t.not(answer.session_id, first.session_id)
  }
})

t.test(
  'POST /v1/sessions without idempotent creates a session that idempotent requests ignore',
  async (t) => {
    const fake = await startFake(t)
    const first = await create(fake, { prompt: 'Fix it' })

    const second = await create(fake, { prompt: 'Fix it' })
    const third = await create(fake, { prompt: 'Fix it', idempotent: true })

    t.not(second.session_id, first.session_id)
    t.strictSame(third, { ...first, is_new_session: false })
  },
)

t.test('POST /v1/sessions with idempotent creates a new session if the old one has ended', async (t) => {
  const params = { prompt: 'Fix it', idempotent: true }
  const ends: Record<string, (fake: Fake, id: string) => unknown> = {
    terminated: (fake, id) => fake.call('DELETE', `/v1/sessions/${id}`),
    expired: (fake, id) => fake.send('POST', `/_fake/sessions/${id}/events`, { status_enum: 'expired' }),
    failed: (fake, id) => fake.send('POST', `/_fake/sessions/${id}/events`, { status: 'error' }),
  }
  for (const [name, end] of Object.entries(ends)) {
    const fake = await startFake(t)
    const first = await create(fake, params)
    await end(fake, first.session_id)

    const second = await create(fake, params)
    t.equal(second.is_new_session, true, name)
    t.not(second.session_id, first.session_id, name)
    t.strictSame(await create(fake, params), { ...second, is_new_session: false }, name)
  }
})

t.test('POST /v1/sessions with idempotent returns a finished session, even once resumed', async (t) => {
  const params = { prompt: 'Fix it', idempotent: true }
  const fake = await startFake(t)
  const first = await create(fake, params)
  fake.advance(100)

  t.strictSame(await create(fake, params), { ...first, is_new_session: false })
  await fake.send('POST', `/v1/sessions/${first.session_id}/message`, { message: 'And the docs' })
  t.strictSame(await create(fake, params), { ...first, is_new_session: false })
})

async function createConcurrently(t: Test, ended: boolean) {
  const fake = await startFake(t)
  const params = { prompt: 'Fix it', idempotent: true }
  if (ended) {
    const { session_id: id } = await create(fake, params)
    await fake.call('DELETE', `/v1/sessions/${id}`)
  }

  const answers = await Promise.all(Array.from({ length: 20 }, () => create(fake, params)))

  t.equal(answers.filter(({ is_new_session: isNew }) => isNew).length, 1)
  t.equal(new Set(answers.map(({ session_id: id }) => id)).size, 1)
  t.equal((await fake.organization.sessions.list()).length, ended ? 2 : 1)
}

t.test('POST /v1/sessions with idempotent creates one session for concurrent requests', (t) =>
  createConcurrently(t, false),
)

t.test(
  'POST /v1/sessions with idempotent creates one session for concurrent requests after the old one has ended',
  (t) => createConcurrently(t, true),
)

t.test('POST /v1/sessions creates one session per concurrent request', async (t) => {
  const fake = await startFake(t)

  const answers = await Promise.all(Array.from({ length: 20 }, () => create(fake, { prompt: 'Fix it' })))

  t.equal(new Set(answers.map(({ session_id: id }) => id)).size, 20)
})

t.test('POST /v1/sessions answers 500 for a duplicate id instead of hanging', async (t) => {
  const fake = await startFake(t)
  fake.organization.ids.hex = () => '0'.repeat(32)
  await create(fake, { prompt: 'one' })

  t.equal((await fake.send('POST', '/v1/sessions', { prompt: 'two' })).statusCode, 500)
  t.equal((await fake.organization.sessions.list()).length, 1)
})

t.test('POST /v1/sessions adds an entry to the audit log for a new session only', async (t) => {
  const fake = await startFake(t)
  const { session_id: id } = await create(fake, { prompt: 'x', idempotent: true })
  await create(fake, { prompt: 'x', idempotent: true })

  t.match(await fake.organization.auditLog.list(), [
    { action: 'create_session', subjectId: id, actor: DEFAULT_USER },
  ])
  t.equal((await fake.organization.auditLog.list()).length, 1)
})

t.test('POST /v1/sessions replaces lone surrogates, so that later GETs succeed', async (t) => {
  const fake = await startFake(t)
  const odd = '"a\\ud800b"'
  const res = await sendText(
    fake,
    `{"prompt":${odd},"title":${odd},"tags":[${odd}],"snapshot_id":${odd},"playbook_id":${odd},"structured_output_schema":{"const":${odd},${odd}:1}}`,
  )
  t.equal(res.statusCode, 200)
  fake.advance(100)

  const shown = await fake.call('GET', `/v1/sessions/${res.json().session_id}`)
  t.match(shown.json(), {
    title: 'a\ufffdb',
    tags: ['a\ufffdb'],
    snapshot_id: 'a\ufffdb',
    playbook_id: 'a\ufffdb',
    structured_output: 'a\ufffdb',
    messages: [{ message: 'a\ufffdb' }],
  })
  t.equal((await fake.call('GET', '/v1/sessions')).statusCode, 200)
})

t.test('POST /v1/sessions stores a huge limit as a plain number', async (t) => {
  const fake = await startFake(t)
  const res = await sendText(fake, '{"prompt":"x","max_acu_limit":1000000000000000000000}')

  t.equal((await stored(fake, res.json().session_id)).maxAcuLimit, 1e21)
})

t.test('POST /v1/sessions answers 422 for an invalid structured_output_schema', async (t) => {
  const fake = await startFake(t)
  const schema = { type: 'strin' }

  const res = await fake.send('POST', '/v1/sessions', { prompt: 'x', structured_output_schema: schema })

  t.equal(res.statusCode, 422)
  const reason =
    'structured_output_schema is not a valid Draft 7 schema: /type must be equal to one of the allowed values'
  t.strictSame(res.json(), issue('structured_output_schema', reason, schema))
  t.same(await fake.organization.sessions.list(), [])
})

t.test('POST /v1/sessions answers 422, not 500, for a schema that cannot be encoded', async (t) => {
  const fake = await startFake(t)
  const bad = ['{"minimum":NaN}', '{"type":"\\ud800"}', `${'{"not":'.repeat(950)}{}${'}'.repeat(950)}`]

  for (const schema of bad) {
    const res = await sendText(fake, `{"prompt":"x","structured_output_schema":${schema}}`)
    t.equal(res.statusCode, 422, schema.slice(0, 30))
    t.match(res.json(), { detail: [{ loc: ['body', 'structured_output_schema'], type: 'value_error' }] })
  }
})

t.test('POST /v1/sessions accepts any self-contained schema, also an unsatisfiable one', async (t) => {
  const fake = await startFake(t)

  for (const schema of [
    '{}',
    '{"not":{}}',
    '{"$schema":"https://json-schema.org/draft/2020-12/schema"}',
    '{"const":NaN}',
  ]) {
    const res = await sendText(fake, `{"prompt":"x","structured_output_schema":${schema}}`)
    t.equal(res.statusCode, 200, schema)
  }
})

t.test('POST /v1/sessions runs the scenario named in the prompt, or answers 422 if unknown', async (t) => {
  const fake = await startFake(t)
  const { session_id: id } = await create(fake, { prompt: 'x [fake:never]' })
  fake.advance(1_000_000)
  t.equal((await fake.call('GET', `/v1/sessions/${id}`)).json().status_enum, 'working')

  const res = await fake.send('POST', '/v1/sessions', { prompt: '[fake:nope]' })

  t.equal(res.statusCode, 422)
  t.match(res.json().detail[0], {
    loc: ['body', 'prompt'],
    msg: /unknown scenario nope/,
    input: '[fake:nope]',
  })
})

t.test('POST /v1/sessions succeeds despite a rule whose regular expression never terminates', async (t) => {
  const fake = await startFake(t)
  // The check of new rules does not detect it, because none of its sample texts contains `qwerty`.
  const rule = { match: { prompt: '/^(?:qwer|qwert|y|ty)*!/' }, scenario: 'never' }
  t.equal((await fake.send('POST', '/_fake/scenarios', rule)).statusCode, 201)

  const { session_id: id } = await create(fake, { prompt: 'qwerty'.repeat(2000) })

  t.same((await stored(fake, id)).scenario, builtInScenarios.default)
})

t.test('POST /v1/sessions returns the error of a scenario that refuses the creation', async (t) => {
  const fake = await startFake(t)

  const res = await fake.send('POST', '/v1/sessions', { prompt: '[fake:out-of-quota]' })

  t.equal(res.statusCode, 403)
  t.same(res.json(), { detail: 'Your organization has a billing error. Error: out_of_quota' })
})

t.test('POST /v1/sessions takes samples from the scenario’s schema if the client sent none', async (t) => {
  const fake = await startFake(t)
  fake.organization.scenarios.add({
    name: undefined,
    match: { prompt: 'own schema' },
    scenario: {
      steps: [{ structured_output: { $sample: 'full' } }],
      structured_output_schema: { const: 'scenario' },
    },
  })
  const outputOf = async (params: object) => {
    const { session_id: id } = await create(fake, { prompt: 'own schema', ...params })
    return (await fake.call('GET', `/v1/sessions/${id}`)).json().structured_output
  }

  t.equal(await outputOf({}), 'scenario')
  t.equal(await outputOf({ structured_output_schema: { const: 'client' } }), 'client')
})

t.test('POST /v1/sessions logs a warning, without the line, for a malformed attachment line', async (t) => {
  const { warnings, logger } = recordingLogger()
  const fake = await startFake(t, { logger })

  await create(fake, { prompt: 'ATTACHMENT: "https://secret"\n ATTACHMENT:"y"\nATTACHMENT:"z"' })
  await create(fake, { prompt: 'ATTACHMENT:"z"' })

  t.same(warnings, ['2 line(s) nearly name an attachment; only ATTACHMENT:"url" on a line of its own does'])
})

t.test('POST /v1/sessions answers 500 for an unexpected error', async (t) => {
  const fake = await startFake(t)
  const { createSession } = await t.mockImport<
    typeof import('../../../../src/organization/create-session.ts')
  >('../../../../src/organization/create-session.ts', {
    '../../../../src/simulation/structured-output.ts': {
      SchemaError: class extends Error {},
      checkSchema: () => Promise.reject(new TypeError('broken')),
    },
  })
  const params = aNewSession({ structuredOutputSchema: {} })
  await t.rejects(createSession(fake.organization, aServicePrincipal(), params), { name: 'TypeError' })

  fake.organization.scenarios.choose = () => {
    throw new TypeError('broken')
  }

  t.equal((await fake.send('POST', '/v1/sessions', { prompt: 'x' })).statusCode, 500)
})
