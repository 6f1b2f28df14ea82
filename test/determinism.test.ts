import type { OutgoingHttpHeaders } from 'node:http'
import type { FastifyInstance } from 'fastify'
import t, { type Test } from 'tap'
import { DEFAULT_ORG_ID } from '../src/auth/principal.ts'
import { startServer } from '../src/server/start.ts'
import { readConfig } from '../src/settings/config.ts'
import { builtIns } from '../src/simulation/scenarios.ts'
import { KEY, OTHER_ORG_KEY } from './fake.ts'
import { registeredRoutes } from './registered-routes.ts'

// `--seed-ids` and `--clock` guarantee that the same calls get the same bytes in every run.

const OTHER_ORG_ID = `org-${'b2'.repeat(16)}`

/** A call and the text of its answer. */
interface Exchange {
  readonly call: string
  readonly answer: string
}

interface Call {
  readonly body?: unknown
  readonly key?: string
  readonly form?: string
}

/** A client that records each answer of an application. */
class Client {
  readonly exchanges: Exchange[] = []
  readonly #app: FastifyInstance

  constructor(app: FastifyInstance) {
    this.#app = app
  }

  async call(method: string, url: string, { body, key = KEY, form }: Call = {}) {
    const json = { payload: JSON.stringify(body), headers: { 'content-type': 'application/json' } }
    const upload = { payload: form, headers: { 'content-type': 'multipart/form-data; boundary=b' } }
    const { headers, ...request } = form !== undefined ? upload : body !== undefined ? json : { headers: {} }
    const authorization = `Bearer ${key}`
    const res = await this.#app.inject({
      method: method as 'GET',
      url,
      ...request,
      headers: { authorization, ...headers },
    })
    const answer = `${res.statusCode}\n${headerLines(res.headers)}\n${res.body}`
    this.exchanges.push({ call: `${method} ${url}`, answer })
    return res
  }

  /** Sends a body and returns one member of the answer. */
  async made(url: string, body: unknown, member: string, key = KEY): Promise<string> {
    return (await this.call('POST', url, { body, key })).json()[member]
  }
}

/** Returns the header lines without the date, which by HTTP follows the machine's clock. */
function headerLines(headers: OutgoingHttpHeaders): string {
  return Object.entries(headers)
    .filter(([name]) => name !== 'date')
    .map(([name, value]) => `${name}: ${value}`)
    .join('\n')
}

const SCHEMA = {
  type: 'object',
  properties: {
    summary: { type: 'string' },
    files: { type: 'array', items: { type: 'string', format: 'uri' }, minItems: 2 },
    score: { type: 'number' },
    at: { type: 'string', format: 'date-time' },
  },
  required: ['summary'],
}

const FORM =
  '--b\r\nContent-Disposition: form-data; name="file"; filename="a b.txt"\r\n\r\nhello\r\n--b--\r\n'

async function secretsAndTexts(client: Client): Promise<void> {
  const secret = { type: 'key-value', key: 'TOKEN', value: 'v', sensitive: true, note: '' }
  const id = await client.made('/v1/secrets', secret, 'id')
  await client.call('POST', '/v1/secrets', { body: secret })
  await client.call('POST', '/v1/secrets', { body: secret, key: OTHER_ORG_KEY })
  await client.call('GET', '/v1/secrets')
  await client.call('DELETE', `/v1/secrets/${id}`)
  const note = { name: 'n', body: 'b', trigger_description: 't' }
  const noteId = await client.made('/v1/knowledge', note, 'id')
  await client.call('PUT', `/v1/knowledge/${noteId}`, { body: { ...note, name: 'm' } })
  await client.call('GET', '/v1/knowledge')
  await client.call('DELETE', `/v1/knowledge/${noteId}`)
  const playbook = { title: 't', body: 'b', macro: '!m' }
  const playbookId = await client.made('/v1/playbooks', playbook, 'playbook_id')
  await client.call('PUT', `/v1/playbooks/${playbookId}`, { body: { ...playbook, title: 'u' } })
  await client.call('GET', `/v1/playbooks/${playbookId}`)
  await client.call('GET', '/v1/playbooks')
  await client.call('DELETE', `/v1/playbooks/${playbookId}`)
}

async function attachments(client: Client): Promise<void> {
  const { pathname } = new URL((await client.call('POST', '/v1/attachments', { form: FORM })).json())
  const { headers } = await client.call('GET', pathname)
  await client.call('GET', `/v1${pathname}`)
  const stored = new URL(String(headers.location))
  await client.call('GET', stored.pathname + stored.search)
}

