import { Socket } from 'node:net'
import pg from 'pg'
import { clearTimeout, setTimeout } from '../base/builtins.ts'
import { MIGRATIONS_TABLE } from './schema.ts'

/** The time limit for connecting, in milliseconds. */
const CONNECT_MS = 3_000

/** The time limit for a call, in milliseconds: longer than the server waits for a lock, because its answer explains more. */
export const CALL_MS = 12_000

/**
 * Configures each session. The timeouts let the server detect that this process is gone, and end the transaction of a process that stopped
 * in the middle of one. Custom plans are needed because a generic plan for a small table would be kept after the table has grown. Parallel
 * workers are off because their start takes 5 ms: without statistics, the planner would use them for queries of 0.1 ms after a few
 * thousand commits.
 */
const SESSION = `
  SET lock_timeout = '10s'; SET statement_timeout = '60s'; SET idle_in_transaction_session_timeout = '15s';
  SET tcp_keepalives_idle = 10; SET tcp_keepalives_interval = 5; SET tcp_keepalives_count = 3; SET tcp_user_timeout = '15s';
  SET synchronous_commit = on; SET plan_cache_mode = force_custom_plan; SET max_parallel_workers_per_gather = 0; SET client_min_messages = error;
  LISTEN fake_devin;
  SELECT pg_backend_pid() AS process, current_schema() AS schema, to_regclass('fake_devin_world')::oid::text AS world,
    to_regclass('${MIGRATIONS_TABLE}') IS NOT NULL AS "isMigrated"`

/** The facts about a new session. */
interface Session {
  /** The process id of the server's backend, by which this process recognizes its own notifications. */
  readonly process: number
  /** The schema in which new tables are created; null if it does not exist. */
  readonly schema: string | null
  /** Tells the notifications of this world from those of others in the same database; null before the tables are created. */
  readonly world: string | null
  /** Whether the table of migrations exists. */
  readonly isMigrated: boolean
}

/** A connection to a PostgreSQL server. It is not used again after a failure. */
export class Connection {
  readonly client: pg.Client
  readonly #socket: Socket
  readonly session: Session
  /** Whether it can be used. */
  isOpen = true
  /** Called when the connection is lost, but not when it is closed. */
  onLost: (() => void) | undefined
  /** Called after each commit of another process. */
  onCommit: (() => void) | undefined

  private constructor(client: pg.Client, socket: Socket, session: Session) {
    this.client = client
    this.#socket = socket
    this.session = session
    client.on('end', () => {
      if (!this.isOpen) return
      this.isOpen = false
      this.onLost?.()
    })
    client.on('notification', ({ processId, payload }) => {
      if (processId !== session.process && payload === session.world) this.onCommit?.()
    })
  }

  /** Connects. */
  static async open(url: string): Promise<Connection> {
    const socket = new Socket()
    const client = new pg.Client({
      application_name: 'fake-devin',
      connectionString: url,
      connectionTimeoutMillis: CONNECT_MS,
      keepAlive: true,
      keepAliveInitialDelayMillis: 10_000,
      pipeline: true,
      stream: () => socket,
    })
    // An error without a listener would end this process. `end` follows when the socket is destroyed.
    client.on('error', () => socket.destroy())
    try {
      await client.connect()
      const results = await within(client.query(SESSION), socket)
      const session = (results as unknown as pg.QueryResult<Session>[]).at(-1)?.rows[0] as Session
      return new Connection(client, socket, session)
    } catch (error) {
      socket.destroy()
      throw error
    }
  }

  /** Returns the names of the migrations that were applied to the database. */
  async migrations(): Promise<string[]> {
    if (!this.session.isMigrated) return []
    const { rows } = await this.within(
      this.client.query<{ name: string }>(`SELECT name FROM ${MIGRATIONS_TABLE}`),
    )
    return rows.map(({ name }) => name)
  }

  /** Calls a function, and sends everything that it writes at once. A commit took 0.7 instead of 0.8 ms of CPU time (one request at a time). */
  together<Value>(send: () => Value): Value {
    this.#socket.cork()
    try {
      return send()
    } finally {
      this.#socket.uncork()
    }
  }

  /** Waits for a query. If it takes too long, closes the connection, so that the query rejects. */
  within<Value>(query: Promise<Value>, ms?: number): Promise<Value> {
    return within(query, this.#socket, ms)
  }

  /** Runs a query, and visits its rows as arrays when they arrive. `visit` must not throw. */
  async read(
    text: string,
    values: readonly unknown[],
    visit: (row: readonly unknown[]) => void,
  ): Promise<void> {
    const timer = setTimeout(() => this.#socket.destroy(), CALL_MS)
    try {
      await new Promise<unknown>((resolve, reject) => {
        const query = new pg.Query<unknown[]>({
          text,
          values: [...values],
          rowMode: 'array',
        } as pg.QueryConfig)
        query.on('row', (row) => {
          timer.refresh()
          visit(row)
        })
        query.on('end', resolve)
        query.on('error', reject)
        this.client.query(query)
      })
    } finally {
      clearTimeout(timer)
    }
  }

  /** Closes the connection after all pending queries. */
  async close(): Promise<void> {
    this.isOpen = false
    await this.within(this.client.end(), CONNECT_MS)
  }

  /** Closes the connection at once. The server rolls back an open transaction. */
  destroy(): void {
    this.isOpen = false
    this.#socket.destroy()
  }
}

/** Waits for a query. If it takes too long, destroys the socket, so that the query rejects. */
async function within<Value>(query: Promise<Value>, socket: Socket, ms = CALL_MS): Promise<Value> {
  const timer = setTimeout(() => socket.destroy(), ms)
  try {
    return await query
  } finally {
    clearTimeout(timer)
  }
}
