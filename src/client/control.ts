import { URLSearchParams } from '../base/builtins.ts'
import type { OrgQuery } from '../schemas/control/scope.ts'
import { FakeDevinError, refusal } from './error.ts'
import { reasonOf } from './reason.ts'
import type { ControlAnswer, ControlRequest, Send } from './send.ts'

/** How a control plane is reached. */
export interface ControlAccess {
  /** Where the paths of the control plane begin, without a slash at the end. */
  readonly url: string
  readonly send: Send
  /** What the server asks for since it was started with `--control-token`. Default: nothing. */
  readonly token?: string | undefined
  /** The organization that all calls are about. Default: all, where a call does not say one. */
  readonly orgId?: string | undefined
}

/** What goes into a call. */
interface Parts {
  /** What stands in the path in the place of `{name}`. */
  readonly parameters?: Readonly<Record<string, string>>
  readonly query?: object | undefined
  readonly body?: object | undefined
}

/** A client of the control plane, on which everything that tests pull stands. */
export class Control {
  readonly access: ControlAccess

  constructor(access: ControlAccess) {
    this.access = access
  }

  /**
   * Calls an operation, `PUT /_fake/clock`, and gives its answer, which the schema of the operation describes; undefined for one
   * without content. Throws FakeDevinError when it is refused or there is no answer, and TypeError for a name that no path can have.
   */
  async call<Answer>(operation: string, { parameters = {}, query = {}, body }: Parts = {}): Promise<Answer> {
    const { url, token } = this.access
    const [method = '', template = ''] = operation.split(' ')
    const path = template.replaceAll(/\{(\w+)\}/g, (_, name) => segment(name, parameters[name]))
    const { status, text } = await this.#answer(operation, {
      method,
      url: url + path + queryOf(query),
      headers: {
        accept: 'application/json',
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    })
    if (status < 200 || status > 299) throw refusal({ call: operation, url, status, text })
    if (text === '') return undefined as Answer
    try {
      return JSON.parse(text) as Answer
    } catch (cause) {
      throw new FakeDevinError(`${operation}: the answer is not JSON, so ${url} is no fake-devin`, {
        status,
        cause,
      })
    }
  }

  /** What is given, about the organization of this client where it has one. Throws TypeError when another one is meant. */
  scoped<Given extends OrgQuery>(given: Given): Given {
    const { orgId } = this.access
    if (orgId === undefined) return given
    if (given.org_id !== undefined && given.org_id !== orgId) {
      throw new TypeError(`this is about ${orgId} alone, not about ${given.org_id}`)
    }
    return { ...given, org_id: orgId }
  }

  /** The same client for one organization. */
  of(orgId: string): Control {
    return new Control({ ...this.access, orgId })
  }

  async #answer(operation: string, request: ControlRequest): Promise<ControlAnswer> {
    try {
      return await this.access.send(request)
    } catch (cause) {
      const message = `${operation}: no answer from ${this.access.url}: ${reasonOf(cause)}`
      throw new FakeDevinError(message, { cause })
    }
  }
}

/** One part of a path. An empty one or one of dots would lead to another operation, such as one that deletes everything. */
function segment(name: string, value: unknown): string {
  if (typeof value === 'string' && value !== '' && value !== '.' && value !== '..') {
    return encodeURIComponent(value)
  }
  throw new TypeError(`${name} is a text, neither empty nor dots`)
}

function queryOf(query: object): string {
  const search = new URLSearchParams()
  for (const [name, value] of Object.entries(query)) if (value !== undefined) search.set(name, String(value))
  return search.size === 0 ? '' : `?${search}`
}
