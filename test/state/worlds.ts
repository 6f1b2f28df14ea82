import fc from 'fast-check'
import type { FastifyInstance, InjectOptions } from 'fastify'
import type { Test } from 'tap'
import { buildApp } from '../../src/app.ts'
import { KeyRegistry } from '../../src/auth/keys.ts'
import { seededIds } from '../../src/base/ids.ts'
import { Organizations } from '../../src/organization/organizations.ts'
import { memoryStore } from '../../src/store/memory.ts'
import { frozenClock, KEY } from '../fake.ts'

/** A server whose ids and time are the same in every run. */
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

/** One call of a client or of whoever pulls the strings. Numbers choose among what there is then. */
export interface Act {
  readonly world: number
  readonly do: keyof typeof acts
  readonly pick: number
  readonly text: string
  readonly other: string
  readonly flag: boolean
  readonly bytes: Uint8Array
  readonly more: number
}

const text = fc.oneof(
  fc.constantFrom(
    'a',
    'b',
    '!macro',
    'Fix it\nnow',
    '[fake:never] x',
    '[fake:three-reads]',
    '[fake:mine]',
    '{{x}}',
  ),
  fc.string({ unit: 'grapheme', maxLength: 12 }),
  fc.string({ unit: 'binary', maxLength: 6 }),
)

const NUMBERS = [
  '1',
  '9007199254740993',
  '1152921504606846977',
  '1e3',
  `1${'0'.repeat(25)}`,
  `1${'0'.repeat(400)}`,
]
const SCHEMA =
  '{"type":"object","properties":{"a":{"type":"integer"}},"required":["a"],"maxProperties":1e300}'

const json = (body: unknown): Partial<InjectOptions> => ({
  payload: typeof body === 'string' ? body : JSON.stringify(body),
  headers: { 'content-type': 'application/json' },
})

/** What is known of the world an act is done in. */
interface World {
  readonly key: string
  readonly orgId: string
  call(
    method: string,
    url: string,
    options?: Partial<InjectOptions>,
  ): Promise<{ statusCode: number; body: string }>
  /** The id, at `member`, of one of what a list has. */
  one(url: string, member: string, pick: number): Promise<string>
}

