import { type IncomingMessage, request as overHttp } from 'node:http'
import { request as overHttps } from 'node:https'
import { assertRunning } from '../base/faked-timers.ts'
import type { ControlAnswer, ControlRequest, Send } from './send.ts'

/** How long the connection of a call may be idle, in milliseconds. */
const IDLE_MS = 60_000

/**
 * Sends each call over its own connection. Does not use the global `fetch`, because test runners and network mocks replace it with one
 * that follows browser rules or has none of the answers.
 */
export function httpSend({ idleMs = IDLE_MS } = {}): Send {
  return async (call) => {
    await assertRunning()
    return new Promise((resolve, reject) => begin(call, idleMs, { resolve, reject }))
  }
}

interface Settle {
  resolve(answer: ControlAnswer): void
  reject(error: Error): void
}

function begin({ method, url, headers, body }: ControlRequest, idleMs: number, settle: Settle): void {
  const start = url.startsWith('https:') ? overHttps : overHttp
  const length = body === undefined ? {} : { 'content-length': Buffer.byteLength(body) }
  // No agent: on a reused connection an answer can be lost silently.
  const options = { method, headers: { ...headers, ...length }, agent: false }
  const request = start(url, options, (response) => collect(response, settle))
  request.setTimeout(idleMs, () => request.destroy(new Error(`nothing came for ${idleMs / 1000} s`)))
  request.on('error', settle.reject)
  request.end(body)
}

function collect(response: IncomingMessage, { resolve, reject }: Settle): void {
  let text = ''
  response
    .setEncoding('utf8')
    .on('data', (piece: string) => {
      text += piece
    })
    .on('end', () => resolve({ status: response.statusCode as number, text }))
    .on('error', reject)
}