async function sessions(client: Client): Promise<void> {
  const advance = (seconds: number) => client.call('POST', '/_fake/clock/advance', { body: { seconds } })
  const ids: string[] = []
  for (const name of Object.keys(builtIns)) {
    const body = { prompt: `Do it [fake:${name}]`, tags: [name, 't'], structured_output_schema: SCHEMA }
    const created = await client.call('POST', '/v1/sessions', { body })
    if (created.statusCode === 200) ids.push(created.json().session_id)
    await advance(0.25)
  }
  for (const [index, id] of ids.entries()) {
    await client.call('GET', `/v1/sessions/${id}`)
    await client.call('GET', `/v1/session/${id}`)
    await client.call('POST', `/v1/sessions/${id}/message`, { body: { message: `And ${index}` } })
    await advance(3)
    await client.call('POST', `/v1/session/${id}/message`, { body: { message: 'Go on' } })
    await client.call('PUT', `/v1/sessions/${id}/tags`, { body: { tags: ['a', `${index}`] } })
    await client.call('PUT', `/v1/session/${id}/tags`, { body: { tags: ['b', `${index}`] } })
    await client.call('POST', `/_fake/sessions/${id}/events`, { body: { message: 'By hand: {{request}}' } })
    if (index % 4 === 0) await client.call('DELETE', `/v1/sessions/${id}`)
  }
  await advance(3600)
  for (const id of ids) await client.call('GET', `/v1/sessions/${id}`)
  for (const query of ['', '?limit=3&offset=2', '?tags=b', '?user_email=user@example.com']) {
    await client.call('GET', `/v1/sessions${query}`)
  }
  await client.call('POST', '/v1/sessions', { body: { prompt: 'once', idempotent: true } })
  await client.call('POST', '/v1/sessions', { body: { prompt: 'once', idempotent: true } })
  await client.call('POST', '/v1/sessions', { body: { prompt: 'elsewhere' }, key: OTHER_ORG_KEY })
  await client.call('GET', '/v1/sessions', { key: OTHER_ORG_KEY })
}

async function controlPlane(client: Client): Promise<void> {
  const rule = {
    match: { prompt: '/own$/' },
    scenario: { steps: [{ structured_output: { $sample: 'full' } }] },
  }
  const ruleId = await client.made('/_fake/scenarios', rule, 'id')
  await client.call('POST', '/v1/sessions', { body: { prompt: 'own', structured_output_schema: SCHEMA } })
  await client.call('GET', '/_fake/scenarios')
  await client.call('DELETE', `/_fake/scenarios/${ruleId}`)
  await client.call('GET', '/_fake/clock')
  await client.call('PUT', '/_fake/clock', { body: { speed: 60 } })
  await client.call('PUT', '/_fake/clock', { body: { now: '2026-03-04T05:06:07Z', org_id: OTHER_ORG_ID } })
  await client.call('POST', '/_fake/organizations', { body: {} })
  await client.call('GET', '/_fake/state?reveal=true')
}

/** Makes every call, including invalid ones and ones to unknown paths. */
async function callAll(client: Client): Promise<void> {
  await secretsAndTexts(client)
  await attachments(client)
  await sessions(client)
  await controlPlane(client)
  await client.call('GET', '/v1/auth_status')
  await client.call('GET', '/v1/audit-logs')
  await client.call('GET', '/v1/enterprise/consumption?start_date=2026-01-01&end_date=2026-12-31')
  await client.call('POST', '/v1/sessions', { body: { prompt: 5 } })
  await client.call('GET', '/v1/sessions/devin-unknown')
  await client.call('GET', '/v1/nowhere')
  await client.call('GET', '/v1/secrets', { key: 'apk_wrong' })
}

/** Starts a server from flags. The calls are injected, so its port does not show up in the answers. */
async function seededServer(t: Test, seed: number): Promise<FastifyInstance> {
  const argv = ['--seed-ids', String(seed), '--clock', '2026-01-02T03:04:05Z', '--port', '0']
  const server = await startServer({ ...readConfig({ argv, env: {} }), logLevel: 'silent' })
  t.teardown(() => server.close())
  return server.app
}

/** Returns the answers of a server to all calls. */
async function answersOf(app: FastifyInstance): Promise<Exchange[]> {
  const client = new Client(app)
  await callAll(client)
  return client.exchanges
}

/** Compares one answer at a time, so that a failure shows a single difference. */
function sameAnswers(t: Test, some: readonly Exchange[], others: readonly Exchange[]): void {
  t.ok(some.length > 200)
  t.equal(some.length, others.length)
  for (const [index, { call, answer }] of some.entries()) {
    t.equal(others[index]?.call, call)
    t.equal(others[index]?.answer, answer, call)
  }
}

t.test('two servers with the same seed and clock return identical bytes for every call', async (t) => {
  sameAnswers(t, await answersOf(await seededServer(t, 7)), await answersOf(await seededServer(t, 7)))
})

t.test('a server returns the same bytes again after a reset', async (t) => {
  const app = await seededServer(t, 7)
  const first = await answersOf(app)

  const res = await app.inject({ method: 'POST', url: '/_fake/reset' })

  t.equal(res.statusCode, 204)
  sameAnswers(t, first, await answersOf(app))
})

t.test('servers with different seeds generate no id in common', async (t) => {
  const idsOf = (exchanges: Exchange[]) =>
    new Set(exchanges.flatMap(({ answer }) => answer.match(/(?<![0-9a-f])[0-9a-f]{32}(?![0-9a-f])/g) ?? []))
  const one = idsOf(await answersOf(await seededServer(t, 7)))
  const other = idsOf(await answersOf(await seededServer(t, 8)))

  t.ok(one.size > 100)
  t.same(
    [...one].filter((id) => other.has(id)),
    [DEFAULT_ORG_ID, OTHER_ORG_ID].map((id) => id.replace('org-', '')),
  )
})

t.test('the calls cover every operation of the API', async (t) => {
  const calls = (await answersOf(await seededServer(t, 7))).map(({ call }) => call)

  for (const route of await registeredRoutes()) {
    if (!/ \/v1\//.test(route) || / \S+\.yaml$/.test(route)) continue
    const pattern = new RegExp(`^${route.replaceAll(/\{\w+\}/g, '[^/?]+')}(?:\\?|$)`)
    t.ok(
      calls.some((call) => pattern.test(call)),
      route,
    )
  }
})