const acts = {
  addSecret: ({ call }: World, { text, other, flag, pick }: Act) => {
    const type = ['cookie', 'key-value', 'totp'][pick % 3]
    const [key, note] = [text.toWellFormed(), other.toWellFormed()]
    return call('POST', '/v1/secrets', json({ type, key, value: note, sensitive: flag, note }))
  },
  deleteSecret: async ({ call, one }: World, { pick }: Act) =>
    call('DELETE', `/v1/secrets/${await one('/v1/secrets', 'id', pick)}`),
  addSession: ({ call }: World, { text, other, flag, pick, more }: Act) => {
    const body = JSON.stringify({
      prompt: text,
      title: pick % 2 ? other : null,
      tags: [other, 't'],
      idempotent: flag,
      unlisted: flag,
      ...(pick % 3 === 0 && { session_secrets: [{ key: 'K', value: 'v' }], snapshot_id: other }),
      ...(pick % 5 === 0 && { secret_ids: [], knowledge_ids: [other], playbook_id: text }),
    })
    const schema = more % 4 === 0 ? `,"structured_output_schema":${SCHEMA}` : ''
    return call(
      'POST',
      '/v1/sessions',
      json(`${body.slice(0, -1)},"max_acu_limit":${NUMBERS[more]}${schema}}`),
    )
  },
  readSession: async ({ call, one }: World, { pick }: Act) =>
    call('GET', `/v1/sessions/${await one('/v1/sessions', 'session_id', pick)}`),
  sendMessage: async ({ call, one }: World, { pick, text }: Act) =>
    call(
      'POST',
      `/v1/sessions/${await one('/v1/sessions', 'session_id', pick)}/message`,
      json({ message: text }),
    ),
  tag: async ({ call, one }: World, { pick, text }: Act) =>
    call('PUT', `/v1/sessions/${await one('/v1/sessions', 'session_id', pick)}/tags`, json({ tags: [text] })),
  terminate: async ({ call, one }: World, { pick }: Act) =>
    call('DELETE', `/v1/sessions/${await one('/v1/sessions', 'session_id', pick)}`),
  addEvent: async ({ call, one, orgId }: World, { pick, text, more }: Act) =>
    call(
      'POST',
      `/_fake/sessions/${await one('/v1/sessions', 'session_id', pick)}/events`,
      json({
        org_id: orgId,
        message: text,
        acus: more / 2,
        structured_output: [{ a: text, n: 1e300 }, { $sample: 'full' }, null][more % 3],
        ...(more % 2 === 0 && { status_enum: 'blocked' }),
      }),
    ),
  upload: ({ call }: World, { bytes, other, flag }: Act) => {
    const name = encodeURIComponent(other.toWellFormed())
    const disposition = `Content-Disposition: form-data; name="file"; filename="f${name}"`
    const head = `--b\r\n${disposition}${flag ? '\r\nContent-Type: text/plain; charset="é"' : ''}\r\n\r\n`
    return call('POST', '/v1/attachments', {
      payload: Buffer.concat([Buffer.from(head), bytes, Buffer.from('\r\n--b--\r\n')]),
      headers: { 'content-type': 'multipart/form-data; boundary=b' },
    })
  },
  addKnowledge: ({ call }: World, { text, other, flag }: Act) =>
    call(
      'POST',
      '/v1/knowledge',
      json({
        name: text,
        body: other,
        trigger_description: text,
        ...(flag && { macro: other, pinned_repo: text }),
      }),
    ),
  changeKnowledge: async ({ call, one }: World, { pick, text }: Act) =>
    call(
      'PUT',
      `/v1/knowledge/${await one('/v1/knowledge', 'id', pick)}`,
      json({ name: text, body: '', trigger_description: '', parent_folder_id: text }),
    ),
  deleteKnowledge: async ({ call, one }: World, { pick }: Act) =>
    call('DELETE', `/v1/knowledge/${await one('/v1/knowledge', 'id', pick)}`),
  addPlaybook: ({ call }: World, { text, other, flag }: Act) =>
    call(
      'POST',
      '/v1/playbooks',
      json({ title: `t${text}`, body: `b${other}`, ...(flag && { macro: text }) }),
    ),
  changePlaybook: async ({ call, one }: World, { pick, text, other }: Act) =>
    call(
      'PUT',
      `/v1/playbooks/${await one('/v1/playbooks', 'playbook_id', pick)}`,
      json({ title: `t${text}`, body: 'b', macro: other }),
    ),
  deletePlaybook: async ({ call, one }: World, { pick }: Act) =>
    call('DELETE', `/v1/playbooks/${await one('/v1/playbooks', 'playbook_id', pick)}`),
  setClock: ({ call, orgId }: World, { pick, flag, more }: Act) =>
    call(
      'PUT',
      '/_fake/clock',
      json({
        ...(flag && { org_id: orgId }),
        ...(more % 2 === 0 && { now: `2026-0${1 + (pick % 9)}-02T03:04:05.00000${more}Z` }),
        ...(pick % 3 === 0 && { frozen: more % 3 === 0, speed: [0.5, 60, 'instant'][more % 3] }),
      }),
    ),
  advance: ({ call, orgId }: World, { flag, more }: Act) =>
    call('POST', '/_fake/clock/advance', json({ seconds: more * 7.25, ...(flag && { org_id: orgId }) })),
  addRule: ({ call, orgId }: World, { pick, text, flag, more }: Act) => {
    const inline = { steps: [{ after_reads: 1 + (more % 3), message: 'hi', acus: 1.5 }], on_message: [] }
    return call(
      'POST',
      '/_fake/scenarios',
      json({
        ...(flag && { org_id: orgId }),
        ...(pick % 3 === 0 && { name: pick % 2 ? 'mine' : 'never' }),
        ...(pick % 3 !== 0 && { match: { prompt: text || 'x' } }),
        scenario: [inline, 'mine', 'never', 'blocked-then-finished'][more % 4],
      }),
    )
  },
  deleteRule: async ({ call }: World, { pick }: Act) => {
    const { rules } = JSON.parse((await call('GET', '/_fake/scenarios')).body)
    return call('DELETE', `/_fake/scenarios/${rules[pick % rules.length]?.id}`)
  },
  revokeKey: ({ call }: World, { pick }: Act) =>
    call('POST', '/_fake/keys/revoke', json({ key: `apk_throwaway-${pick}` })),
} satisfies Record<string, (world: World, act: Act) => Promise<unknown>>

