import type { Server } from 'node:http'
import type { Socket } from 'node:net'
import type { FastifyInstance } from 'fastify'
import { clearInterval, setInterval } from '../base/builtins.ts'
import { type Clock, systemClock } from '../base/clock.ts'

/** How long clients may take, in milliseconds; a part of Fastify's options. Each bound is far beyond what an honest client needs. */
export const TIMEOUTS = {
  http: {
    /** The headers: whoever sends them one by one holds a connection, and pays next to nothing for it. */
    headersTimeout: 20_000,
    /** How often that is looked at; by default it is every 30 seconds, which would make 20 seconds 50. */
    connectionsCheckingInterval: 5_000,
  },
  /** A whole request, its body included: 100 MiB in five minutes is a slow line, but one. */
  requestTimeout: 300_000,
  /** A connection on which nothing moves. Of those that are watched, `IdleWatch` takes care instead. */
  connectionTimeout: 900_000,
} as const

/** How long nothing may move on a connection, in milliseconds. */
export const IDLE_MS = {
  /** Longer than the 60 seconds of most clients and proxies, which then never find it closed under their hands. */
  betweenRequests: 72_000,
  /** An answer that nobody reads, or a request that nobody answers. */
  duringOne: TIMEOUTS.connectionTimeout,
} as const

/** How often it is looked for such connections, in milliseconds; they may stay up to twice as much longer. */
const SWEEP_MS = 8_000

/**
 * Hangs up on connections on which nothing moves. Node's own way sets a timer with each request and another with each answer,
 * 0.7 of the 18 µs of processor time of both (Node 24); to look at all connections now and then costs a request nothing.
 */
export class IdleReaper {
  readonly #connections = new Map<Socket, { moved: number; since: number }>()

  /** Watches a connection from now on, until it ends. */
  add(socket: Socket, now: number): void {
    this.#connections.set(socket, { moved: 0, since: now })
    socket.once('close', () => this.#connections.delete(socket))
  }

  /** Cuts all of them, also those that Node's HTTP server knows no longer, which are tunnels. */
  cut(): void {
    for (const socket of this.#connections.keys()) socket.destroy()
  }

  /** Hangs up on those on which nothing has moved for too long. `now` is in milliseconds since any moment, the same each time. */
  sweep(now: number): void {
    for (const [socket, connection] of this.#connections) {
      const moved = socket.bytesRead + socket.bytesWritten - unsentBytes(socket)
      if (moved !== connection.moved) Object.assign(connection, { moved, since: now })
      else if (now - connection.since > idleTimeoutOf(socket)) socket.destroy()
    }
  }
}

/** The bytes that the system has not taken yet: of a long answer that is written at once, only their number tells that it is read. */
function unsentBytes(socket: Socket): number {
  return Reflect.get(socket, '_handle')?.writeQueueSize ?? 0
}

function idleTimeoutOf(socket: Socket): number {
  // Node tells nobody whether an answer is due, and a list of our own would cost every request.
  return Reflect.get(socket, '_httpMessage') == null ? IDLE_MS.betweenRequests : IDLE_MS.duringOne
}

const watches = new WeakMap<Server, IdleReaper>()

/** Cuts all connections of an application whose connections are watched. */
export function cutConnections({ server }: FastifyInstance): void {
  const watch = watches.get(server) as IdleReaper
  watch.cut()
}

/** What an application is watched by. */
interface Watching {
  /** Default: the machine's. */
  readonly clock?: Clock
  /** Default: Node's own. */
  readonly every?: typeof setInterval
}

/** Watches the connections of an application while it listens, in the place of Node. */
export function closeIdleConnections(
  { server }: Pick<FastifyInstance, 'server'>,
  { clock = systemClock(), every = setInterval }: Watching = {},
): void {
  // Not an option, since Fastify takes 0 for none. Without it there is no header `Keep-Alive` either, as from uvicorn.
  server.keepAliveTimeout = 0
  server.timeout = 0
  const watch = new IdleReaper()
  watches.set(server, watch)
  const milliseconds = () => clock.now() / 1000
  server.on('connection', (socket) => watch.add(socket, milliseconds()))
  server.on('listening', () => {
    const timer = every(() => watch.sweep(milliseconds()), SWEEP_MS).unref()
    server.once('close', () => clearInterval(timer))
  })
}

/**
 * How many connections may wait to be let in. With Node's 511, of a thousand clients that start at once half wait for a second, until
 * their system tries again.
 */
export const BACKLOG = 4_096

/** More connections than anybody needs; of each, some 10 KiB stay in memory. */
const CONNECTIONS_MAX = 10_000

/** Hangs up on connections beyond a number, and answers what came over one that the client has half closed. */
export function limitConnections({ server }: FastifyInstance, max = CONNECTIONS_MAX): void {
  server.maxConnections = max
  // By default Node ends its half at once, and with it the answers that are not out yet.
  Object.assign(server, { httpAllowHalfOpen: true })
}
