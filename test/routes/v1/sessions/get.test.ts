import { createHook } from 'node:async_hooks'
import { setImmediate } from 'node:timers/promises'
import fc from 'fast-check'
import t, { type Test } from 'tap'
import { seededIds } from '../../../../src/base/ids.ts'
import { Organizations } from '../../../../src/organization/organizations.ts'
import type { Step } from '../../../../src/simulation/scenario.ts'
import { builtInScenarios, builtIns } from '../../../../src/simulation/scenarios.ts'
import { memoryStore } from '../../../../src/store/memory.ts'
import { ENGINE } from '../../../engine.ts'
import { type Fake, frozenClock, OTHER_ORG_KEY, startFake } from '../../../fake.ts'

// GET /v1/sessions/{session_id}: the response, the effect of reads on a session, and the resources that sessions keep open.

async function withSession(t: Test, params: object = {}) {
  const fake = await startFake(t)
  const { session_id: id } = (await fake.send('POST', '/v1/sessions', { prompt: 'Fix it', ...params })).json()
  return { ...fake, id, get: async () => (await fake.call('GET', `/v1/sessions/${id}`)).json() }
}

const texts = ({ messages }: { messages: { message: string }[] }) => messages.map(({ message }) => message)

t.test(
  'GET /v1/sessions/{session_id} returns a new session with its prompt as the first message',
  async (t) => {
    const { id, get } = await withSession(t)

    const session = await get()

    t.match(session.messages[0].event_id, /^event-[0-9a-f]{32}$/)
    t.strictSame(session, {
      session_id: id,
      status: 'running',
      status_enum: 'working',
      title: null,
      created_at: '2026-01-02T03:04:05.678901Z',
      updated_at: '2026-01-02T03:04:05.678901Z',
      snapshot_id: null,
      playbook_id: null,
      tags: [],
      pull_request: null,
      structured_output: null,
      messages: [
        {
          type: 'initial_user_message',
          event_id: session.messages[0].event_id,
          message: 'Fix it',
          timestamp: '2026-01-02T03:04:05.678901Z',
          username: 'user@example.com',
          origin: 'api',
          user_id: 'email|fa4ede710000000000000001',
        },
      ],
    })
  },
)

