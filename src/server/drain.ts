import type { Server as HttpServer, IncomingMessage, ServerResponse } from 'node:http'
import { Server, type Socket } from 'node:net'
import { clearTimeout, setImmediate, setTimeout } from '../base/builtins.ts'

/**
 * Takes no more connections, answers every request that comes over those there are, tells each client with its last answer
 * that the connection ends, and settles when all have ended. Connections that nothing comes over are hung up on, but not
 * before for `idleMs` nothing has come: a client that asks again and again is then told, and not cut off in the middle of asking.
 */
export async function drain(server: HttpServer, idleMs = 0): Promise<void> {
  let received = 0
  endAfterLastAnswers(server, () => void received++)
  await acceptPending(server)
  let isOpen = true
  const closed = new Promise<void>((resolve) => closeOf(server).call(server, () => resolve())).then(() => {
    isOpen = false
  })
  for (let before = -1; idleMs > 0 && isOpen && received !== before; ) {
    before = received
    await Promise.race([closed, delay(idleMs)])
  }
  while (isOpen) {
    // In this phase of the event loop all that has come was read, so that who is idle has sent nothing.
    await nextTurn()
    server.closeIdleConnections()
    await Promise.race([closed, delay(SWEEP_MS)])
  }
}

/** As every server closes: one for HTTP would hang up on idle connections first. That of Bun is no `net.Server`, and has its own way. */
function closeOf(server: unknown): Server['close'] {
  return server instanceof Server ? Server.prototype.close : (server as Server).close
}

/** How long those are let in that wait before the door. */
const ACCEPT_PENDING_MS = 100

/** Lets in who has connected already, and reads what they have sent: Node takes one connection in each turn of its loop. */
async function acceptPending(server: HttpServer): Promise<void> {
  let isWaiting = true
  let hasCome = true
  server.on('connection', () => {
    hasCome = true
  })
  const enough = setTimeout(() => {
    isWaiting = false
  }, ACCEPT_PENDING_MS)
  while (isWaiting && hasCome) {
    hasCome = false
    await nextTurn()
    await nextTurn()
  }
  clearTimeout(enough)
}

/** How often it is looked for connections that have become idle: Node hangs up on those that are when it closes, and no others. */
const SWEEP_MS = 10

/** Ends each connection after the answer to the last request that has come over it. */
function endAfterLastAnswers(server: HttpServer, onRequest: () => void): void {
  const last = new WeakMap<Socket, IncomingMessage>()
  const handlers = server.listeners('request')
  server.removeAllListeners('request')
  server.on('request', (request, response: ServerResponse) => {
    onRequest()
    last.set(request.socket, request)
    // Those that came together with it are known then.
    setImmediate(() => {
      if (last.get(request.socket) === request) response.shouldKeepAlive = false
      for (const handle of handlers) handle.call(server, request, response)
    })
  })
}

/** Settles after so many milliseconds. Does not keep the process alive, which what is waited for does. */
function delay(ms: number): Promise<void> {
  return new Promise((resolve) => void setTimeout(resolve, ms).unref())
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => void setImmediate(resolve))
}
