import type { ServerResponse } from 'node:http'
import type { CancellableDelays } from './delays.ts'

/** Options of a throttled write. */
export interface ThrottleOptions {
  /** The rate limit. Undefined for no limit. */
  readonly bytesPerSecond: number | undefined
  readonly delays: CancellableDelays
  /** Called with the total number of bytes that are sent to the client. The last of them are sent when it resolves. */
  readonly onEnd: (length: number) => Promise<void>
}

/** The time between two chunks, in milliseconds. It is longer if a single byte takes longer. */
const CHUNK_MS = 50

/** Writes bytes in chunks with back-pressure. Returns whether the client is still connected at the end. */
export async function writeThrottled(
  response: ServerResponse,
  bytes: Uint8Array,
  options: ThrottleOptions,
): Promise<boolean> {
  const { bytesPerSecond = Number.POSITIVE_INFINITY, delays, onEnd } = options
  const size = Math.max(1, Math.floor((bytesPerSecond * CHUNK_MS) / 1000))
  const intervalMs = (size * 1000) / bytesPerSecond
  let at = 0
  // Waiting for each chunk bounds the memory that a client which does not read can occupy.
  while (at + size < bytes.length && !delays.isCancelled) {
    const chunk = bytes.subarray(at, at + size)
    at += size
    if (!(await write(response, chunk))) {
      await onEnd(at)
      return false
    }
    await delays.wait(intervalMs)
  }
  await onEnd(bytes.length)
  return write(response, bytes.subarray(at))
}

/** Resolves when the operating system has accepted the chunk or the write has failed. Returns whether it was accepted. */
function write(response: ServerResponse, chunk: Uint8Array): Promise<boolean> {
  return new Promise((resolve) => {
    response.write(chunk, (error) => resolve(error === undefined || error === null))
  })
}
