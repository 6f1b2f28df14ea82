import type { LightMyRequestResponse } from 'fastify'
import type { Test } from 'tap'
import type { AppOptions } from '../../src/app.ts'
import { type EnterpriseFake, startEnterprise } from '../enterprise.ts'
import type { V3Fake } from '../v3.ts'

/** A decoded body. */
export type Json = ReturnType<typeof JSON.parse>

/** An answer with a status of at least 400, as the provider shows it. */
export class ApiError extends Error {
  override readonly name = 'ApiError'
  readonly status: number

  constructor({ statusCode, body }: LightMyRequestResponse) {
    const { detail } = JSON.parse(body)
    super(`API error ${statusCode}: ${typeof detail === 'string' ? detail : body}`)
    this.status = statusCode
  }
}

/**
 * The HTTP client of the vendor's Terraform provider. It sends the headers of Go's client, the token, and a content type if there is a
 * body.
 */
export class ProviderClient {
  readonly #send: V3Fake['v3']
  readonly #token: string

  constructor(send: V3Fake['v3'], token: string) {
    this.#send = send
    this.#token = token
  }

  /** Sends a request, and returns the answer whatever its status is. */
  async answer(method: string, path: string, body?: unknown): Promise<LightMyRequestResponse> {
    return this.#send(method, path, body, {
      authorization: `Bearer ${this.#token}`,
      'user-agent': 'Go-http-client/1.1',
      'accept-encoding': 'gzip',
    })
  }

  /** Sends a request, and returns the decoded body. Throws {@link ApiError}. */
  async send(method: string, path: string, body?: unknown): Promise<Json> {
    const answer = await this.answer(method, path, body)
    if (answer.statusCode >= 400) throw new ApiError(answer)
    return answer.json()
  }

  /** Reads a record, or undefined if it is gone, which only 404 means. Throws {@link ApiError}. */
  async read(path: string): Promise<Json | undefined> {
    return unlessGone(this.send('GET', path))
  }

  /** Deletes a record that may be gone, and returns the status. It does not read the body. Throws {@link ApiError}. */
  async delete(path: string): Promise<number> {
    const answer = await this.answer('DELETE', path)
    if (answer.statusCode >= 400 && answer.statusCode !== 404) throw new ApiError(answer)
    return answer.statusCode
  }

  /** Reads all pages of a list. Throws {@link ApiError}. */
  async list(path: string, { first = 100, query = '' } = {}): Promise<Json[]> {
    const items: Json[] = []
    let after = ''
    for (;;) {
      const page = await this.send('GET', `${path}?first=${first}${query}${after}`)
      items.push(...page.items)
      if (!page.has_next_page || page.end_cursor === null) return items
      after = `&after=${encodeURIComponent(page.end_cursor)}`
    }
  }
}

/** Resolves with undefined in place of an answer of 404. */
export async function unlessGone<T>(reading: Promise<T>): Promise<T | undefined> {
  try {
    return await reading
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) return undefined
    throw error
  }
}

/** Escapes a part of a path as Go's `url.PathEscape` does. */
export function pathEscape(part: string): string {
  return encodeURIComponent(part)
    .replace(/%(?:24|26|2B|3A|3D|40)/g, decodeURIComponent)
    .replace(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`)
}

/** A test application, the token of an administrator of the enterprise, and an organization that the provider created. */
export interface TerraformFake {
  readonly fake: EnterpriseFake
  readonly client: ProviderClient
  /** The service user of the token. */
  readonly serviceUser: Json
  readonly orgId: string
  clientOf(token: string): ProviderClient
}

/** Starts an application that serves the provider. Every answer is checked against the contract. */
export async function startTerraform(t: Test, options: AppOptions = {}): Promise<TerraformFake> {
  const fake = await startEnterprise(t, options)
  const clientOf = (token: string) => new ProviderClient(fake.v3, token)
  const { service_user: serviceUser, token } = (
    await fake.v3('POST', '/v3/enterprise/service-users', {
      name: 'Terraform',
      role_id: 'account_admin',
      ttl_seconds: 3600,
    })
  ).json()
  const client = clientOf(token)
  const { org_id: orgId } = await client.send('POST', '/v3/enterprise/organizations', { name: 'Terraform' })
  return { fake, client, serviceUser, orgId, clientOf }
}
