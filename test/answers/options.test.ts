// Every option of every question over HTTP, chosen for the server and, where that is possible, for one organization.
import type { LightMyRequestResponse } from 'fastify'
import t from 'tap'
import {
  ANSWER_NAMES,
  type AnswerName,
  type AnswerOption,
  QUESTIONS,
  SERVER_WIDE,
} from '../../src/answers/questions.ts'
import { KeyRegistry, type RegisteredKey } from '../../src/auth/keys.ts'
import { DEFAULT_ORG_ID } from '../../src/auth/principal.ts'
import { type Fake, NOW, startFake } from '../fake.ts'

const ORG = `/v3/organizations/${DEFAULT_ORG_ID}`
const bearer = (key: string) => ({ authorization: `Bearer ${key}` })

const registered: RegisteredKey[] = [
  { key: 'cog_session_user', permissions: ['UseDevinSessions'] },
  { key: 'cog_session_manager', permissions: ['ManageOrgSessions'] },
  { key: 'cog_account', permissions: ['ReadAccountMeta'] },
  { key: 'cog_other', orgId: 'org-other' },
  { key: 'cog_old', expiresAt: NOW },
]

/** Requests of v3, and the two things that most answers are compared by. */
const v3 = (fake: Fake, method: string, path: string, body?: unknown, key = 'cog_test') =>
  fake.call(method, path, {
    headers: { ...bearer(key), ...(body !== undefined && { 'content-type': 'application/json' }) },
    ...(body !== undefined && { payload: JSON.stringify(body) }),
  })
const seen = (answer: LightMyRequestResponse) =>
  answer.body === '' ? [answer.statusCode] : [answer.statusCode, answer.json()]
const statusOf = async (answer: Promise<LightMyRequestResponse>) => (await answer).statusCode

const secret = { type: 'cookie', key: 'A', value: 'v', sensitive: true }
const newSecret = async ({ send }: Fake) => (await send('POST', '/v1/secrets', secret)).json().id as string
const newSession = async ({ send }: Fake, tags: string[] = []) =>
  (await send('POST', '/v1/sessions', { prompt: 'x', tags })).json().session_id as string
const upload = ({ call }: Fake) =>
  call('POST', '/v1/attachments', {
    payload: '--b\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\n\r\nx\r\n--b--\r\n',
    headers: { 'content-type': 'multipart/form-data; boundary=b' },
  })

/** Creates sessions with tags, and resolves with the numbers of those that a list selects. */
async function selected(fake: Fake, list: (query: string) => Promise<LightMyRequestResponse>) {
  for (const tags of [['a'], ['b', 'a'], ['c']]) await newSession(fake, tags)
  const counts: number[] = []
  for (const query of ['tags=a&tags=b', 'tags=a', 'tags=c&tags=c', 'tags=x']) {
    const answer = (await list(query)).json()
    counts.push((answer.sessions ?? answer.items).length)
  }
  return counts
}

const problem = (status: number, title: string, detail: string, instance: string) => [
  status,
  { type: 'about:blank', title, status, detail, instance },
]

/** The request that asks a question, and the expected answer with each option. */
type Question<Name extends AnswerName> = readonly [
  ask: (fake: Fake) => Promise<unknown>,
  expected: Readonly<Record<AnswerOption<Name>, unknown>>,
]

const missingPrompt = { type: 'missing', loc: ['body', 'prompt'], msg: 'Field required', input: {} }
const invalid = (title: string) => ({
  title,
  status: 422,
  detail: 'Validation error',
  errors: [missingPrompt],
})

