import { Readable } from 'node:stream'
import type { Receiver } from '../../events/hub.ts'

/** The maximum amount of data that is buffered for a client, in bytes. */
const WAITING_BYTES_MAX = 262_144

/** The time after which a browser connects again, in milliseconds. */
const RETRY_MS = 1_000

/**
 * The body of an answer of server-sent events. The connection of a client that does not read is closed, so that the client reconnects and
 * starts over.
 */
export class EventStream extends Readable implements Receiver {
  constructor() {
    super()
    this.push(`retry: ${RETRY_MS}\n\n`)
  }

  override _read(): void {}

  send(text: string): void {
    if (this.readableLength > WAITING_BYTES_MAX) this.destroy()
    else if (!this.destroyed) this.push(text)
  }

  end(): void {
    this.push(null)
  }
}
