import type { Server as HttpServer, IncomingMessage, ServerResponse } from 'node:http'
import { Server, type Socket } from 'node:net'
import { setImmediate } from '../base/builtins.ts'
import { type Schedule, schedule as scheduleHere } from '../events/schedule.ts'
import { nextTurn } from '../fastapi/turns.ts'
import type { IdleReaper } from '../hooks/connections.ts'

/** Options of {@link drain}. */
export interface DrainOptions {
  /** How long connections stay open without any request on the server, in milliseconds. Default: 0. */
  readonly idleMs?: number
  /** The timers. Default: those of this machine. */
  readonly schedule?: Schedule
}

/**
 * Stops accepting connections, answers every request on the open ones, announces the end of each connection with its last answer, and
 * resolves when all connections have ended. Closes idle connections only after `idleMs` without any request, so that a client that
 * keeps sending requests learns of the end and is not cut off in the middle of a request.
 */
export async function drain(
  server: HttpServer,
  { idleMs = 0, schedule = scheduleHere }: DrainOptions = {},
  connections?: Pick<IdleReaper, 'isSending'>,
): Promise<void> {
  const delay = (ms: number) => new Promise<void>((resolve) => void schedule(ms, resolve))
  let received = 0
  endAfterLastAnswers(server, () => void received++)
  await acceptPending(server, schedule)
  let isOpen = true
  const closed = new Promise<void>((resolve) => closeOf(server).call(server, () => resolve())).then(() => {
    isOpen = false
  })
  for (let isBusy = idleMs > 0; isBusy && isOpen; ) {
    const before = received
    await Promise.race([closed, delay(idleMs)])
    isBusy = received !== before
  }
  while (isOpen) {
    // In this phase of the event loop all received data has been read, so an idle connection has no pending request.
    await nextTurn()
    if (!connections?.isSending) server.closeIdleConnections()
    await Promise.race([closed, delay(SWEEP_MS)])
  }
}

/** Returns `close` of `net.Server`: that of an HTTP server also closes idle connections. Bun's server is not a `net.Server` and has only its own. */
function closeOf(server: unknown): Server['close'] {
  return server instanceof Server ? Server.prototype.close : (server as Server).close
}

/** How long pending connections are accepted, in milliseconds. */
const ACCEPT_PENDING_MS = 100

/** Accepts pending connections and reads their data. Node accepts one connection per turn of the event loop. */
async function acceptPending(server: HttpServer, schedule: Schedule): Promise<void> {
  let isWaiting = true
  let hasCome = true
  server.on('connection', () => {
    hasCome = true
  })
  const forget = schedule(ACCEPT_PENDING_MS, () => {
    isWaiting = false
  })
  while (isWaiting && hasCome) {
    hasCome = false
    await nextTurn()
    await nextTurn()
  }
  forget()
}

/** The time between two sweeps for idle connections, in milliseconds. Node closes only those that are idle at the time of the call. */
const SWEEP_MS = 10

/** Ends each connection after the answer to its last received request. */
function endAfterLastAnswers(server: HttpServer, onRequest: () => void): void {
  const last = new Map<Socket, IncomingMessage>()
  const handlers = server.listeners('request')
  server.removeAllListeners('request')
  server.on('request', (request, response: ServerResponse) => {
    const { socket } = request
    onRequest()
    if (!last.has(socket)) socket.once('close', () => last.delete(socket))
    last.set(socket, request)
    // By then, all requests that arrived together are known.
    setImmediate(() => {
      if (last.get(socket) === request) response.shouldKeepAlive = false
      for (const handle of handlers) handle.call(server, request, response)
    })
  })
}