const names = Object.keys(acts) as (keyof typeof acts)[]

/** What is done to a server, in this order. */
export const story: fc.Arbitrary<Act[]> = fc.array(
  fc.record({
    world: fc.nat(2),
    do: fc.oneof(
      { weight: 1, arbitrary: fc.constant('addSession' as const) },
      { weight: 4, arbitrary: fc.constantFrom(...names) },
    ),
    pick: fc.nat(12),
    text,
    other: text,
    flag: fc.boolean(),
    bytes: fc.uint8Array({ maxLength: 40 }),
    more: fc.nat(5),
  }),
  { minLength: 5, maxLength: 40 },
)

/** The keys of the organizations that stories play in: the default one, and two others. */
export async function threeWorlds(app: FastifyInstance): Promise<string[]> {
  const one = await app.inject({ method: 'POST', url: '/_fake/organizations' })
  const other = await app.inject({ method: 'POST', url: '/_fake/organizations', ...json({ name: 'Other' }) })
  return [KEY, one.json().keys.personal, other.json().keys.service]
}

/** Plays a story. Nothing in it may crash the server. */
export async function play(app: FastifyInstance, keys: readonly string[], acted: readonly Act[]) {
  for (const act of acted) {
    const key = keys[act.world % keys.length] ?? ''
    const call: World['call'] = async (method, url, { headers, ...rest } = {}) => {
      const response = await app.inject({
        method: method as 'GET',
        url,
        headers: { authorization: `Bearer ${key}`, ...headers },
        ...rest,
      })
      if (response.statusCode >= 500) throw new Error(`${method} ${url}: ${response.statusCode}`)
      return response
    }
    const world: World = {
      key,
      orgId: JSON.parse((await call('POST', '/v1/playbooks', json({ title: 't', body: 'b' }))).body).org_id,
      call,
      one: async (url, member, pick) => {
        const body = JSON.parse((await call('GET', url)).body)
        const list = Array.isArray(body) ? body : (body.sessions ?? body.knowledge)
        return list[pick % list.length]?.[member] ?? 'none'
      },
    }
    await acts[act.do](world, act)
  }
}

/** Everything that the API says of everything, with addresses followed to the bytes. */
export async function answers(
  app: FastifyInstance,
  keys: readonly string[],
  state: StateText,
): Promise<string> {
  const said: string[] = []
  for (const key of keys) {
    const get = async (url: string) => {
      const response = await app.inject({ url, headers: { authorization: `Bearer ${key}` } })
      const { location = '', 'content-type': type } = response.headers
      said.push(`${url} ${response.statusCode} ${type} ${location} ${response.rawPayload.toString('latin1')}`)
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
  return JSON.stringify(said)
}

/** A state document as the server writes it. */
export type StateText = string

/** The state document of a server. */
export async function stateOf(app: FastifyInstance, query = '?reveal=true'): Promise<StateText> {
  const response = await app.inject(`/_fake/state${query}`)
  if (response.statusCode !== 200) throw new Error(`state: ${response.statusCode} ${response.body}`)
  return response.body
}

/** Puts a state document, and gives the status and the body of the answer. */
export async function putState(app: FastifyInstance, state: unknown, query = ''): Promise<[number, string]> {
  const { statusCode, body } = await app.inject({
    method: 'PUT',
    url: `/_fake/state${query}`,
    ...json(state),
  })
  return [statusCode, body]
}

/** Throws where two JSON texts differ in a byte, with the first place of it, which a diff of long texts would hide. */
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
  // JSON.parse does not tell large integers apart.
  const limits = (text: string) => String(text.match(/"max_acu_limit":[^,]+/g))
  if (limits(found) !== limits(wanted)) throw new Error(`${limits(found)} instead of ${limits(wanted)}`)
  if (found !== wanted) throw new Error('the same in another order, or written in another way')
}
