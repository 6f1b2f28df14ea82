import { Socket } from 'node:net'

/** How long and how much a connection that is being closed may go on sending. */
export interface LingerLimits {
  /** From the end of the last answer until the connection is cut, in milliseconds. */
  readonly ms: number
  /** How much is read and thrown away before the connection is cut, in bytes. */
  readonly bytes: number
}

/** Enough for a client that writes a whole upload of the default limit before it reads the refusal. */
export const LINGER: LingerLimits = { ms: 5_000, bytes: 128 * 1_048_576 }

/** What is left to read of a connection that takes no more requests. */
interface Discarding {
  bytesLeft: number
}

/**
 * Closes connections in the stages of RFC 9112, section 9.6. To close one with unread input makes the system reset it, and the
 * client may lose an answer that it has not read yet. So the server ends its own half, throws away what still comes, and cuts
 * the connection once the client has ended its half, or at a limit of time or bytes.
 */
export class LingeringClose {
  readonly #limits: LingerLimits
  readonly #closing = new WeakSet<Socket>()
  readonly #discarding = new WeakMap<Socket, Discarding>()
  readonly #timers = new WeakSet<Socket>()

  /** Default: `LINGER`. */
  constructor(limits: LingerLimits = LINGER) {
    this.#limits = limits
  }

  /** Whether the last answer of a connection has begun, so that no further request is taken from it. */
  isClosing(socket: Socket): boolean {
    return this.#closing.has(socket)
  }

  /** Takes no further request from a connection. */
  refuseFurther(socket: Socket): void {
    this.#closing.add(socket)
  }

  /** Throws away all further input of a connection, so that none of it is parsed. Answers under way still go out. */
  discardInput(socket: Socket): void {
    this.#closing.add(socket)
    if (this.#discarding.has(socket)) return
    const state = { bytesLeft: this.#limits.bytes }
    this.#discarding.set(socket, state)
    // Node's HTTP parser gets nothing from now on: neither bytes nor the end.
    socket.removeAllListeners('data').removeAllListeners('end')
    socket.on('data', ({ length }: Buffer) => {
      state.bytesLeft -= length
      if (state.bytesLeft >= 0) return
      socket.pause()
      // An answer under way goes out first; `close` is called at its end.
      if (socket.writableEnded) cutOnceWritten(socket)
    })
    // The parser has read past the stream, which still waits for what it has asked for. This ends the waiting.
    socket.resume().push('')
  }

  /** Sends a last text, if any, and closes a connection within the limits. May be called more than once. */
  close(socket: Socket, text = ''): void {
    if (socket.destroyed || this.#timers.has(socket)) return
    this.#timers.add(socket)
    this.discardInput(socket)
    if (socket.writable) socket.end(text)
    const timer = setTimeout(() => socket.destroy(), this.#limits.ms).unref()
    socket.once('close', () => clearTimeout(timer))
    if ((this.#discarding.get(socket) as Discarding).bytesLeft < 0) cutOnceWritten(socket)
  }
}

function cutOnceWritten(socket: Socket): void {
  // Node's HTTP server calls the method of the socket, which may have been replaced by a lingering close.
  Socket.prototype.destroySoon.call(socket)
}
