import { URLSearchParams } from '../base/builtins.ts'
import type { OrgQuery } from '../schemas/control/scope.ts'
import type { Endings } from './endings.ts'
import { FakeDevinError, refusal } from './error.ts'
import { reasonOf } from './reason.ts'
import type { ControlRequest, Open, OpenCall, Send } from './send.ts'

/** The address and the credentials of a control plane. */
export interface ControlAccess {
  /** The base URL of the control plane, without a trailing slash. */
  readonly url: string
  readonly send: Send
  readonly open: Open
  /** The `--control-token` of the server. Default: no token. */
  readonly token?: string | undefined
  /** Ends the streams of events when the fake is closed. Default: only their readers end them. */
  readonly endings?: Endings | undefined
  /** The organization that every call applies to. Default: all, unless a call names one. */
  readonly orgId?: string | undefined
}

/** The input of a call. */
interface Parts {
  /** The values of the `{name}` placeholders in the path. */
  readonly parameters?: Readonly<Record<string, string>>
  readonly query?: object | undefined
  readonly body?: object | undefined
}

/** A client of the control plane. All test controls are built on it. */
export class Control {
  readonly access: ControlAccess

  constructor(access: ControlAccess) {
    this.access = access
  }

  /**
   * Calls an operation, e.g. `PUT /_fake/clock`, and resolves with its answer as the schema of the operation describes it, or with
   * undefined for an empty body. Rejects with FakeDevinError when the server refuses or does not answer, and with TypeError for a name
   * that cannot be part of a path.
   */
  async call<Answer>(operation: string, parts: Parts = {}): Promise<Answer> {
    const { url } = this.access
    const request = this.#request(operation, parts, 'application/json')
    const { status, text } = await this.#answer(operation, this.access.send(request))
    if (status < 200 || status > 299) throw refusal({ call: operation, url, status, text })
    if (text === '') return undefined as Answer
    try {
      return JSON.parse(text) as Answer
    } catch (cause) {
      throw new FakeDevinError(`${operation}: the answer is not JSON, so ${url} is not a fake-devin server`, {
        status,
        cause,
      })
    }
  }

  /** Opens the answer to an operation that has no end. Its promise rejects like that of {@link call}. */
  open(operation: string, parts: Parts): OpenCall {
    const { answer, close } = this.access.open(this.#request(operation, parts, 'text/event-stream'))
    return { answer: this.#opened(operation, answer), close }
  }

  async #opened(operation: string, answer: OpenCall['answer']): ReturnType<() => OpenCall['answer']> {
    const { status, pieces } = await this.#answer(operation, answer)
    if (status === 200) return { status, pieces }
    let text = ''
    for await (const piece of pieces) text += piece
    throw refusal({ call: operation, url: this.access.url, status, text })
  }

  #request(operation: string, { parameters = {}, query = {}, body }: Parts, accept: string): ControlRequest {
    const { url, token } = this.access
    const [method = '', template = ''] = operation.split(' ')
    const path = template.replaceAll(/\{(\w+)\}/g, (_, name) => segment(name, parameters[name]))
    return {
      method,
      url: url + path + queryOf(query),
      headers: {
        accept,
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    }
  }

  /** Adds the organization of this client, if it has one, to the input. Throws TypeError when the input names another one. */
  scoped<Given extends OrgQuery>(given: Given): Given {
    const { orgId } = this.access
    if (orgId === undefined) return given
    if (given.org_id !== undefined && given.org_id !== orgId) {
      throw new TypeError(`these controls apply only to ${orgId}, not to ${given.org_id}`)
    }
    return { ...given, org_id: orgId }
  }

  /** Returns the same client for one organization. */
  of(orgId: string): Control {
    return new Control({ ...this.access, orgId })
  }

  async #answer<Answer>(operation: string, answer: Promise<Answer>): Promise<Answer> {
    try {
      return await answer
    } catch (cause) {
      const message = `${operation}: no answer from ${this.access.url}: ${reasonOf(cause)}`
      throw new FakeDevinError(message, { cause })
    }
  }
}

/**
 * Encodes a path segment. Throws TypeError for an empty segment or dots, which would address another operation, e.g. one that deletes
 * everything.
 */
function segment(name: string, value: unknown): string {
  if (typeof value === 'string' && value !== '' && value !== '.' && value !== '..') {
    return encodeURIComponent(value)
  }
  throw new TypeError(`${name} must be a string other than "", "." and ".."`)
}

function queryOf(query: object): string {
  const search = new URLSearchParams()
  for (const [name, values] of Object.entries(query)) {
    for (const value of [values].flat()) if (value !== undefined) search.append(name, String(value))
  }
  return search.size === 0 ? '' : `?${search}`
}