t.test('GET /v1/sessions/{session_id} returns a working session that finishes within seconds', async (t) => {
  const schema = { type: 'object', properties: { ok: { type: 'boolean' } }, required: ['ok'] }
  const { get, advance } = await withSession(t, { structured_output_schema: schema })

  advance(2)
  const working = await get()
  t.match(working, { status_enum: 'working', title: 'Fix it', pull_request: null, structured_output: null })
  t.same(texts(working), ['Fix it', "I'm on it: Fix it"])
  advance(8)
  const finished = await get()
  t.match(finished, {
    status: 'finished',
    status_enum: 'finished',
    pull_request: { url: /^https:\/\/github\.com\// },
    structured_output: { ok: Boolean },
    updated_at: '2026-01-02T03:04:13.678901Z',
  })
  t.match(finished.messages.at(-1), {
    type: 'devin_message',
    event_id: /^event-[0-9a-f]{32}$/,
    message: 'Done: Fix it',
    timestamp: '2026-01-02T03:04:13.678901Z',
    username: null,
    origin: null,
    user_id: null,
  })
  advance(1e6)
  t.strictSame(await get(), finished)
})

t.test(
  'GET /v1/sessions/{session_id} answers 404 for an unknown session and another organization’s',
  async (t) => {
    const { id, call } = await withSession(t)

    const answers = [
      await call('GET', '/v1/sessions/devin-nope'),
      await call('GET', `/v1/sessions/${id}x`),
      await call('GET', `/v1/sessions/${id}`, { headers: { authorization: `Bearer ${OTHER_ORG_KEY}` } }),
    ]

    for (const res of answers) {
      t.equal(res.statusCode, 404)
      t.same(res.json(), { detail: 'Session not found' })
    }
  },
)

t.test(
  'GET /v1/sessions/{session_id} accepts the id without its prefix and returns it with the prefix',
  async (t) => {
    const { id, call } = await withSession(t)

    const res = await call('GET', `/v1/sessions/${id.slice('devin-'.length)}`)

    t.equal(res.json().session_id, id)
  },
)

t.test('GET /v1/sessions/{session_id} runs a step with after_reads 3 on the third read', async (t) => {
  const { get } = await withSession(t, { prompt: '[fake:three-reads]' })

  const seen = []
  for (let read = 0; read < 4; read++) seen.push((await get()).status_enum)

  t.same(seen, ['working', 'working', 'finished', 'finished'])
})

t.test('GET /v1/sessions/{session_id} counts each concurrent read', async (t) => {
  const { get } = await withSession(t, { prompt: '[fake:three-reads]' })

  const seen = await Promise.all([get(), get(), get()])

  t.equal(seen.filter(({ status_enum: status }) => status === 'finished').length, 1)
})

t.test('GET /v1/sessions/{session_id} stores only the reads that the scenario waits for', async (t) => {
  const reads = async ({ organization }: Fake, id: string) =>
    (await organization.sessions.get(id))?.reads.length
  const plain = await withSession(t)
  const counting = await withSession(t, { prompt: '[fake:three-reads]' })

  for (let read = 0; read < 10; read++) {
    await plain.get()
    await counting.get()
  }

  t.equal(await reads(plain, plain.id), 0)
  t.equal(await reads(counting, counting.id), 3)
})

t.test('GET /v1/sessions/{session_id} returns the final state at once at instant speed', async (t) => {
  const { get, organization } = await withSession(t)
  organization.clock.adjust({ instant: true })

  t.match(await get(), { status_enum: 'finished', title: 'Fix it', pull_request: { url: String } })
})

t.test('GET /v1/sessions/{session_id} returns no user for a session of a service key', async (t) => {
  const { call } = await startFake(t)
  const headers = { authorization: 'Bearer apk_service' }
  const { session_id: id } = (
    await call('POST', '/v1/sessions', { payload: '{"prompt":"x"}', headers })
  ).json()

  t.match((await call('GET', `/v1/sessions/${id}`)).json().messages, [
    { type: 'initial_user_message', username: null, origin: 'api', user_id: null },
  ])
})

/** Starts a server that generates the same ids as any other such server. */
function startSeeded(t: Test): Promise<Fake> {
  const ids = (owner: string) => seededIds(1, owner)
  return startFake(t, { organizations: new Organizations({ store: memoryStore(), clock: frozenClock, ids }) })
}

const create = async ({ send }: Fake, prompt: string): Promise<string> =>
  (await send('POST', '/v1/sessions', { prompt })).json().session_id

/** The scenarios that depend on time and messages only. */
const timed = Object.entries(builtInScenarios)
  .filter(([, { steps, create_error }]) => !create_error && steps.every(({ after_reads }) => !after_reads))
  .map(([name]) => name)

/** A command that changes or reads a session. */
type Command =
  | { readonly kind: 'advance'; readonly seconds: number }
  | { readonly kind: 'message' | 'event' | 'terminate' }
  | { readonly kind: 'get' | 'old get' | 'list' }

const READS: readonly string[] = ['get', 'old get', 'list'] satisfies Command['kind'][]

const commands = fc.array(
  fc.oneof(
    fc.record({ kind: fc.constant('advance'), seconds: fc.constantFrom(0, 0.5, 2, 7, 61) } as const),
    fc.record({ kind: fc.constantFrom('message', 'message', 'event', 'terminate') } as const),
    fc.record({ kind: fc.constantFrom('get', 'get', 'old get', 'list') } as const),
  ),
  { maxLength: 14 },
)

async function run({ advance, call, send }: Fake, id: string, command: Command): Promise<void> {
  if (command.kind === 'advance') advance(command.seconds)
  else if (command.kind === 'message')
    await send('POST', `/v1/sessions/${id}/message`, { message: 'and this' })
  else if (command.kind === 'event')
    await send('POST', `/_fake/sessions/${id}/events`, { message: 'by hand' })
  else if (command.kind === 'terminate') await call('DELETE', `/v1/sessions/${id}`)
  else if (command.kind === 'list') await call('GET', '/v1/sessions')
  else await call('GET', `/v1/${command.kind === 'get' ? 'sessions' : 'session'}/${id}`)
}

t.test('property: reads do not change a session whose scenario counts no reads', async (t) => {
  t.ok(timed.length > 10)
  const observed = await startSeeded(t)
  const unobserved = await startSeeded(t)
  const stateOf = async (fake: Fake, id: string) => [
    (await fake.call('GET', `/v1/sessions/${id}`)).body,
    (await fake.call('GET', '/v1/sessions?limit=1')).body,
  ]

  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...timed), commands, async (name, commands) => {
      const id = await create(observed, `[fake:${name}]`)
      t.equal(await create(unobserved, `[fake:${name}]`), id)
      for (const command of commands) {
        await run(observed, id, command)
        if (!READS.includes(command.kind)) await run(unobserved, id, command)
      }
      t.strictSame(await stateOf(observed, id), await stateOf(unobserved, id))
    }),
    { numRuns: 60 },
  )
})

