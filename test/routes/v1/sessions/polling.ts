import { Ajv } from 'ajv'
import type { Test } from 'tap'
import { randomIds } from '../../../../src/base/ids.ts'
import { Organizations } from '../../../../src/organization/organizations.ts'
import { memoryStore } from '../../../../src/store/memory.ts'
import { type Fake, NOW, startFake } from '../../../fake.ts'

/** What a client asks for as a session's output. */
export const OUTPUT_SCHEMA = {
  type: 'object',
  properties: {
    summary: { type: 'string', minLength: 1 },
    files: { type: 'array', items: { type: 'string' }, minItems: 1 },
    confidence: { type: 'number', minimum: 0, maximum: 1 },
  },
  required: ['summary'],
}

const fitsSchema = new Ajv().compile(OUTPUT_SCHEMA)

/** What a client looks at in `GET /v1/sessions/{session_id}`. */
export interface PolledSession {
  readonly status: string
  readonly status_enum: string | null
  readonly updated_at: string
  readonly messages: readonly {
    readonly type: string
    readonly message: string
    readonly timestamp: string
  }[]
  readonly pull_request: { readonly url: string } | null
  readonly structured_output: unknown
}

/** What a client saw from one poll to the next. */
export interface Polled {
  /** `status/status_enum` of each answer that differed from the one before in that. */
  readonly seen: string[]
  /** The last answer. */
  readonly session: PolledSession
  /** How often it asked. */
  readonly count: number
}

/** A client, and the server that it polls once in a second of its own. */
export interface Poller extends Fake {
  /** Makes a session with `OUTPUT_SCHEMA`. */
  create(prompt: string, params?: object): Promise<string>
  /** Polls until the answer is what the client waits for, or so many times. What no session may do fails the test. */
  poll(id: string, isAwaited: (session: PolledSession) => boolean, countMax?: number): Promise<Polled>
  /** Sends a message; gives the body of the answer, which must be a 200. */
  say(id: string, message: string): Promise<unknown>
}

/** Starts a server at a speed, whose clock moves by a second with each poll and no further. */
export async function startPolling(t: Test, speed: number): Promise<Poller> {
  let moment = NOW
  const organizations = new Organizations({
    store: memoryStore(),
    clock: { now: () => moment },
    clockSettings: { speed },
    ids: randomIds,
  })
  const fake = await startFake(t, { organizations })
  const { send, call } = fake
  const get = async (id: string): Promise<PolledSession> => {
    const res = await call('GET', `/v1/sessions/${id}`)
    t.equal(res.statusCode, 200)
    return res.json()
  }
  return {
    ...fake,
    create: async (prompt, params = {}) => {
      const res = await send('POST', '/v1/sessions', {
        prompt,
        structured_output_schema: OUTPUT_SCHEMA,
        ...params,
      })
      t.equal(res.statusCode, 200)
      return res.json().session_id
    },
    poll: async (id, isAwaited, countMax = 200) => {
      let session = await get(id)
      const seen = [pairOf(session)]
      let count = 1
      for (; count < countMax && !isAwaited(session); count++) {
        moment += 1_000_000
        const next = await get(id)
        checkStep(t, session, next)
        if (pairOf(next) !== seen.at(-1)) seen.push(pairOf(next))
        session = next
      }
      return { seen, session, count }
    },
    say: async (id, message) => {
      const res = await send('POST', `/v1/sessions/${id}/message`, { message })
      t.equal(res.statusCode, 200)
      return res.json()
    },
  }
}

function pairOf({ status, status_enum }: PolledSession): string {
  return `${status}/${status_enum}`
}

/** What holds for any two answers one after the other, whatever the scenario. */
function checkStep(t: Test, before: PolledSession, after: PolledSession): void {
  t.strictSame(after.messages.slice(0, before.messages.length), before.messages, 'messages only grow')
  t.ok(after.updated_at >= before.updated_at)
  const times = after.messages.map(({ timestamp }) => timestamp)
  t.strictSame(times, times.toSorted(), 'messages stand in the order of time')
  if (after.structured_output !== null) {
    t.ok(fitsSchema(after.structured_output), JSON.stringify(fitsSchema.errors))
  }
}
