import type { Socket } from 'node:net'
import type { FastifyInstance } from 'fastify'
import { setImmediate } from '../base/builtins.ts'

/** The minimum length of a write that is sent at once, in bytes or characters. Holding the parts of a long answer would take a tenth longer. */
const LONG_WRITE = 16_384

/** The write of a connection in this turn of the event loop. A stream does one at a time and buffers the others. */
class HeldWrite {
  #write: (() => void) | undefined

  /** Holds a write until `sendAll`, unless it is long. */
  hold(length: number, write: () => void): void {
    this.#write = write
    if (length >= LONG_WRITE) this.send()
    else if (waiting.push(this) === 1) setImmediate(sendAll)
  }

  /** Passes the write, if any, to the operating system. */
  send(): void {
    const write = this.#write
    this.#write = undefined
    write?.()
  }
}

/** The held writes of all connections, in order. */
let waiting: HeldWrite[] = []

function sendAll(): void {
  const held = waiting
  waiting = []
  for (const write of held) write.send()
}

/**
 * Holds what an application writes to its connections until the end of the turn of the event loop, when all requests that arrived in it are
 * handled. Otherwise each write would wake up a client, which then competes with the server for CPU time and caches. With 16 connections, this
 * saves 2 of the 18 µs of CPU time of a deletion, and 5 of 33 µs of a creation, and increases the throughput (Node 24).
 */
export function batchWrites({ server }: Pick<FastifyInstance, 'server'>): void {
  server.on('connection', (socket: Socket) => {
    const held = new HeldWrite()
    const { _write: write, _writev: writeMany, _destroy: destroy } = socket
    socket._write = (chunk: string | Uint8Array, encoding, callback) => {
      held.hold(chunk.length, () => write.call(socket, chunk, encoding, callback))
    }
    // For several chunks at once. Node 22 ends each answer with an empty one. Other runtimes have no such method.
    if (writeMany !== undefined) {
      socket._writev = (chunks, callback) => {
        const length = chunks.reduce((sum, { chunk }) => sum + chunk.length, 0)
        held.hold(length, () => writeMany.call(socket, chunks, callback))
      }
    }
    socket._destroy = (error, callback) => {
      held.send()
      destroy.call(socket, error, callback)
    }
  })
}
