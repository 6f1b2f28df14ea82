import type { Server } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { createServer } from 'node:tls'
import { BACKLOG, TIMEOUTS } from '../../hooks/connections.ts'
import type { TlsIdentity } from './identity.ts'

/** A second way into an HTTP server. */
export interface TlsListener {
  readonly port: number
  /** Lets nobody in any more; settles when all who came this way have left. */
  close(): Promise<void>
  /** Cuts every connection that came this way, those that never finished their handshake included. */
  destroyConnections(): void
}

/**
 * Listens for TLS connections and hands them to an HTTP server, which treats them as its own: the same routes, limits, time-outs
 * and answers to bytes that are no HTTP. Port 0 picks a free one. Rejects when the address cannot be had.
 */
export async function listenTls(
  server: Server,
  { cert, key }: TlsIdentity,
  address: { readonly host: string; readonly port: number },
): Promise<TlsListener> {
  const sockets = new Set<Socket>()
  const door = createServer({
    cert,
    key,
    ALPNProtocols: ['http/1.1'],
    noDelay: true,
    // As an HTTP server of Node has it: a client that has ended its half still gets its answers.
    allowHalfOpen: true,
    handshakeTimeout: TIMEOUTS.http.headersTimeout,
  })
  // As many as that one takes by itself.
  door.maxConnections = server.maxConnections
  door.on('connection', (socket) => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
  })
  // Node documents this way to give a connection to an HTTP server, and its own HTTPS server is made of the same two parts.
  door.on('secureConnection', (socket) => server.emit('connection', socket))
  await new Promise<void>((resolve, reject) => {
    door.once('error', reject)
    door.listen({ ...address, backlog: BACKLOG }, resolve)
  })
  return {
    port: (door.address() as AddressInfo).port,
    close: () => new Promise((resolve) => door.close(() => resolve())),
    destroyConnections: () => {
      for (const socket of sockets) socket.destroy()
    },
  }
}
