import type { Server } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { createServer } from 'node:tls'
import { BACKLOG, TIMEOUTS } from '../../hooks/connections.ts'
import type { TlsIdentity } from './identity.ts'

/** A TLS listener in front of an HTTP server. */
export interface TlsListener {
  readonly port: number
  /** Stops accepting connections. Resolves when all TLS connections have ended. */
  close(): Promise<void>
  /** Destroys every TLS connection, including those with an unfinished handshake. */
  destroyConnections(): void
}

/**
 * Listens for TLS connections and hands them to an HTTP server, which treats them as its own: the same routes, limits, timeouts and
 * answers to bytes that are not HTTP. Port 0 picks a free port. Rejects when the address is not available.
 */
export async function listenTls(
  server: Server,
  { cert, key }: TlsIdentity,
  address: { readonly host: string; readonly port: number },
): Promise<TlsListener> {
  const sockets = new Set<Socket>()
  const tlsServer = createServer({
    cert,
    key,
    ALPNProtocols: ['http/1.1'],
    noDelay: true,
    // Like Node's HTTP server: a client that has ended its half still gets its answers.
    allowHalfOpen: true,
    handshakeTimeout: TIMEOUTS.http.headersTimeout,
  })
  // The same limit as the HTTP server itself.
  tlsServer.maxConnections = server.maxConnections
  tlsServer.on('connection', (socket) => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
  })
  // Node documents this way to pass a connection to an HTTP server. Its own HTTPS server has the same two parts.
  tlsServer.on('secureConnection', (socket) => server.emit('connection', socket))
  await new Promise<void>((resolve, reject) => {
    tlsServer.once('error', reject)
    tlsServer.listen({ ...address, backlog: BACKLOG }, resolve)
  })
  return {
    port: (tlsServer.address() as AddressInfo).port,
    close: () => new Promise((resolve) => tlsServer.close(() => resolve())),
    destroyConnections: () => {
      for (const socket of sockets) socket.destroy()
    },
  }
}