const questions: { readonly [Name in AnswerName]: Question<Name> } = {
  'v1-bad-key': [
    async ({ app }) => {
      const answers = ['apk_user_wrong', 'apk_expired', 'cog_test'].map((key) =>
        app.inject({ url: '/v1/secrets', headers: bearer(key) }),
      )
      return [...(await Promise.all(answers)).map(seen), seen(await app.inject('/v1/secrets'))]
    },
    Object.fromEntries(
      QUESTIONS['v1-bad-key'].map((option) => {
        const detail = option === '401-unauthenticated' ? 'Unauthenticated' : 'Unauthorized'
        const refused = [option === '403' ? 403 : 401, { detail }]
        const foreign = [403, { detail: 'Unauthorized' }]
        return [option, [refused, refused, foreign, [401, { detail: 'Unauthorized' }]]]
      }),
    ) as Record<AnswerOption<'v1-bad-key'>, unknown>,
  ],
  'v1-secret-list': [
    async (fake) => {
      const id = await newSecret(fake)
      const text = (await fake.call('GET', '/v1/secrets')).body
      return text.replaceAll(id, 'ID')
    },
    {
      array: '[{"id":"ID","type":"cookie","key":"A","created_at":"2026-01-02T03:04:05.678901Z"}]',
      object:
        '{"secrets":[{"secret_id":"ID","secret_type":"cookie","secret_name":"A","created_at":"2026-01-02T03:04:05.678901Z"}]}',
    },
  ],
  'v1-secret-note': [
    async ({ send }) => {
      const without = await send('POST', '/v1/secrets', secret)
      const empty = await send('POST', '/v1/secrets', { type: 'x' })
      return [
        without.statusCode,
        empty.json().detail.map(({ loc }: { loc: string[] }) => loc.at(-1)),
        await statusOf(send('POST', '/v1/secrets', { ...secret, key: 'B', note: null })),
        await statusOf(send('POST', '/v1/secrets', { ...secret, key: 'C', note: 'n' })),
      ]
    },
    {
      optional: [200, ['type', 'key', 'value', 'sensitive'], 200, 200],
      required: [422, ['type', 'key', 'value', 'sensitive', 'note'], 200, 200],
    },
  ],
  'v1-create-secret': [({ send }) => statusOf(send('POST', '/v1/secrets', secret)), { 200: 200, 201: 201 }],
  'v1-delete-secret': [
    async (fake) => seen(await fake.call('DELETE', `/v1/secrets/${await newSecret(fake)}`)),
    { 200: [200, { message: 'Secret deleted successfully' }], 204: [204] },
  ],
  'v1-unknown-secret': [
    async ({ call }) => seen(await call('DELETE', '/v1/secrets/secret-none')),
    { 404: [404, { detail: 'Secret not found' }], 403: [403, { detail: 'Unauthorized' }] },
  ],
  'v1-is-new-session': [
    async ({ send }) => {
      const answers = [{}, { idempotent: true }, { idempotent: true }].map((more) =>
        send('POST', '/v1/sessions', { prompt: 'x', ...more }),
      )
      return (await Promise.all(answers)).map((answer) => answer.json().is_new_session)
    },
    { null: [null, false, false], absent: [undefined, false, false] },
  ],
  'v1-session-status': [
    async (fake) => {
      const id = await newSession(fake)
      const one = (await fake.call('GET', `/v1/sessions/${id}`)).json()
      const old = (await fake.call('GET', `/v1/session/${id}`)).json()
      const [listed] = (await fake.call('GET', '/v1/sessions')).json().sessions
      return [one, old, listed].map(({ status, status_enum }) => `${status} ${status_enum}`)
    },
    {
      lifecycle: ['running working', 'running working', 'running working'],
      'status-enum': ['working working', 'working working', 'working working'],
    },
  ],
  'v1-tag-filter': [
    async (fake) =>
      [
        await selected(fake, (query) => fake.call('GET', `/v1/sessions?${query}`)),
        (await fake.call('GET', '/v1/sessions?tags=a,b')).json().sessions.length,
        (await fake.call('GET', '/v1/sessions')).json().sessions.length,
        await newSession(fake, ['d,e']),
        (await fake.call('GET', '/v1/sessions?tags=d,e')).json().sessions.length,
      ].filter((answer) => typeof answer !== 'string'),
    { any: [[2, 2, 1, 0], 2, 3, 1], all: [[1, 2, 1, 0], 1, 3, 1] },
  ],
  'v1-list-bounds': [
    ({ call }) =>
      Promise.all(
        ['limit=1001', 'limit=0', 'offset=-1', 'limit=1000&offset=0', ''].map((query) =>
          statusOf(call('GET', `/v1/sessions?${query}`)),
        ),
      ),
    { none: [200, 200, 200, 200, 200], limited: [422, 422, 422, 200, 200] },
  ],
  'v1-message': [
    async (fake) => {
      const id = await newSession(fake)
      const send = (path: string) => fake.send('POST', path, { message: 'm' })
      const received = [await send(`/v1/sessions/${id}/message`), await send(`/v1/session/${id}/message`)]
      await fake.call('DELETE', `/v1/sessions/${id}`)
      return [...received.map(seen), seen(await send(`/v1/sessions/${id}/message`))]
    },
    {
      200: [
        [200, null],
        [200, null],
        [200, { detail: 'Session has already exited' }],
      ],
      204: [[204], [204], [200, { detail: 'Session has already exited' }]],
    },
  ],
  'v1-message-path': [
    async (fake) => {
      const id = await newSession(fake)
      return [
        seen(await fake.send('POST', `/v1/sessions/${id}/message`, { message: 'm' })),
        await statusOf(fake.send('POST', `/v1/sessions/${id}/message`, {})),
        await statusOf(fake.send('POST', `/v1/session/${id}/message`, { message: 'm' })),
      ]
    },
    { both: [[200, null], 422, 200], singular: [[405, { detail: 'Method Not Allowed' }], 405, 200] },
  ],
  'v1-attachment-url': [
    async (fake) => {
      const { headers, body } = await upload(fake)
      return `${headers['content-type']} ${body.replace(/\/[0-9a-f-]{36}\//, '/UUID/')}`
    },
    {
      json: 'application/json "http://localhost:80/attachments/UUID/a.txt"',
      text: 'text/plain; charset=utf-8 http://localhost:80/attachments/UUID/a.txt',
    },
  ],
  'v1-playbook-list': [
    async ({ call }) => (await call('GET', '/v1/playbooks')).json(),
    { array: [], object: { items: [] } },
  ],
  'v1-delete-playbook': [
    async ({ call, send }) => {
      const { playbook_id: id } = (await send('POST', '/v1/playbooks', { title: 't', body: 'b' })).json()
      return seen(await call('DELETE', `/v1/playbooks/${id}`))
    },
    { 200: [200, { status: 'success' }], 204: [204] },
  ],
  'v3-bad-key': [
    async (fake) => {
      const keys = ['cog_wrong', 'cog_old', 'apk_user_x', 'cog_session_user']
      const answers = await Promise.all(keys.map((key) => v3(fake, 'GET', `${ORG}/secrets`, undefined, key)))
      return [...answers.map(seen), (await fake.app.inject('/v3/self')).statusCode]
    },
    Object.fromEntries(
      QUESTIONS['v3-bad-key'].map((option) => {
        const denied = problem(403, 'Forbidden', 'Unauthorized', `${ORG}/secrets`)
        const bad = option === '403' ? denied : problem(401, 'Unauthorized', 'Unauthorized', `${ORG}/secrets`)
        return [option, [bad, bad, denied, denied, Number(option)]]
      }),
    ) as Record<AnswerOption<'v3-bad-key'>, unknown>,
  ],
  'v3-unknown-organization': [
    async (fake) => [
      seen(await v3(fake, 'GET', `${ORG}/secrets`, undefined, 'cog_other')),
      await statusOf(v3(fake, 'GET', '/v3/organizations/acme/secrets')),
      await statusOf(v3(fake, 'GET', '/v3/organizations/org-other/secrets', undefined, 'cog_other')),
    ],
    {
      403: [problem(403, 'Forbidden', 'Unauthorized', `${ORG}/secrets`), 403, 200],
      404: [problem(404, 'Not Found', 'Organization not found', `${ORG}/secrets`), 404, 200],
    },
  ],
  'v3-422': [
    async (fake) => {
      const answer = await v3(fake, 'POST', `${ORG}/sessions`, {})
      const { type, instance, ...body } = answer.json()
      return [answer.statusCode, answer.headers['content-type'], body]
    },
    {
      problem: [422, 'application/problem+json', invalid('Unprocessable Entity')],
      'unprocessable-content': [422, 'application/problem+json', invalid('Unprocessable Content')],
      'detail-list': [422, 'application/json', { detail: [missingPrompt] }],
    },
  ],
  'v3-error-type': [
    async (fake) => {
      const answers = [
        await v3(fake, 'GET', `${ORG}/sessions/none`),
        await v3(fake, 'POST', `${ORG}/sessions`, {}),
      ]
      return answers.map(({ headers, body }) => `${headers['content-type']} ${JSON.parse(body).title}`)
    },
    {
      problem: ['application/problem+json Not Found', 'application/problem+json Unprocessable Entity'],
      json: ['application/json Not Found', 'application/json Unprocessable Entity'],
    },
  ],
  'v3-unknown-secret': [
    async (fake) => seen(await v3(fake, 'DELETE', `${ORG}/secrets/secret-none`)),
    {
      403: problem(403, 'Forbidden', 'Unauthorized', `${ORG}/secrets/secret-none`),
      404: problem(404, 'Not Found', 'Secret not found', `${ORG}/secrets/secret-none`),
    },
  ],
  'v3-created-status': [
    async (fake) => (await v3(fake, 'POST', `${ORG}/sessions`, { prompt: 'x' })).json().status,
    { new: 'new', running: 'running' },
  ],
  'v3-session-id': [
    async (fake) => {
      const { session_id: id } = (await v3(fake, 'POST', `${ORG}/sessions`, { prompt: 'x' })).json()
      const answers = [
        (await v3(fake, 'GET', `${ORG}/sessions/${id}`)).json(),
        (await v3(fake, 'GET', `${ORG}/sessions`)).json().items[0],
        (await v3(fake, 'GET', `${ORG}/sessions/${id}/insights`)).json(),
      ]
      return answers.map((answer) => answer.session_id === id && /^(?:devin-)?/.exec(id)?.[0])
    },
    { bare: ['', '', ''], prefixed: ['devin-', 'devin-', 'devin-'] },
  ],
  'v3-terminated-detail': [
    async (fake) => {
      const path = `${ORG}/sessions/${await newSession(fake)}`
      const detail = async () => (await v3(fake, 'GET', path)).json().status_detail
      const before = await detail()
      await v3(fake, 'DELETE', path)
      return [before, await detail()]
    },
    { null: [null, null], finished: [null, 'finished'] },
  ],
  'v3-session-attachments': [
    async (fake) => (await v3(fake, 'GET', `${ORG}/sessions/${await newSession(fake)}/attachments`)).json(),
    { array: [], object: { items: [] } },
  ],
  'v3-tag-filter': [
    async (fake) => [
      await selected(fake, (query) => v3(fake, 'GET', `${ORG}/sessions?${query}`)),
      (await v3(fake, 'GET', `${ORG}/sessions`)).json().items.length,
    ],
    { any: [[2, 2, 1, 0], 3], all: [[1, 2, 1, 0], 3] },
  ],
  'v3-total': [
    async (fake) => {
      await newSecret(fake)
      return (await v3(fake, 'GET', `${ORG}/secrets`)).json().total
    },
    { count: 1, null: null },
  ],
  'v3-last-cursor': [
    async (fake) => {
      const empty = (await v3(fake, 'GET', `${ORG}/secrets`)).json()
      await newSecret(fake)
      const last = (await v3(fake, 'GET', `${ORG}/secrets`)).json()
      const next = (await v3(fake, 'GET', `${ORG}/secrets?after=${last.end_cursor ?? ''}`)).json()
      return [empty.end_cursor, typeof last.end_cursor, last.has_next_page, next.items.length]
    },
    { null: [null, 'object', false, 1], set: [null, 'string', false, 0] },
  ],
  'v3-repeated-pr-review': [
    async (fake) => {
      const statuses: number[] = []
      for (const [number, seconds] of [[1], [1, 30], [2], [1, 30], [1]]) {
        const body = { pr_url: `https://github.com/owner/repo/pull/${number}` }
        statuses.push(await statusOf(v3(fake, 'POST', `${ORG}/pr-reviews`, body)))
        if (seconds !== undefined) fake.advance(seconds)
      }
      return statuses
    },
    { 200: [200, 200, 200, 200, 200], 409: [200, 409, 200, 409, 200] },
  ],
  'v3-self-permission': [
    (fake) =>
      Promise.all([
        ...['cog_test', 'cog_account', 'cog_session_user'].map((key) =>
          statusOf(v3(fake, 'GET', '/v3/self', undefined, key)),
        ),
        statusOf(v3(fake, 'POST', `${ORG}/sessions`, { prompt: 'x' }, 'cog_session_manager')),
      ]),
    { none: [200, 200, 200, 200], ReadAccountMeta: [200, 200, 403, 200] },
  ],
  'v3-create-session-permission': [
    (fake) =>
      Promise.all(
        ['cog_test', 'cog_session_manager', 'cog_session_user', 'cog_account'].map((key) =>
          statusOf(v3(fake, 'POST', `${ORG}/sessions`, { prompt: 'x' }, key)),
        ),
      ),
    { ManageOrgSessions: [200, 200, 403, 403], UseDevinSessions: [200, 200, 200, 403] },
  ],
}

for (const name of ANSWER_NAMES) {
  const [ask, expected] = questions[name] as readonly [
    (fake: Fake) => Promise<unknown>,
    Readonly<Record<string, unknown>>,
  ]
  for (const option of QUESTIONS[name]) {
    const scopes = SERVER_WIDE.includes(name) ? [{}] : [{}, { org_id: DEFAULT_ORG_ID }]
    for (const scope of scopes) {
      const where = 'org_id' in scope ? 'one organization' : 'all organizations'
      t.test(`${name}=${option}, chosen for ${where}, is how the question is answered`, async (t) => {
        const fake = await startFake(t, { keys: new KeyRegistry({ keys: registered }) })

        const chosen = await fake.send('PUT', '/_fake/answers', { ...scope, answers: { [name]: option } })

        t.match([chosen.statusCode, chosen.json().answers], [200, { [name]: option }])
        t.same(await ask(fake), expected[option])
      })
    }
  }
}
