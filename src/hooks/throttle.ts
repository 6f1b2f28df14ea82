import type { ServerResponse } from 'node:http'
import type { CancellableDelays } from './delays.ts'

/** How a body goes out. */
export interface ThrottleOptions {
  /** Undefined for as fast as it can. */
  readonly bytesPerSecond: number | undefined
  readonly pauses: CancellableDelays
  /** Told how many bytes the client gets in all, before it gets the last of them. */
  readonly onEnd: (length: number) => void
}

/** How often something goes out; more seldom where a byte takes longer. */
const CHUNK_MS = 50

/** Writes bytes piece by piece, waiting for each to be taken. Gives whether the client is still there in the end. */
export async function writeThrottled(
  response: ServerResponse,
  bytes: Uint8Array,
  pouring: ThrottleOptions,
): Promise<boolean> {
  const { bytesPerSecond = Number.POSITIVE_INFINITY, pauses, onEnd } = pouring
  const size = Math.max(1, Math.floor((bytesPerSecond * CHUNK_MS) / 1000))
  const pieceMs = (size * 1000) / bytesPerSecond
  let at = 0
  // No more is written than is taken, so that a client which does not read costs no memory.
  while (at + size < bytes.length && !pauses.isCancelled) {
    const piece = bytes.subarray(at, at + size)
    at += size
    if (!(await write(response, piece))) {
      onEnd(at)
      return false
    }
    await pauses.wait(pieceMs)
  }
  onEnd(bytes.length)
  return write(response, bytes.subarray(at))
}

/** Settles when the piece is with the operating system, or cannot get there any more. Gives whether it is there. */
function write(response: ServerResponse, piece: Uint8Array): Promise<boolean> {
  return new Promise((resolve) => {
    response.write(piece, (error) => resolve(error === undefined || error === null))
  })
}
