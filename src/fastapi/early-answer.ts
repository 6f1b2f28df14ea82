import {
  type IncomingMessage,
  type OutgoingHttpHeaders,
  type ServerResponse as Response,
  type Server,
  ServerResponse,
} from 'node:http'
import type { Socket } from 'node:net'
import { afterAnswers } from './client-error.ts'
import type { LingeringClose } from './lingering-close.ts'

/** How long the rest of a body may be, and take, for its connection to stay open after an early answer. */
export interface DrainLimits {
  /** The length of the whole body, in bytes; one without a `Content-Length` is too long. */
  readonly bytes: number
  /** From the end of the answer to the end of the body, in milliseconds. */
  readonly ms: number
}

/** A refused JSON body leaves its connection open, a refused upload closes it. */
export const DRAIN: DrainLimits = { bytes: 1_048_576, ms: 5_000 }

/**
 * A class of responses that may begin before the body of their request has ended. The rest of the body is read and thrown away.
 * If it may be long, the answer says `Connection: close`, and nothing that comes after it is taken for a request.
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
      if (isLast) closer.refuseFurther(socket)
      if (!isUnread) return this
      // Node itself reads on only where nobody has begun to read, and only at the end of the answer.
      req.resume()
      if (req.complete) return this
      if (isLast) closer.discardInput(socket)
      else this.once('finish', () => limitRest(req, socket))
      return this
    }
  }

  function limitRest(request: IncomingMessage, socket: Socket): void {
    if (request.complete) return
    const timer = setTimeout(() => closer.close(socket), limits.ms).unref()
    request.once('close', () => clearTimeout(timer))
  }
}

/** The announced length of a body; NaN for one in chunks. */
function lengthOf({ headers }: IncomingMessage): number {
  return headers['transfer-encoding'] === undefined ? Number(headers['content-length']) : Number.NaN
}

/** Makes a server close its connections in stages, and hands it requests that Node keeps from it or would answer otherwise. */
export function handleConnections(server: Server, closer: LingeringClose): void {
  function destroySoon(this: Socket): void {
    closer.close(this)
  }
  server.on('connection', (socket: Socket) => {
    // Node's HTTP server calls it after the last answer.
    socket.destroySoon = destroySoon
  })
  takeRequestsBeforeClosing(server, closer)
  server.on('checkContinue', (request, response) => {
    continueOnceRead(request, response)
    server.emit('request', request, response)
  })
  // uvicorn knows no other expectation, and no tunnels.
  server.on('checkExpectation', (request, response) => server.emit('request', request, response))
  server.on('connect', (request, stream) => answerTunnel(server, closer, request, stream as Socket))
}

/** Hands on no request that comes after the last answer of its connection. */
function takeRequestsBeforeClosing(server: Server, closer: LingeringClose): void {
  const handlers = server.listeners('request')
  server.removeAllListeners('request')
  const handle = (request: IncomingMessage, response: Response) => {
    for (const handler of handlers) handler.call(server, request, response)
  }
  let deferred = 0
  const handleDeferred = (request: IncomingMessage, response: Response) => {
    deferred -= 1
    // Bytes that cannot be parsed may have been answered meanwhile.
    if (!request.socket.writableEnded) handle(request, response)
  }
  server.on('request', (request, response) => {
    const { headers, socket } = request
    if (closer.isClosing(socket)) return
    // Whether such a body has begun, or ended, is known once all that has come is parsed. Other requests keep their order.
    if (deferred === 0 && headers['transfer-encoding'] === undefined && headers.expect === undefined) {
      return handle(request, response)
    }
    deferred += 1
    setImmediate(handleDeferred, request, response)
  })
}

/** Tells a client that waits with its body to send it as soon as anyone reads it, as uvicorn does. One that is refused is not told. */
function continueOnceRead(request: IncomingMessage, response: Response): void {
  let isTold = false
  const tell = () => {
    if (isTold || response.headersSent) return
    isTold = true
    response.writeContinue()
  }
  const { _read: read } = request
  request._read = (size) => {
    tell()
    read.call(request, size)
  }
  // A client that has not waited is told as well, or Node would close its connection.
  setImmediate(() => request.complete && tell())
}

function answerTunnel(
  server: Server,
  closer: LingeringClose,
  request: IncomingMessage,
  socket: Socket,
): void {
  // Nobody else listens any more: a client that hangs up is no reason to fall over.
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
