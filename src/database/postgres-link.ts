import type { Clock } from '../base/clock.ts'
import { pause } from '../base/pause.ts'
import { Connection } from './postgres-connection.ts'
import { unavailable } from './postgres-errors.ts'
import { UnavailableError } from './types.ts'

/** The time after a failure to connect in which calls fail without another attempt, in microseconds. */
const FAIL_FAST_MICROS = 300_000

/** The time between two attempts to connect while no call asks for the connection, in milliseconds. */
const RETRY_MS = 1_000

/** Keeps a connection to a server. Replaces a lost one: at once, then every second, and whenever a call asks for it. */
export class Link {
  /** Called when another process may have committed something: after each of its commits, and when the connection is back. */
  onCommit: (() => void) | undefined
  readonly #url: string
  readonly #where: string
  readonly #clock: Clock
  #connection: Connection | undefined
  #connecting: Promise<Connection> | undefined
  #failure: { readonly at: number; readonly error: UnavailableError } | undefined
  #isReconnecting = false
  #reconnectedAt = Number.NEGATIVE_INFINITY
  #isClosed = false
  readonly #closed = Promise.withResolvers<void>()

  constructor(url: string, where: string, clock: Clock, first: Connection) {
    this.#url = url
    this.#where = where
    this.#clock = clock
    this.#adopt(first)
  }

  /** Returns the connection. Rejects with an {@link UnavailableError} if there is none now. */
  async connection(): Promise<Connection> {
    if (this.#isClosed) throw new UnavailableError(`${this.#where}: the database is closed`)
    if (this.#connection?.isOpen) return this.#connection
    if (this.#failure !== undefined && this.#clock.now() - this.#failure.at < FAIL_FAST_MICROS)
      throw this.#failure.error
    this.#connecting ??= this.#connect().finally(() => {
      this.#connecting = undefined
    })
    return this.#connecting
  }

  async #connect(): Promise<Connection> {
    try {
      const connection = await Connection.open(this.#url)
      if (this.#isClosed) {
        connection.destroy()
        throw new UnavailableError(`${this.#where}: the database is closed`)
      }
      return this.#adopt(connection)
    } catch (error) {
      this.#failure = { at: this.#clock.now(), error: unavailable(this.#where, error) }
      throw this.#failure.error
    }
  }

  #adopt(connection: Connection): Connection {
    this.#connection = connection
    this.#failure = undefined
    connection.onCommit = () => this.onCommit?.()
    connection.onLost = () => void this.#reconnect()
    return connection
  }

  /** Replaces a connection after a failure. */
  drop(connection: Connection): void {
    connection.destroy()
    void this.#reconnect()
  }

  /** Connects again, because without a connection this process would not hear of commits. */
  async #reconnect(): Promise<void> {
    if (this.#isReconnecting) return
    this.#isReconnecting = true
    // Waits if the last connection was lost soon: the listeners of `onCommit` use each new one, and would lose it at once again.
    if (this.#clock.now() - this.#reconnectedAt < RETRY_MS * 1_000)
      await pause(RETRY_MS, this.#closed.promise)
    while (!this.#isClosed && this.#connection?.isOpen !== true) {
      try {
        await this.connection()
        this.#reconnectedAt = this.#clock.now()
        this.onCommit?.()
      } catch {
        await pause(RETRY_MS, this.#closed.promise)
      }
    }
    this.#isReconnecting = false
  }

  /** Closes the connection. */
  async close(): Promise<void> {
    if (this.#isClosed) return
    this.#isClosed = true
    this.#closed.resolve()
    if (this.#connection?.isOpen) await this.#connection.close()
    await this.#connecting?.catch(() => undefined)
  }
}
