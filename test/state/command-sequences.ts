// Random command sequences for property-based tests of the state of a server.
import fc from 'fast-check'
import type { FastifyInstance, InjectOptions } from 'fastify'
import { KEY } from '../fake.ts'
import { json } from './server.ts'

/** One request to the API or the control plane. Numbers select among the records that exist when it runs. */
export interface Command {
  readonly organization: number
  readonly name: keyof typeof commands
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

/** The organization in which a command runs. */
interface Context {
  readonly key: string
  readonly orgId: string
  call(
    method: string,
    url: string,
    options?: Partial<InjectOptions>,
  ): Promise<{ statusCode: number; body: string }>
  /** Returns the id, at `member`, of one item of a list. */
  pickId(url: string, member: string, pick: number): Promise<string>
}

const commands = {
  addSecret: ({ call }: Context, { text, other, flag, pick }: Command) => {
    const type = ['cookie', 'key-value', 'totp'][pick % 3]
    const [key, note] = [text.toWellFormed(), other.toWellFormed()]
    return call('POST', '/v1/secrets', json({ type, key, value: note, sensitive: flag, note }))
  },
  deleteSecret: async ({ call, pickId }: Context, { pick }: Command) =>
    call('DELETE', `/v1/secrets/${await pickId('/v1/secrets', 'id', pick)}`),
  addSession: ({ call }: Context, { text, other, flag, pick, more }: Command) => {
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
  readSession: async ({ call, pickId }: Context, { pick }: Command) =>
    call('GET', `/v1/sessions/${await pickId('/v1/sessions', 'session_id', pick)}`),
  sendMessage: async ({ call, pickId }: Context, { pick, text }: Command) =>
    call(
      'POST',
      `/v1/sessions/${await pickId('/v1/sessions', 'session_id', pick)}/message`,
      json({ message: text }),
    ),
  tag: async ({ call, pickId }: Context, { pick, text }: Command) =>
    call(
      'PUT',
      `/v1/sessions/${await pickId('/v1/sessions', 'session_id', pick)}/tags`,
      json({ tags: [text] }),
    ),
  terminate: async ({ call, pickId }: Context, { pick }: Command) =>
    call('DELETE', `/v1/sessions/${await pickId('/v1/sessions', 'session_id', pick)}`),
  addEvent: async ({ call, pickId, orgId }: Context, { pick, text, more }: Command) =>
    call(
      'POST',
      `/_fake/sessions/${await pickId('/v1/sessions', 'session_id', pick)}/events`,
      json({
        org_id: orgId,
        message: text,
        acus: more / 2,
        structured_output: [{ a: text, n: 1e300 }, { $sample: 'full' }, null][more % 3],
        ...(more % 2 === 0 && { status_enum: 'blocked' }),
      }),
    ),
  upload: ({ call }: Context, { bytes, other, flag }: Command) => {
    const name = encodeURIComponent(other.toWellFormed())
    const disposition = `Content-Disposition: form-data; name="file"; filename="f${name}"`
    const head = `--b\r\n${disposition}${flag ? '\r\nContent-Type: text/plain; charset="é"' : ''}\r\n\r\n`
    return call('POST', '/v1/attachments', {
      payload: Buffer.concat([Buffer.from(head), bytes, Buffer.from('\r\n--b--\r\n')]),
      headers: { 'content-type': 'multipart/form-data; boundary=b' },
    })
  },
  addKnowledge: ({ call }: Context, { text, other, flag }: Command) =>
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
  changeKnowledge: async ({ call, pickId }: Context, { pick, text }: Command) =>
    call(
      'PUT',
      `/v1/knowledge/${await pickId('/v1/knowledge', 'id', pick)}`,
      json({ name: text, body: '', trigger_description: '', parent_folder_id: text }),
    ),
  deleteKnowledge: async ({ call, pickId }: Context, { pick }: Command) =>
    call('DELETE', `/v1/knowledge/${await pickId('/v1/knowledge', 'id', pick)}`),
  addPlaybook: ({ call }: Context, { text, other, flag }: Command) =>
    call(
      'POST',
      '/v1/playbooks',
      json({ title: `t${text}`, body: `b${other}`, ...(flag && { macro: text }) }),
    ),
  changePlaybook: async ({ call, pickId }: Context, { pick, text, other }: Command) =>
    call(
      'PUT',
      `/v1/playbooks/${await pickId('/v1/playbooks', 'playbook_id', pick)}`,
      json({ title: `t${text}`, body: 'b', macro: other }),
    ),
  deletePlaybook: async ({ call, pickId }: Context, { pick }: Command) =>
    call('DELETE', `/v1/playbooks/${await pickId('/v1/playbooks', 'playbook_id', pick)}`),
  setClock: ({ call, orgId }: Context, { pick, flag, more }: Command) =>
    call(
      'PUT',
      '/_fake/clock',
      json({
        ...(flag && { org_id: orgId }),
        ...(more % 2 === 0 && { now: `2026-0${1 + (pick % 9)}-02T03:04:05.00000${more}Z` }),
        ...(pick % 3 === 0 && { frozen: more % 3 === 0, speed: [0.5, 60, 'instant'][more % 3] }),
      }),
    ),
  advance: ({ call, orgId }: Context, { flag, more }: Command) =>
    call('POST', '/_fake/clock/advance', json({ seconds: more * 7.25, ...(flag && { org_id: orgId }) })),
  addRule: ({ call, orgId }: Context, { pick, text, flag, more }: Command) => {
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
  deleteRule: async ({ call }: Context, { pick }: Command) => {
    const { rules } = JSON.parse((await call('GET', '/_fake/scenarios')).body)
    return call('DELETE', `/_fake/scenarios/${rules[pick % rules.length]?.id}`)
  },
  revokeKey: ({ call }: Context, { pick }: Command) =>
    call('POST', '/_fake/keys/revoke', json({ key: `apk_throwaway-${pick}` })),
} satisfies Record<string, (context: Context, command: Command) => Promise<unknown>>

const names = Object.keys(commands) as (keyof typeof commands)[]

/** A sequence of commands. */
export const commandSequence: fc.Arbitrary<Command[]> = fc.array(
  fc.record({
    organization: fc.nat(2),
    name: fc.oneof(
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

/** Creates two organizations. Returns their keys and that of the default one. */
export async function createOrganizations(app: FastifyInstance): Promise<string[]> {
  const one = await app.inject({ method: 'POST', url: '/_fake/organizations' })
  const other = await app.inject({ method: 'POST', url: '/_fake/organizations', ...json({ name: 'Other' }) })
  return [KEY, one.json().keys.personal, other.json().keys.service]
}

/** Runs a sequence of commands. Throws if a response has a 5xx status. */
export async function runCommands(
  app: FastifyInstance,
  keys: readonly string[],
  sequence: readonly Command[],
) {
  for (const command of sequence) {
    const key = keys[command.organization % keys.length] ?? ''
    const call: Context['call'] = async (method, url, { headers, ...rest } = {}) => {
      const response = await app.inject({
        method: method as 'GET',
        url,
        headers: { authorization: `Bearer ${key}`, ...headers },
        ...rest,
      })
      if (response.statusCode >= 500) throw new Error(`${method} ${url}: ${response.statusCode}`)
      return response
    }
    const context: Context = {
      key,
      orgId: JSON.parse((await call('POST', '/v1/playbooks', json({ title: 't', body: 'b' }))).body).org_id,
      call,
      pickId: async (url, member, pick) => {
        const body = JSON.parse((await call('GET', url)).body)
        const list = Array.isArray(body) ? body : (body.sessions ?? body.knowledge)
        return list[pick % list.length]?.[member] ?? 'none'
      },
    }
    await commands[command.name](context, command)
  }
}
