import type { FastifyInstance } from 'fastify'

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
  /** A connection between requests. Longer than the 60 seconds of most clients and proxies, which then never find it closed under their hands. */
  keepAliveTimeout: 72_000,
  /** A connection on which nothing moves: an answer that nobody reads, or a request that nobody answers. */
  connectionTimeout: 900_000,
} as const

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
