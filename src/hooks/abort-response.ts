import { ServerResponse } from 'node:http'

/** Hangs up on a client instead of answering it, once the answers to what it has asked before are out. */
export function abortResponse(response: ServerResponse): void {
  // A response that waits for its turn has no socket yet, and Node tells nobody when it gets it.
  const before: unknown =
    response.socket === null ? Reflect.get(response.req.socket, '_httpMessage') : undefined
  // Any number of requests may wait behind the same one.
  if (before instanceof ServerResponse) before.setMaxListeners(0).once('close', () => abortResponse(response))
  else response.destroy()
}
