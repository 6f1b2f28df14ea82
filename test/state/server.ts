// A deterministic server for tests of its state, and helpers that read, replace and compare states.
import type { FastifyInstance, InjectOptions } from 'fastify'
import type { Test } from 'tap'
import { buildApp } from '../../src/app.ts'
import { KeyRegistry } from '../../src/auth/keys.ts'
import { seededIds } from '../../src/base/ids.ts'
import { Organizations } from '../../src/organization/organizations.ts'
import { memoryStore } from '../../src/store/memory.ts'
import { frozenClock, KEY } from '../fake.ts'

/** Starts a server with deterministic ids and a frozen clock. */
export async function aServer(t: Test, { strict = false } = {}): Promise<FastifyInstance> {
  const organizations = new Organizations({
    store: memoryStore(),
    clock: frozenClock,
    ids: (owner) => seededIds(5, owner),
  })
  const keys = new KeyRegistry({ strict, keys: [{ key: KEY }] })
  const app = await buildApp({ organizations, keys })
  t.teardown(() => app.close())
  return app
}

/** Returns the options of a request with a JSON body. */
export const json = (body: unknown): Partial<InjectOptions> => ({
  payload: typeof body === 'string' ? body : JSON.stringify(body),
  headers: { 'content-type': 'application/json' },
})

/** Returns the responses of all read operations as JSON. Redirects to attachments are followed. */
export async function allResponses(
  app: FastifyInstance,
  keys: readonly string[],
  state: StateText,
): Promise<string> {
  const responses: string[] = []
  for (const key of keys) {
    const get = async (url: string) => {
      const response = await app.inject({ url, headers: { authorization: `Bearer ${key}` } })
      const { location = '', 'content-type': type } = response.headers
      responses.push(
        `${url} ${response.statusCode} ${type} ${location} ${response.rawPayload.toString('latin1')}`,
      )
      return response
    }
    for (const url of ['/v1/secrets', '/v1/knowledge', '/v1/playbooks', '/v1/audit-logs?limit=200'])
      await get(url)
    const { sessions } = (await get('/v1/sessions?limit=1000')).json()
    for (const { session_id: id } of sessions) for (const _ of [1, 2]) await get(`/v1/sessions/${id}`)
    await get('/v1/enterprise/consumption?start_date=2026-01-01&end_date=2026-12-01')
    for (const { playbooks = [], attachments = [] } of JSON.parse(state).organizations) {
      for (const { id } of playbooks) await get(`/v1/playbooks/${id}`)
      for (const { id, name } of attachments) {
        const { location } = (await get(`/v1/attachments/${id}/${encodeURIComponent(name)}`)).headers
        if (location !== undefined) await get(new URL(String(location)).href.replace(/^http:\/\/[^/]+/, ''))
      }
    }
    await get('/_fake/clock')
  }
  return JSON.stringify(responses)
}

/** A state document as written by the server. */
export type StateText = string

/** Returns the state document of a server. */
export async function stateOf(app: FastifyInstance, query = '?reveal=true'): Promise<StateText> {
  const response = await app.inject(`/_fake/state${query}`)
  if (response.statusCode !== 200) throw new Error(`state: ${response.statusCode} ${response.body}`)
  return response.body
}

/** Replaces the state by a document. Returns the status and the body of the response. */
export async function putState(app: FastifyInstance, state: unknown, query = ''): Promise<[number, string]> {
  const { statusCode, body } = await app.inject({
    method: 'PUT',
    url: `/_fake/state${query}`,
    ...json(state),
  })
  return [statusCode, body]
}

/** Throws if two JSON texts are not identical. The error names the first difference, which a diff of long texts would hide. */
export function assertSame(found: string, wanted: string): void {
  const walk = (one: unknown, other: unknown, at: string): void => {
    if (one === other) return
    const isBoth = one !== null && other !== null && typeof one === 'object' && typeof other === 'object'
    if (!isBoth || Array.isArray(one) !== Array.isArray(other)) {
      throw new Error(`${at}: ${JSON.stringify(one)} instead of ${JSON.stringify(other)}`)
    }
    for (const name of new Set([...Object.keys(one), ...Object.keys(other)])) {
      walk(one[name as keyof typeof one], other[name as keyof typeof other], `${at}.${name}`)
    }
  }
  walk(JSON.parse(found), JSON.parse(wanted), '')
  // JSON.parse rounds large integers.
  const limits = (text: string) => String(text.match(/"max_acu_limit":[^,]+/g))
  if (limits(found) !== limits(wanted)) throw new Error(`${limits(found)} instead of ${limits(wanted)}`)
  if (found !== wanted) throw new Error('the same in another order, or written in another way')
}
