import process from 'node:process'
import type {
  ExpectedRequest,
  Requests as RequestsAnswer,
  RequestsQuery,
  Verification,
} from '../schemas/control/requests.ts'
import type { OrgQuery } from '../schemas/control/scope.ts'
import type { Control } from './control.ts'

/** The requests that the fake received, with its answers. Keys and the values of secrets are masked. */
export class Requests {
  readonly #control: Control

  constructor(control: Control) {
    this.#control = control
  }

  /** Lists the requests that match a filter (default: all), newest last, with their total and the number that the journal dropped. */
  async list(filter: RequestsQuery = {}): Promise<RequestsAnswer> {
    return this.#control.call('GET /_fake/requests', { query: this.#control.scoped(filter) })
  }

  /** Empties the journal. */
  async clear(query: OrgQuery = {}): Promise<void> {
    return this.#control.call('DELETE /_fake/requests', { query: this.#control.scoped(query) })
  }

  /**
   * Resolves when matching requests arrived: `{method, path, query, headers, body, status}` with `times`, `at_least` or `at_most`, by default
   * at least one. Rejects with an AssertionError that shows the nearest requests and how they differ, and with a TypeError for a value
   * that JSON does not have, such as a regular expression.
   */
  async verify(expected: ExpectedRequest): Promise<Verification> {
    JSON.stringify(expected, refuseMatcher)
    const body = this.#control.scoped(expected)
    const verification = await this.#control.call<Verification>('POST /_fake/requests/verify', { body })
    if (verification.verified) return verification
    // Loaded only when needed, and not with import(), which Jest refuses.
    const { AssertionError } = process.getBuiltinModule('node:assert')
    throw new AssertionError({
      message: describe(verification),
      actual: verification.count,
      expected: verification.expected,
      operator: 'verify',
    })
  }
}

/** Throws a TypeError for what JSON would omit or turn into `{}`, which every object matches. */
function refuseMatcher(name: string, value: unknown): unknown {
  const { asymmetricMatch } = Object(value) as { readonly asymmetricMatch?: unknown }
  const type = Object.prototype.toString.call(value).slice('[object '.length, -1)
  if (asymmetricMatch === undefined && !/Function|RegExp|Map|Set|Symbol/.test(type)) return value
  const what = asymmetricMatch === undefined ? type : 'matcher'
  throw new TypeError(`verify compares JSON values, and ${name} is a ${what}: compare what list() returns`)
}

function describe({ count, expected, uncertain, nearest = [] }: Verification): string {
  const lines = nearest.flatMap(({ request, differences }) => [
    `  #${request.id} ${request.method} ${request.path} ${request.status ?? 'not answered'}`,
    ...differences.map((difference) => `    ${difference}`),
  ])
  const none = count === 0 ? 'there were no requests' : 'there were no other requests'
  const heading = lines.length === 0 ? none : 'the nearest requests:'
  const found = `expected ${expected}, found ${count}`
  return [uncertain === undefined ? found : `${found}; ${uncertain}`, heading, ...lines].join('\n')
}
