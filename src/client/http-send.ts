import { type IncomingMessage, request as overHttp } from 'node:http'
import { request as overHttps } from 'node:https'
import { assertRunning } from '../base/faked-timers.ts'
import type { ControlAnswer, ControlRequest, Send } from './send.ts'

/** How long nothing may move on the connection of a call, in milliseconds. */
const IDLE_MS = 60_000

/**
 * Sends calls over a connection of their own each. Not by the global `fetch`, in whose place test runners and mocks of the network put
 * others, with rules of a browser or with none of the answers.
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
  // No agent, since on a connection that is used again an answer can be lost without a word.
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
