import { readFileSync } from 'node:fs'
import type { LightMyRequestResponse } from 'fastify'
import t from 'tap'
import { fidelityMarkdown } from '../../scripts/fidelity-markdown.ts'
import { Answers } from '../../src/answers/answers.ts'
import { AuthError } from '../../src/auth/errors.ts'
import { type FidelityRow, fidelity, openQuestions } from '../../src/fidelity/index.ts'
import { isExact } from '../../src/fidelity/row.ts'
import { AlreadyEnded, Conflict, NotFound } from '../../src/organization/errors.ts'
import { authException, badDate, operationException } from '../../src/routes/v1/errors.ts'
import { FLAGS } from '../../src/settings/config.ts'
import { type Fake, NOW, startFake } from '../fake.ts'
import { registeredRoutes } from '../registered-routes.ts'

const subjectOf = (row: FidelityRow) => row.operation ?? row.topic

/** Sends the request whose response a row quotes. */
type Proof = (fake: Fake) => Promise<LightMyRequestResponse>

const NOWHERE = '0'.repeat(32)
const secret = { type: 'totp', key: 'K', value: 'v', sensitive: true, note: '' }
const note = { name: 'n', body: 'b', trigger_description: 't' }
const UUID = '00000000-0000-4000-a000-000000000000'

const deleteAt =
  (url: string): Proof =>
  (fake) =>
    fake.call('DELETE', url)
const getAt =
  (url: string): Proof =>
  (fake) =>
    fake.call('GET', url)

const post =
  (url: string, body: unknown): Proof =>
  ({ send }) =>
    send('POST', url, body)

const put =
  (url: string, body: unknown): Proof =>
  ({ send }) =>
    send('PUT', url, body)

async function newSession(fake: Fake): Promise<string> {
  return (await fake.send('POST', '/v1/sessions', { prompt: 'x' })).json().session_id
}

async function endedSession(fake: Fake): Promise<string> {
  const id = await newSession(fake)
  await fake.call('DELETE', `/v1/sessions/${id}`)
  return id
}

async function newPlaybook(fake: Fake, macro: string): Promise<string> {
  return (await fake.send('POST', '/v1/playbooks', { title: 't', body: 'b', macro })).json().playbook_id
}

const upload =
  (...parts: string[]): Proof =>
  ({ call }) =>
    call('POST', '/v1/attachments', {
      payload: [
        ...parts.map((part) => `--b\r\ncontent-disposition: form-data; ${part}\r\n`),
        '--b--\r\n',
      ].join(''),
      headers: { 'content-type': 'multipart/form-data; boundary=b' },
    })

const repeated = (count: number, part: string) => Array.from({ length: count }, () => part)

/** Low limits for the application: 2,000 bytes of JSON and 3 MiB of files. */
const LIMITS = { jsonBytes: 2_000, uploadBytes: 3 * 2 ** 20 }

