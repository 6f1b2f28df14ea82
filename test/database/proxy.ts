import { createServer, type Socket, connect as tcpConnect } from 'node:net'
import type { Test } from 'tap'

/** A TCP proxy between a client and a server. */
export interface Proxy {
  /** The URL with the address of the proxy. */
  readonly url: string
  /** The number of connections so far. */
  count: number
  /** How to handle data from the client. `cut` forwards the first data and closes the connection before the answer. */
  mode: 'pass' | 'cut' | 'swallow'
}

/** Starts a proxy to the server of a URL. */
export async function startProxy(t: Test, url: string): Promise<Proxy> {
  const target = new URL(url)
  const address = { host: target.hostname, port: Number(target.port) }
  const sockets = new Set<Socket>()
  const server = createServer((client) => {
    proxy.count++
    const upstream = tcpConnect(address)
    let isCut = false
    client.on('data', (data) => {
      if (proxy.mode === 'swallow') return
      upstream.write(data)
      if (proxy.mode === 'cut') isCut = true
    })
    upstream.on('data', (data) => {
      // The server has executed the query, since it has answered. The answer is dropped.
      if (isCut) client.destroy()
      else client.write(data)
    })
    for (const [socket, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(socket)
      socket.on('error', () => undefined).on('close', () => other.destroy())
    }
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.teardown(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  target.port = String((server.address() as { port: number }).port)
  const proxy: Proxy = { url: target.href, count: 0, mode: 'pass' }
  return proxy
}
