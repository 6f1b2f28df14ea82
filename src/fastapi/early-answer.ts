import { type IncomingMessage, type OutgoingHttpHeaders, type Server, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { afterAnswers } from './client-error.ts'
import type { LingeringClose } from './lingering-close.ts'

/** The limits within which the rest of a body is drained to keep the connection open after an early answer. */
export interface DrainLimits {
  /** The maximum length of the whole body, in bytes. A body without a `Content-Length` exceeds it. */
  readonly bytes: number
  /** The maximum time from the end of the answer to the end of the body, in milliseconds. */
  readonly ms: number
}

/** The default limits. A refused JSON body keeps its connection open, a refused upload closes it. */
export const DRAIN: DrainLimits = { bytes: 1_048_576, ms: 5_000 }

/**
 * Returns a class of responses that may begin before the end of the request body. The rest of the body is read and discarded. If it may
 * exceed the limits, the answer has `Connection: close`, and later data is not parsed as a request.
 */
export function earlyAnswers(closer: LingeringClose, limits: DrainLimits = DRAIN): typeof ServerResponse {
  return class EarlyAnswer<
    Request extends IncomingMessage = IncomingMessage,
  > extends ServerResponse<Request> {
    override writeHead(
      statusCode: number,
      reason?: string | OutgoingHttpHeaders | unknown[],
      headers?: OutgoingHttpHeaders | unknown[],
    ): this {
      const { req } = this
      const { socket } = req
      const isUnread = !req.readableEnded
      if (isUnread && !req.complete && !(lengthOf(req) <= limits.bytes)) this.shouldKeepAlive = false
      super.writeHead(statusCode, reason as string, headers as OutgoingHttpHeaders)
      const isLast = Reflect.get(this, '_last') === true
      if (isLast) closer.ignoreFurtherRequests(socket)
      if (!isUnread) return this
      // Node drains a body only if it has no reader yet, and only after the answer.
      req.resume()
      if (req.complete) return this
      if (isLast) closer.discardInput(socket)
      else this.once('finish', () => limitDrain(req, socket))
      return this
    }
  }

  function limitDrain(request: IncomingMessage, socket: Socket): void {
    if (request.complete) return
    const timer = setTimeout(() => closer.close(socket), limits.ms).unref()
    request.once('close', () => clearTimeout(timer))
  }
}

/** Returns the announced length of a body, or NaN for a chunked one. */
function lengthOf({ headers }: IncomingMessage): number {
  return headers['transfer-encoding'] === undefined ? Number(headers['content-length']) : Number.NaN
}

/** Makes a server close its connections in stages and handle requests that Node drops or answers differently. */
export function handleConnections(server: Server, closer: LingeringClose): void {
  function destroySoon(this: Socket): void {
    closer.close(this)
  }
  server.on('connection', (socket: Socket) => {
    // Node's HTTP server calls this method after the last answer.
    socket.destroySoon = destroySoon
  })
  ignoreRequestsAfterClose(server, closer)
  server.on('checkContinue', (request, response) => {
    continueOnRead(request, response)
    server.emit('request', request, response)
  })
  // uvicorn ignores other expectations and treats CONNECT like any other method.
  server.on('checkExpectation', (request, response) => server.emit('request', request, response))
  server.on('connect', (request, stream) => answerTunnel(server, closer, request, stream as Socket))
}

/** Ignores requests that arrive after the last answer on their connection. */
function ignoreRequestsAfterClose(server: Server, closer: LingeringClose): void {
  const handlers = server.listeners('request')
  server.removeAllListeners('request')
  const handle = (request: IncomingMessage, response: ServerResponse) => {
    for (const handler of handlers) handler.call(server, request, response)
  }
  let deferred = 0
  const handleDeferred = (request: IncomingMessage, response: ServerResponse) => {
    deferred -= 1
    // An answer to invalid data may have ended the connection in the meantime.
    if (!request.socket.writableEnded) handle(request, response)
  }
  server.on('request', (request, response) => {
    const { headers, socket } = request
    if (closer.isClosing(socket)) return
    // The state of such a body is known only after all received data is parsed. Later requests are deferred too, to keep their order.
    if (deferred === 0 && headers['transfer-encoding'] === undefined && headers.expect === undefined) {
      return handle(request, response)
    }
    deferred += 1
    setImmediate(handleDeferred, request, response)
  })
}

/** Sends `100 Continue` on the first read of the body, as uvicorn does. A refused request gets none. */
function continueOnRead(request: IncomingMessage, response: ServerResponse): void {
  let isSent = false
  const sendContinue = () => {
    if (isSent || response.headersSent) return
    isSent = true
    response.writeContinue()
  }
  const { _read: read } = request
  request._read = (size) => {
    sendContinue()
    read.call(request, size)
  }
  // Also sent to a client that did not wait. Otherwise Node closes its connection.
  setImmediate(() => request.complete && sendContinue())
}

function answerTunnel(
  server: Server,
  closer: LingeringClose,
  request: IncomingMessage,
  socket: Socket,
): void {
  // Node has removed its listeners, so a connection reset would crash the process.
  socket.on('error', () => socket.destroy())
  afterAnswers(socket, () => {
    if (!socket.writable) return
    const response = new ServerResponse(request)
    response.shouldKeepAlive = false
    response.assignSocket(socket)
    response.once('finish', () => {
      response.detachSocket(socket)
      closer.close(socket)
    })
    server.emit('request', request, response)
  })
}
