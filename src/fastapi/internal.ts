import type { IncomingMessage } from 'node:http'

/** The address that a request of the application to itself comes from: no socket has it. */
export const INTERNAL_ADDRESS = 'internal'

/** Returns whether a request is one of the application to itself, for which no socket is used. */
export function isInternal({ socket }: Pick<IncomingMessage, 'socket'>): boolean {
  return socket.remoteAddress === INTERNAL_ADDRESS
}
