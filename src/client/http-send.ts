import { type ClientRequest, type IncomingMessage, request as overHttp } from 'node:http'
import { request as overHttps } from 'node:https'
import { text as textOf } from 'node:stream/consumers'
import { assertRunning } from '../base/faked-timers.ts'
import type { ControlRequest, Open, OpenAnswer, Send } from './send.ts'

/** How long the connection of a call may be idle, in milliseconds. */
const IDLE_MS = 60_000

/**
 * Sends each call over its own connection. Does not use the global `fetch`, because test runners and network mocks replace it with one
 * that follows browser rules or has none of the answers.
 */
export function httpSend({ idleMs = IDLE_MS } = {}): Send {
  return async (call) => {
    await assertRunning()
    return new Promise((resolve, reject) => {
      begin(call, idleMs, (response) => {
        const status = response.statusCode as number
        textOf(response).then((text) => resolve({ status, text }), reject)
      }).on('error', reject)
    })
  }
}

/** Opens each call over its own connection, like {@link httpSend}. The server sends something at least every 15 seconds. */
export function httpOpen({ idleMs = IDLE_MS } = {}): Open {
  return (call) => {
    let request: ClientRequest | undefined
    let isClosed = false
    const open = async () => {
      await assertRunning()
      return new Promise<OpenAnswer>((resolve, reject) => {
        if (isClosed) return reject(new Error('closed'))
        request = begin(call, idleMs, (response) => {
          const pieces = response.setEncoding('utf8')
          resolve({ status: response.statusCode as number, pieces })
        }).on('error', reject)
      })
    }
    const close = () => {
      isClosed = true
      request?.destroy()
    }
    return { answer: open(), close }
  }
}

function begin(
  { method, url, headers, body }: ControlRequest,
  idleMs: number,
  onResponse: (response: IncomingMessage) => void,
): ClientRequest {
  const start = url.startsWith('https:') ? overHttps : overHttp
  const length = body === undefined ? {} : { 'content-length': Buffer.byteLength(body) }
  // No agent: on a reused connection an answer can be lost silently.
  const options = { method, headers: { ...headers, ...length }, agent: false }
  const request = start(url, options, onResponse)
  request.setTimeout(idleMs, () => request.destroy(new Error(`nothing was received for ${idleMs / 1000} s`)))
  return request.end(body)
}