const proofs: readonly (readonly [subject: string, what: string, proof: Proof])[] = [
  [
    'authentication',
    'answer to a request without usable `Bearer` credentials',
    ({ app }) => app.inject('/v1/secrets'),
  ],
  [
    'authentication',
    'answer to a key that is unknown, revoked, or of another generation of the API (`cog_…`)',
    ({ call }) => call('GET', '/v1/secrets', { headers: { authorization: 'Bearer cog_x' } }),
  ],
  ['routing', 'answer to an unknown path', post(`/v1/sessions/${NOWHERE}/messages`, {})],
  [
    'routing',
    'answer to a method that a path does not have, HEAD and OPTIONS included',
    ({ call }) => call('OPTIONS', '/v1/secrets'),
  ],
  ['routing', 'answer to a known path with a trailing slash', getAt('/v1/secrets/')],
  [
    'bodies',
    'answer to a body that is not JSON',
    ({ call }) => call('POST', '/v1/sessions', { payload: '{"prompt":   oops}' }),
  ],
  [
    'bodies',
    'answer to an unknown encoding, to nesting deeper than 9,994 levels, and to integers of more than 4,300 digits',
    ({ call }) => call('POST', '/v1/sessions', { payload: Buffer.from([0x22, 0xff, 0x22]) }),
  ],
  [
    'bodies',
    'answer to a JSON body that is too large',
    post('/v1/sessions', { prompt: 'x'.repeat(LIMITS.jsonBytes) }),
  ],
  ['bodies', 'answer to a body that does not match its schema', post('/v1/sessions', { title: 'x' })],
  [
    'bodies',
    'answer to an invalid value that JSON cannot represent (NaN, a lone surrogate)',
    ({ call }) => call('POST', '/v1/sessions', { payload: '{"prompt":NaN}' }),
  ],
  ['POST /v1/sessions', 'answer', post('/v1/sessions', { prompt: 'x' })],
  [
    'POST /v1/sessions',
    'answer to the same idempotent request again',
    async ({ send }) => {
      await send('POST', '/v1/sessions', { prompt: 'x', idempotent: true })
      return send('POST', '/v1/sessions', { prompt: 'x', idempotent: true })
    },
  ],
  [
    'POST /v1/sessions',
    'answer to a `structured_output_schema` that refers to another document',
    post('/v1/sessions', { prompt: 'x', structured_output_schema: { $ref: 'https://example.com/schema' } }),
  ],
  [
    'POST /v1/sessions',
    'answer to an organization without quota',
    post('/v1/sessions', { prompt: 'x [fake:out-of-quota]' }),
  ],
  [
    'GET /v1/sessions/{session_id}',
    'answer to an unknown id, and to another organization’s',
    getAt(`/v1/sessions/${NOWHERE}`),
  ],
  [
    'DELETE /v1/sessions/{session_id}',
    'answer',
    async (fake) => fake.call('DELETE', `/v1/sessions/${await newSession(fake)}`),
  ],
  [
    'DELETE /v1/sessions/{session_id}',
    'answer to a session that has ended (terminated, expired or failed)',
    async (fake) => fake.call('DELETE', `/v1/sessions/${await endedSession(fake)}`),
  ],
  [
    'DELETE /v1/sessions/{session_id}',
    'answer to a finished session',
    async (fake) => {
      const id = await newSession(fake)
      fake.advance(100)
      return fake.call('DELETE', `/v1/sessions/${id}`)
    },
  ],
  [
    'DELETE /v1/sessions/{session_id}',
    'answer to an unknown id, and to another organization’s',
    deleteAt(`/v1/sessions/${NOWHERE}`),
  ],
  [
    'POST /v1/sessions/{session_id}/message',
    'the operation',
    async (fake) => fake.send('POST', `/v1/sessions/${await newSession(fake)}/message`, { message: 'm' }),
  ],
  [
    'POST /v1/sessions/{session_id}/message',
    'answer to a suspended session, which receives the message',
    async (fake) => {
      const id = await newSession(fake)
      const events = [{ at: NOW, effect: { status: 'suspended' } }]
      await fake.organization.sessions.update(id, (session) => ({ ...session, events }))
      return fake.send('POST', `/v1/sessions/${id}/message`, { message: 'm' })
    },
  ],
  [
    'POST /v1/sessions/{session_id}/message',
    'answer to a session that has ended, which does not receive the message',
    async (fake) => fake.send('POST', `/v1/sessions/${await endedSession(fake)}/message`, { message: 'm' }),
  ],
  [
    'POST /v1/sessions/{session_id}/message',
    'answer to an unknown id, and to another organization’s',
    post(`/v1/sessions/${NOWHERE}/message`, { message: 'm' }),
  ],
  [
    'PUT /v1/sessions/{session_id}/tags',
    'the operation',
    async (fake) => fake.send('PUT', `/v1/sessions/${await newSession(fake)}/tags`, { tags: [] }),
  ],
  [
    'PUT /v1/sessions/{session_id}/tags',
    'answer to an unknown id, and to another organization’s',
    put(`/v1/sessions/${NOWHERE}/tags`, { tags: [] }),
  ],
  ['POST /v1/attachments', 'form of the URL', upload('name="file"; filename="notes.txt"\r\n\r\nhello')],
  ['POST /v1/attachments', 'answer to a form without the file', upload()],
  [
    'POST /v1/attachments',
    'answer to a multipart body without a boundary',
    ({ call }) =>
      call('POST', '/v1/attachments', { payload: 'x', headers: { 'content-type': 'multipart/form-data' } }),
  ],
  [
    'POST /v1/attachments',
    'answer to more than 1000 files',
    upload(...repeated(1001, 'name="file"; filename="f"\r\n\r\n')),
  ],
  [
    'POST /v1/attachments',
    'answer to more than 1000 text fields',
    upload(...repeated(1001, 'name="file"\r\n\r\n')),
  ],
  [
    'POST /v1/attachments',
    'answer to a text field of more than 1 MiB',
    upload(`name="file"\r\n\r\n${'x'.repeat(2 ** 20 + 1)}`),
  ],
  [
    'POST /v1/attachments',
    'answer to an upload that is too large',
    upload(`name="file"; filename="f"\r\n\r\n${'x'.repeat(LIMITS.uploadBytes)}`),
  ],
  [
    'GET /v1/attachments/{uuid}/{name}',
    'answer to an unknown attachment, or to a known one with another name',
    getAt(`/v1/attachments/${UUID}/f`),
  ],
  ['GET /attachments/{uuid}/{name}', 'answer to an unknown attachment', getAt(`/attachments/${UUID}/f`)],
  [
    'GET /_fake/storage/{org_id}/{uuid}/{name}',
    'answer to a signature that is wrong or older than 60 seconds',
    getAt(`/_fake/storage/org-1/${UUID}/f?expires=${NOW}&signature=x`),
  ],
  ['POST /v1/secrets', 'answer to a new secret', post('/v1/secrets', secret)],
  [
    'POST /v1/secrets',
    'answer to a key that the organization already uses',
    async ({ send }) => {
      await send('POST', '/v1/secrets', secret)
      return send('POST', '/v1/secrets', secret)
    },
  ],
  [
    'DELETE /v1/secrets/{secret_id}',
    'answer to a deletion',
    async ({ send, call }) => {
      const { id } = (await send('POST', '/v1/secrets', secret)).json()
      return call('DELETE', `/v1/secrets/${id}`)
    },
  ],
  [
    'DELETE /v1/secrets/{secret_id}',
    'answer to an unknown or deleted id, and to another organization’s',
    deleteAt('/v1/secrets/secret-1'),
  ],
  ['PUT /v1/knowledge/{note_id}', 'answer to an unknown id', put('/v1/knowledge/note-1', note)],
  [
    'DELETE /v1/knowledge/{note_id}',
    'the operation',
    async ({ send, call }) => {
      const { id } = (await send('POST', '/v1/knowledge', note)).json()
      return call('DELETE', `/v1/knowledge/${id}`)
    },
  ],
  ['DELETE /v1/knowledge/{note_id}', 'answer to an unknown id', deleteAt('/v1/knowledge/note-1')],
  [
    'POST /v1/playbooks',
    'answer to a macro that another playbook has',
    async (fake) => {
      await newPlaybook(fake, '!m')
      return fake.send('POST', '/v1/playbooks', { title: 't', body: 'b', macro: '!m' })
    },
  ],
  [
    'GET /v1/playbooks/{playbook_id}',
    'answer to an unknown or deleted id',
    async (fake) => {
      const id = await newPlaybook(fake, '!m')
      await fake.call('DELETE', `/v1/playbooks/${id}`)
      return fake.call('GET', `/v1/playbooks/${id}`)
    },
  ],
  [
    'PUT /v1/playbooks/{playbook_id}',
    'the operation',
    async (fake) =>
      fake.send('PUT', `/v1/playbooks/${await newPlaybook(fake, '!m')}`, { title: 't', body: 'b' }),
  ],
  [
    'PUT /v1/playbooks/{playbook_id}',
    'answer to a macro that another playbook has',
    async (fake) => {
      await newPlaybook(fake, '!m')
      const url = `/v1/playbooks/${await newPlaybook(fake, '!n')}`
      return fake.send('PUT', url, { title: 't', body: 'b', macro: '!m' })
    },
  ],
  [
    'PUT /v1/playbooks/{playbook_id}',
    'answer to an unknown or deleted id',
    put('/v1/playbooks/playbook-1', { title: 't', body: 'b' }),
  ],
  [
    'DELETE /v1/playbooks/{playbook_id}',
    'the operation',
    async (fake) => fake.call('DELETE', `/v1/playbooks/${await newPlaybook(fake, '!m')}`),
  ],
  [
    'DELETE /v1/playbooks/{playbook_id}',
    'answer to an unknown or deleted id',
    deleteAt('/v1/playbooks/playbook-1'),
  ],
  ['GET /v1/auth_status', 'the operation', getAt('/v1/auth_status')],
  [
    'GET /v1/audit-logs',
    'an entry',
    async ({ send, call }) => {
      await send('POST', '/v1/secrets', secret)
      return call('GET', '/v1/audit-logs')
    },
  ],
  [
    'GET /v1/enterprise/consumption',
    'answer to an invalid date',
    getAt('/v1/enterprise/consumption?start_date=2026-02-30&end_date=2026-03-01'),
  ],
]

