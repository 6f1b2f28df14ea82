import { pause } from '../base/pause.ts'
import { Cleanup } from './cleanup.ts'
import type { Describable } from './describe.ts'
import { Untestable } from './errors.ts'
import type { Send } from './send.ts'

/** The id of nothing: 32 zeros. No source of random ids gives it out. */
export const NOWHERE = '0'.repeat(32)

/** What a check has verified in an answer. */
export type Claim =
  | 'status'
  | 'body'
  | 'detail'
  | 'shape'
  | 'order'
  | 'content-type'
  | 'location'
  | 'value'
  | `member ${string}`

/** An answer of the server, with what was verified in it. */
export interface Answer extends Describable {
  readonly method: string
  /** The path without the query. */
  readonly path: string
  readonly claims: Set<Claim>
}

/** Which key a request has: that of its generation, none, or one that v1 does not accept. */
type KeyChoice = 'own' | 'none' | 'wrong'

/** A request of a check. */
interface Call {
  /** A value to send as JSON; a Buffer or text is sent as it is. */
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
  /** Default: `own`. */
  readonly key?: KeyChoice
}

/** The keys of both generations. */
export interface Keys {
  readonly v1: string | undefined
  readonly v3: string | undefined
}

/** What a run may do, and with which keys. */
export interface Access {
  readonly send: Send
  readonly keys: Keys
  /** The organization of v3. */
  readonly orgId: string | undefined
  /** Whether the run may create, change and delete its own things. */
  readonly writes: boolean
  /** Whether it may also create sessions and upload files. */
  readonly sessions: boolean
  /** Whether it may also create an organization, and notes and playbooks of the enterprise. */
  readonly enterprise: boolean
  /** The unique name of what the run creates. */
  readonly name: string
  /** Settles when the run has to end. */
  readonly stopped: Promise<unknown>
}

/** How often a request is sent again after 429. */
const RETRIES_MAX = 5
/** The longest wait that `Retry-After` can ask for, in seconds. */
const WAIT_MAX = 120

/** Everything below these paths costs money, or cannot be removed. */
const COSTLY =
  /^\/v1\/sessions?(?:\/|$)|^\/v3(?:\/organizations\/[^/]+|\/enterprise)\/sessions|\/attachments$/

/**
 * The client of the checks. It alone decides what may be sent, so no check can harm: without `writes`, only requests that change
 * nothing even on a server that accepts everything. Throws {@link Untestable} for any other request. Requests go out one by one.
 */
export class Api {
  readonly #access: Access
  readonly #memo = new Map<string, Promise<unknown>>()
  readonly #cleanup = new Cleanup()
  /** All answers of the run. */
  readonly answers: Answer[] = []
  /** Whether the run has to end. */
  isStopped = false

  constructor(access: Access) {
    this.#access = access
    void access.stopped.then(() => {
      this.isStopped = true
    })
  }

  /** The unique name of what the run creates. */
  get name(): string {
    return this.#access.name
  }

  /** Whether the run may create sessions. */
  get sessions(): boolean {
    return this.#access.sessions
  }

  /** Whether the run may create, change and delete its own things. */
  get writes(): boolean {
    return this.#access.writes
  }

  /** The key of v1. */
  get v1Key(): string {
    return this.#access.keys.v1 ?? ''
  }

  /** Resolves with what `make` made the first time. Checks share the things that they look at. */
  once<Value>(name: string, make: () => Promise<Value>): Promise<Value> {
    const made = (this.#memo.get(name) as Promise<Value> | undefined) ?? make()
    this.#memo.set(name, made)
    return made
  }

  /** Sends a request. `{org}` in the path is the organization. */
  async call(method: string, template: string, call: Call = {}): Promise<Answer> {
    if (this.isStopped) throw new Untestable('the run was stopped')
    const target = this.#inOrganization(template)
    this.#refuseHarm(method, target)
    const headers = { ...this.#authorization(target, call.key), ...contentType(call.body), ...call.headers }
    const answer = await this.#send(method, target, headers, call.body)
    if (method !== 'GET') this.#cleanup.note(answer)
    this.answers.push(answer)
    return answer
  }

  /** Removes what the run has made. Resolves with what could not be removed: `DELETE /v1/secrets/secret-…: 500 …`. */
  removeAll(): Promise<string[]> {
    return this.#cleanup.run((path) =>
      this.#send('DELETE', path, this.#authorization(path, 'own'), undefined),
    )
  }

  async #send(
    method: string,
    target: string,
    headers: Readonly<Record<string, string>>,
    body: unknown,
  ): Promise<Answer> {
    for (let retries = 0; ; retries++) {
      const { send, stopped } = this.#access
      const received = await send({
        method,
        path: target,
        headers,
        ...(body !== undefined && { body: bytesOf(body) }),
      }).catch((error: unknown) => {
        if (method === 'POST') this.#cleanup.doubt(pathOf(target))
        throw error
      })
      if (received.status === 429 && retries < RETRIES_MAX) {
        await pause(1000 * waitOf(received.headers['retry-after']), stopped)
        continue
      }
      const { status, body: text } = received
      if (status === 429) throw new Untestable('the server limits the rate of requests')
      const path = pathOf(target)
      return { method, path, status, headers: received.headers, text, json: parsed(text), claims: new Set() }
    }
  }

  #inOrganization(template: string): string {
    if (!template.includes('{org}')) return template
    const { orgId } = this.#access
    if (orgId === undefined) throw new Untestable('the organization is not known: give it with --org')
    return template.replace('{org}', encodeURIComponent(orgId))
  }

  #refuseHarm(method: string, target: string): void {
    if (/^(?:GET|HEAD|OPTIONS)$/.test(method)) return
    const path = pathOf(target)
    // Nothing has this id, so even a server that deletes whatever it is told to deletes nothing.
    const isNowhere = path.includes(NOWHERE)
    if (method === 'DELETE' && isNowhere) return
    if (!this.#access.writes) throw new Untestable('needs --writes')
    if (!this.#access.sessions && COSTLY.test(path) && !isNowhere)
      throw new Untestable('needs --writes --sessions')
    if (!this.#access.enterprise && path.startsWith('/v3/enterprise/'))
      throw new Untestable('needs --writes --enterprise')
  }

  #authorization(target: string, choice: KeyChoice = 'own'): Record<string, string> {
    if (choice === 'none') return {}
    // A server may accept any key that has the form of one, so the wrong one has the form of the other generation.
    if (choice === 'wrong') return { authorization: 'Bearer cog_invalid' }
    const generation = target.startsWith('/v3') ? 'v3' : 'v1'
    const key = this.#access.keys[generation]
    if (key === undefined) throw new Untestable(`there is no usable key of ${generation}`)
    return { authorization: `Bearer ${key}` }
  }
}

function pathOf(target: string): string {
  return target.split('?')[0] as string
}

function contentType(body: unknown): Record<string, string> {
  return body === undefined ? {} : { 'content-type': 'application/json' }
}

function bytesOf(body: unknown): string | Buffer {
  return typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body)
}

/** Returns the seconds to wait after 429: what `Retry-After` says, at most two minutes, or one second. */
export function waitOf(header: string | undefined): number {
  const seconds = header === undefined ? Number.NaN : Number(header)
  return seconds >= 0 ? Math.min(seconds, WAIT_MAX) : 1
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
