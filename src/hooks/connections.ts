import type { Socket } from 'node:net'
import type { FastifyInstance } from 'fastify'
import { clearInterval, setInterval } from '../base/builtins.ts'
import { type Clock, systemClock } from '../base/clock.ts'

declare module 'fastify' {
  interface FastifyInstance {
    /** The open connections. `closeIdleConnections` sets it. */
    idleReaper: IdleReaper
  }
}

/** Time limits for clients, in milliseconds, as Fastify options. They are far beyond the needs of normal clients. */
export const TIMEOUTS = {
  http: {
    /** The time for the headers of a request. It stops clients that occupy connections cheaply by sending headers slowly. */
    headersTimeout: 20_000,
    /** The interval of that check. With the default of 30 seconds, the 20 seconds would become 50. */
    connectionsCheckingInterval: 5_000,
  },
  /** The time for a whole request including its body. 100 MiB in five minutes is a slow connection, but a plausible one. */
  requestTimeout: 300_000,
  /** The time without any transfer on a connection. With `closeIdleConnections`, `IdleReaper` enforces it instead. */
  connectionTimeout: 900_000,
} as const

/** The maximum times without any transfer on a connection, in milliseconds. */
export const IDLE_MS = {
  /** Longer than the 60 seconds of most clients and proxies, so that they close a connection before the server does. */
  betweenRequests: 72_000,
  /** Applies to a response that the client does not read, and to a request without a response. */
  duringRequest: TIMEOUTS.connectionTimeout,
} as const

/** The interval of the checks for idle connections, in milliseconds. A connection may stay open for up to two intervals longer. */
const SWEEP_MS = 8_000

/**
 * Closes connections without any transfer. Node's own timeouts set one timer per request and one per response, which takes 0.7 of the
 * 18 µs of CPU time of both (Node 24). Checking all connections at an interval adds no cost per request.
 */
export class IdleReaper {
  readonly #connections = new Map<Socket, { bytes: number; since: number }>()

  /** Tracks a connection until it closes. */
  add(socket: Socket, now: number): void {
    this.#connections.set(socket, { bytes: 0, since: now })
    socket.once('close', () => this.#connections.delete(socket))
  }

  /** Whether any connection has a complete answer that is not entirely sent. Node treats such a connection as idle. */
  get isSending(): boolean {
    return [...this.#connections.keys()].some((socket) => Reflect.get(socket, '_httpMessage')?.finished)
  }

  /** Destroys all connections, including tunnels, which Node's HTTP server no longer tracks. */
  destroyAll(): void {
    for (const socket of this.#connections.keys()) socket.destroy()
  }

  /** Destroys the connections that were idle for too long. `now` is in milliseconds since a fixed point in time. */
  sweep(now: number): void {
    for (const [socket, connection] of this.#connections) {
      const bytes = socket.bytesRead + socket.bytesWritten - unsentBytes(socket)
      if (bytes !== connection.bytes) Object.assign(connection, { bytes, since: now })
      else if (now - connection.since > idleTimeoutOf(socket)) socket.destroy()
    }
  }
}

/** Returns the number of written bytes that the operating system has not accepted yet. */
function unsentBytes(socket: Socket): number {
  // Private, since `bytesWritten` counts a long response at once and `writableLength` only drops at its end.
  return Reflect.get(socket, '_handle')?.writeQueueSize ?? 0
}

function idleTimeoutOf(socket: Socket): number {
  // Private, since Node has no public API for a pending response, and tracking them here would add a cost to every request.
  return Reflect.get(socket, '_httpMessage') == null ? IDLE_MS.betweenRequests : IDLE_MS.duringRequest
}

/** Options of `closeIdleConnections`. */
interface ReaperOptions {
  /** Default: the system clock. */
  readonly clock?: Clock
  /** Default: Node's `setInterval`. */
  readonly startTimer?: typeof setInterval
}

/** Closes idle connections of an application while it listens, in place of Node's timeouts. */
export function closeIdleConnections(
  app: Pick<FastifyInstance, 'server' | 'decorate'>,
  { clock = systemClock(), startTimer = setInterval }: ReaperOptions = {},
): void {
  const { server } = app
  // Set here because Fastify ignores 0 as an option. Without a timeout, Node sends no `Keep-Alive` header, as uvicorn sends none.
  server.keepAliveTimeout = 0
  server.timeout = 0
  const reaper = new IdleReaper()
  app.decorate('idleReaper', reaper)
  const milliseconds = () => clock.now() / 1000
  server.on('connection', (socket) => reaper.add(socket, milliseconds()))
  server.on('listening', () => {
    const timer = startTimer(() => reaper.sweep(milliseconds()), SWEEP_MS).unref()
    server.once('close', () => clearInterval(timer))
  })
}

/**
 * The maximum number of connections that wait to be accepted. With Node's default of 511, half of a thousand clients that connect at
 * once would wait a second, until their systems retry.
 */
export const BACKLOG = 4_096

/** The default maximum number of connections. Each takes about 10 KiB of memory. */
const CONNECTIONS_MAX = 10_000

/** Closes connections beyond `max`, and responds to all requests on a connection that the client has half-closed. */
export function limitConnections({ server }: FastifyInstance, max = CONNECTIONS_MAX): void {
  server.maxConnections = max
  // By default, Node ends its half at once, which would drop pending responses.
  Object.assign(server, { httpAllowHalfOpen: true })
}
