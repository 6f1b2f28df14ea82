import { reasonOf } from '../client/reason.ts'
import { NoAnswer } from './errors.ts'

/** A request to the API. */
export interface Sent {
  readonly method: string
  /** The path with the query. */
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string | Buffer
}

/** The answer to a request, as it was received. Names of headers are in lower case. */
export interface Received {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** Sends a request. Follows no redirects. Rejects with {@link NoAnswer} if there is no complete answer. */
export type Send = (request: Sent) => Promise<Received>

/** Returns a function that sends requests to a server, and waits for each complete answer for at most `timeoutMs` milliseconds. */
export function sendTo(url: string, timeoutMs: number): Send {
  return async ({ method, path, headers, body }) => {
    try {
      const response = await fetch(url + path, {
        method,
        headers,
        redirect: 'manual',
        signal: AbortSignal.timeout(timeoutMs),
        ...(body !== undefined && { body }),
      })
      return {
        status: response.status,
        headers: Object.fromEntries(response.headers),
        body: await response.text(),
      }
    } catch (error) {
      const isLate = (error as Error).name === 'TimeoutError'
      throw new NoAnswer(isLate ? `no answer within ${timeoutMs / 1000} s` : reasonOf(error))
    }
  }
}
