import { Socket } from 'node:net'

/** The limits for input on a connection that is being closed. */
export interface LingerLimits {
  /** The time from the end of the last answer until the connection is destroyed, in milliseconds. */
  readonly ms: number
  /** The amount of input that is discarded before the connection is destroyed, in bytes. */
  readonly bytes: number
}

/** The default limits. They allow a client to write an upload of the default maximum size before it reads the refusal. */
export const LINGER: LingerLimits = { ms: 5_000, bytes: 128 * 1_048_576 }

/** The state of a connection whose input is discarded. */
interface Discarding {
  bytesLeft: number
}

/**
 * Closes connections in the stages of RFC 9112, section 9.6. Closing a connection with unread input makes the operating system reset
 * it, and the client may lose an answer that it has not read yet. So the server ends its own half, discards further input, and destroys
 * the connection once the client has ended its half or a limit is reached.
 */
export class LingeringClose {
  readonly #limits: LingerLimits
  readonly #closing = new WeakSet<Socket>()
  readonly #discarding = new WeakMap<Socket, Discarding>()
  readonly #timers = new WeakSet<Socket>()

  /** Default limits: `LINGER`. */
  constructor(limits: LingerLimits = LINGER) {
    this.#limits = limits
  }

  /** Returns whether the last answer on a connection has begun, so that further requests are ignored. */
  isClosing(socket: Socket): boolean {
    return this.#closing.has(socket)
  }

  /** Marks a connection as closing, so that further requests are ignored. */
  ignoreFurtherRequests(socket: Socket): void {
    this.#closing.add(socket)
  }

  /** Discards all further input of a connection without parsing it. Pending answers are still sent. */
  discardInput(socket: Socket): void {
    this.#closing.add(socket)
    if (this.#discarding.has(socket)) return
    const state = { bytesLeft: this.#limits.bytes }
    this.#discarding.set(socket, state)
    // Node's HTTP parser must get neither data nor the end from now on.
    socket.removeAllListeners('data').removeAllListeners('end')
    socket.on('data', ({ length }: Buffer) => {
      state.bytesLeft -= length
      if (state.bytesLeft >= 0) return
      socket.pause()
      // A pending answer is sent first. `close` is called at its end.
      if (socket.writableEnded) destroyOnceWritten(socket)
    })
    // The parser bypassed the stream, which still has a pending read. The empty chunk completes it.
    socket.resume().push('')
  }

  /** Sends a last answer, if any, and closes the connection within the limits. Further calls have no effect. */
  close(socket: Socket, text = ''): void {
    if (socket.destroyed || this.#timers.has(socket)) return
    this.#timers.add(socket)
    this.discardInput(socket)
    if (socket.writable) socket.end(text)
    const timer = setTimeout(() => socket.destroy(), this.#limits.ms).unref()
    socket.once('close', () => clearTimeout(timer))
    if ((this.#discarding.get(socket) as Discarding).bytesLeft < 0) destroyOnceWritten(socket)
  }
}

function destroyOnceWritten(socket: Socket): void {
  // The socket's own method may have been replaced by a lingering close.
  Socket.prototype.destroySoon.call(socket)
}