/** Returns the status and body of a response, with `<…>` for the parts that vary. */
function exactAnswer({ statusCode, body }: LightMyRequestResponse): string {
  const text = body
    .replaceAll(/[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-a[0-9a-f]{3}-[0-9a-f]{12}/g, '<uuid>')
    .replaceAll(/[0-9a-f]{32}/g, '<32 hex>')
    .replaceAll(/\|[0-9a-f]{24}/g, '|<24 hex>')
    .replaceAll(/\b\d{13}\b/g, '<milliseconds>')
    .replaceAll('localhost:80', '<host>')
  return text === '' ? String(statusCode) : `${statusCode} ${text}`
}

for (const [subject, what, proof] of proofs) {
  t.test(`${subject} matches the ledger: ${what}`, async (t) => {
    const row = fidelity.find((row) => subjectOf(row) === subject && row.what === what)
    const fake = await startFake(t, { limits: LIMITS })

    t.equal(row?.value, exactAnswer(await proof(fake)))
  })
}

t.test('every exact answer in the ledger has a test', (t) => {
  const quoted = fidelity.filter(({ value }) => isExact(value)).map((row) => [subjectOf(row), row.what])

  t.same(quoted, inLedgerOrder(proofs.map(([subject, what]) => [subject, what])))
  t.end()
})

function inLedgerOrder(pairs: (readonly string[])[]): (readonly string[])[] {
  const position = ([subject, what]: readonly string[]) =>
    fidelity.findIndex((row) => subjectOf(row) === subject && row.what === what)
  return pairs.toSorted((a, b) => position(a) - position(b))
}

t.test('the ledger contains every error that routes throw', (t) => {
  const resources = ['secret', 'session', 'note', 'playbook', 'attachment'] as const
  const operationErrors = [
    ...resources.map((resource) => new NotFound(resource)),
    new Conflict('secret'),
    new Conflict('playbook'),
    new AlreadyEnded(),
  ]
  const thrown = [
    ...operationErrors.map(operationException),
    authException(new AuthError('missing'), new Answers()),
    authException(new AuthError('unknown'), new Answers()),
    badDate(),
  ]

  const quoted = new Set(fidelity.map(({ value }) => value))
  for (const { statusCode, detail } of thrown) {
    t.ok(quoted.has(`${statusCode} ${JSON.stringify({ detail })}`), `${statusCode} ${detail}`)
  }
  t.end()
})

t.test('every route outside the control plane has a row', async (t) => {
  const known = new Set(fidelity.map(({ operation }) => operation))

  for (const route of await registeredRoutes()) {
    if (!/ \/_fake(?:\/|$)/.test(route)) t.ok(known.has(route), route)
  }
})

t.test('every row is about an existing operation', async (t) => {
  const registered = new Set(await registeredRoutes())

  for (const { operation } of fidelity) {
    if (operation !== undefined) t.ok(registered.has(operation), operation)
  }
})

t.test('no two rows have the same subject and question', (t) => {
  const questions = fidelity.map((row) => `${subjectOf(row)}: ${row.what}`)

  t.same(
    questions.filter((question, index) => questions.indexOf(question) !== index),
    [],
  )
  t.end()
})

t.test('every setting in the ledger is a flag', (t) => {
  const flags = Object.values(FLAGS).map(({ name }) => `--${name}`)

  for (const { setting } of fidelity) if (setting !== undefined) t.ok(flags.includes(setting), setting)
  t.end()
})

t.test('docs/fidelity.md is up to date with `npm run docs`', (t) => {
  const page = readFileSync(new URL('../../docs/fidelity.md', import.meta.url), 'utf8')

  t.equal(page, fidelityMarkdown(fidelity, openQuestions))
  t.end()
})
