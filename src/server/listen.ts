import type { Server } from 'node:http'
import { isIP } from 'node:net'
import process from 'node:process'
import type { FastifyInstance } from 'fastify'
import { BACKLOG } from '../hooks/connections.ts'
import { StartError } from '../settings/start-error.ts'

/** Where a server listens. */
interface Address {
  /** An IP address or a name. */
  readonly host: string
  /** 0 picks a free port. */
  readonly port: number
}

/** Starts to listen. Rejects with a StartError when the address is not available. */
export async function listen(app: FastifyInstance, { host, port }: Address): Promise<void> {
  const listenTextResolver = (address: string) => `fake-devin listening on ${address}`
  const { server } = app
  if (canListenDirectly(server, host))
    Object.assign(server, { listen: () => listenDirectly(server, { host, port }) })
  try {
    await app.listen({ port, host, backlog: BACKLOG, listenTextResolver })
  } catch (error) {
    throw cannotListen({ host, port, flag: '--port' }, error as NodeJS.ErrnoException)
  }
}

/** A server with the internal method, missing from the types, that `listen` calls last unless the process is a worker of `node:cluster`. */
interface DirectServer extends Server {
  _listen2(host: string, port: number, family: number, backlog: number, fd: undefined, flags: number): void
}

/**
 * Returns whether a server needs neither `node:dns` nor `node:cluster` to listen: the host is an IP address, and the process is not a worker of a
 * cluster, in which Node loads `node:cluster` before the program. Returns false in runtimes without the internals that this relies on.
 */
function canListenDirectly(server: Server, host: string): server is DirectServer {
  const { moduleLoadList } = process as { readonly moduleLoadList?: readonly string[] }
  return (
    isIP(host) !== 0 && moduleLoadList?.includes('NativeModule cluster') === false && '_listen2' in server
  )
}

/** Listens like `server.listen`, which first loads both modules and 15 others: 6 of the 6.5 ms that it takes, a tenth of a start. */
function listenDirectly(server: DirectServer, { host, port }: Address): Server {
  server._listen2(host, port, isIP(host), BACKLOG, undefined, 0)
  return server
}

/** Returns the error of a server that could not listen, with what to do about it. `flag` is that of the port. */
export function cannotListen(
  { host, port, flag }: Address & { readonly flag: string },
  { code, message }: NodeJS.ErrnoException,
): StartError {
  const notHere = `${host} is not an address of this machine: choose another with --host`
  const reasons: Readonly<Record<string, string>> = {
    EADDRINUSE: `port ${port} of ${host} is in use: stop what listens there, or choose another with ${flag} (0 picks a free one)`,
    EACCES: `port ${port} may not be used by this user: choose one above 1023 with ${flag}`,
    EADDRNOTAVAIL: notHere,
    ENOTFOUND: notHere,
    EAI_AGAIN: notHere,
  }
  return new StartError(reasons[String(code)] ?? `cannot listen on ${host} port ${port}: ${message}`)
}
