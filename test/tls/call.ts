import type { IncomingHttpHeaders } from 'node:http'
import { type RequestOptions, request } from 'node:https'

/** An answer over TLS. */
export interface Answer {
  readonly status: number | undefined
  readonly headers: IncomingHttpHeaders
  readonly text: string
}

/** A request with a good key, on a connection of its own. Rejects when the handshake fails. */
export function call(url: string, { headers, ...options }: RequestOptions, body?: string): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const all = { agent: false, headers: { authorization: 'Bearer apk_user_a', ...headers }, ...options }
    request(url, all, async (response) => {
      let text = ''
      for await (const chunk of response) text += chunk
      resolve({ status: response.statusCode, headers: response.headers, text })
    })
      .on('error', reject)
      .end(body)
  })
}
