import { Ajv } from 'ajv'
import type { Test } from 'tap'
import { randomIds } from '../../../../src/base/ids.ts'
import { Organizations } from '../../../../src/organization/organizations.ts'
import { memoryStore } from '../../../../src/store/memory.ts'
import { type Fake, NOW, startFake } from '../../../fake.ts'

/** The schema of the output that the client requests. */
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

/** The members of `GET /v1/sessions/{session_id}` that the client reads. */
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

/** The results of a series of polls. */
export interface Polled {
  /** `status/status_enum` of each response in which it changed. */
  readonly seen: string[]
  /** The last response. */
  readonly session: PolledSession
  /** The number of polls. */
  readonly count: number
}

/** A server, and a client that polls it once per second. */
export interface Poller extends Fake {
  /** Creates a session with `OUTPUT_SCHEMA`. */
  create(prompt: string, params?: object): Promise<string>
  /** Polls until `isAwaited`, at most `countMax` times. Fails the test if the session violates an invariant. */
  poll(id: string, isAwaited: (session: PolledSession) => boolean, countMax?: number): Promise<Polled>
  /** Sends a message. Returns the body of the response, whose status must be 200. */
  say(id: string, message: string): Promise<unknown>
}

/** Starts a server with a clock speed. Each poll advances the underlying clock by a second, and nothing else does. */
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

/** Checks the invariants of consecutive responses, which hold for every scenario. */
function checkStep(t: Test, before: PolledSession, after: PolledSession): void {
  t.strictSame(after.messages.slice(0, before.messages.length), before.messages, 'messages only grow')
  t.ok(after.updated_at >= before.updated_at)
  const times = after.messages.map(({ timestamp }) => timestamp)
  t.strictSame(times, times.toSorted(), 'messages are in chronological order')
  if (after.structured_output !== null) {
    t.ok(fitsSchema(after.structured_output), JSON.stringify(fitsSchema.errors))
  }
}
