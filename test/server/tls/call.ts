import type { IncomingHttpHeaders } from 'node:http'
import { type RequestOptions, request } from 'node:https'
import { text } from 'node:stream/consumers'

/** An answer over TLS. */
export interface Answer {
  readonly status: number | undefined
  readonly headers: IncomingHttpHeaders
  readonly text: string
}

/** Sends a request with a valid key on its own connection. Rejects when the handshake fails or the answer is incomplete. */
export function call(url: string, { headers, ...options }: RequestOptions, body?: string): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const all = { agent: false, headers: { authorization: 'Bearer apk_user_a', ...headers }, ...options }
    request(url, all, (response) => {
      const { statusCode: status, headers } = response
      text(response).then((whole) => resolve({ status, headers, text: whole }), reject)
    })
      .on('error', reject)
      .end(body)
  })
}