t.test(
  'property: a step that waits for reads counts each GET of its session once, and no other request',
  async (t) => {
    const fake = await startSeeded(t)
    const counting: Step[] = Array.from({ length: 20 }, (_, index) => ({
      after_reads: index + 1,
      message: `read ${index + 1}`,
    }))
    const rule = { name: 'counting', scenario: { steps: counting } }
    t.equal((await fake.send('POST', '/_fake/scenarios', rule)).statusCode, 201)
    const other = fc.constantFrom('other get', 'list', 'message', 'tags', 'advance', 'event')

    await fc.assert(
      fc.asyncProperty(fc.array(fc.oneof(fc.constant('get'), other), { maxLength: 20 }), async (names) => {
        const id = await create(fake, '[fake:counting]')
        const otherId = await create(fake, '[fake:counting]')
        const { messages } = (await fake.call('GET', `/v1/sessions/${otherId}`)).json()
        t.equal(messages.length, 2)
        let count = 0
        for (const name of names) {
          if (name === 'other get') await fake.call('GET', `/v1/sessions/${otherId}`)
          else if (name === 'list') await fake.call('GET', '/v1/sessions?limit=5')
          else if (name === 'message') await fake.send('POST', `/v1/sessions/${id}/message`, { message: 'm' })
          else if (name === 'tags') await fake.send('PUT', `/v1/sessions/${id}/tags`, { tags: ['a'] })
          else if (name === 'advance') fake.advance(3)
          else if (name === 'event') await fake.send('POST', `/_fake/sessions/${id}/events`, { message: 'e' })
          else {
            count++
            const { messages } = (await fake.call('GET', `/v1/sessions/${id}`)).json()
            const reads = messages.filter(({ message }: { message: string }) => message.startsWith('read '))
            t.same(
              reads.map(({ message }: { message: string }) => message),
              counting.slice(0, count).map(({ message }) => message),
            )
          }
        }
      }),
      { numRuns: 60 },
    )
  },
)

/** What the process has regardless of the server: its own turns, and output of the tests that a busy reader has not taken yet. */
const OF_THE_TEST = ['Immediate', 'SimpleWriteWrap']

/** Returns the resources that keep the process alive after pending work is done. */
async function activeResources(): Promise<string[]> {
  for (let turn = 0; turn < 5; turn++) await setImmediate()
  return process
    .getActiveResourcesInfo()
    .filter((name) => !OF_THE_TEST.includes(name))
    .sort()
}

// PostgreSQL's connection has timers of its own.
const skip = ENGINE === 'postgres'

t.test('sessions of every scenario start no timer and keep no resource open', { skip }, async (t) => {
  const { call, send } = await startFake(t)
  const timers: string[] = []
  // Includes timers that do not keep the process alive, but not Node's own for the Date header.
  const hook = createHook({
    init: (_id, type) => {
      const { stack = '' } = new Error(type)
      if (type === 'Timeout' && !stack.includes('node:internal/http')) timers.push(stack)
    },
  })
  t.teardown(() => hook.disable())
  const schema = { type: 'object', properties: { ok: { type: 'boolean' } } }
  const create = (name: string) =>
    send('POST', '/v1/sessions', { prompt: `[fake:${name}]`, structured_output_schema: schema })
  await create('default')
  const before = await activeResources()

  hook.enable()
  for (const name of Object.keys(builtIns)) {
    for (let count = 0; count < 3; count++) {
      const { session_id: id } = (await create(name)).json()
      if (count > 0) await call('GET', `/v1/sessions/${id}`)
      if (count > 1) await send('POST', `/v1/sessions/${id}/message`, { message: 'Go on' })
    }
  }
  await call('GET', '/v1/sessions')
  hook.disable()

  t.same(await activeResources(), before)
  t.same(timers, [])
})
