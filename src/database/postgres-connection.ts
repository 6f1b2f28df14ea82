import { Socket } from 'node:net'
import pg from 'pg'
import { clearTimeout, setTimeout } from '../base/builtins.ts'
import { MIGRATIONS_TABLE } from './schema.ts'

/** The time limit for connecting, in milliseconds. */
const CONNECT_MS = 3_000

/** The time limit for a call, in milliseconds: longer than the server waits for a lock, because its answer explains more. */
export const CALL_MS = 12_000

/**
 * Begins each session. The server notices when this process is gone, and ends the transaction of one that stopped in the middle. Plans are
 * made for each statement, because one that was made for a small table would be kept when it has grown. They use no workers, whose start takes
 * 5 ms: after a few thousand commits, a server that has not analyzed the tables yet would take some for what it answers in 0.1 ms.
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
  /** The number of its process, which its own notifications have. */
  readonly process: number
  /** Where new tables are created; null if that does not exist. */
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
  /** Called when it is lost by itself. */
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
    // An error without a listener would end this process. The socket is closed after any: `end` follows.
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

  /** Returns the names of the migrations that the database has had. */
  async migrations(): Promise<string[]> {
    if (!this.session.isMigrated) return []
    const { rows } = await this.within(
      this.client.query<{ name: string }>(`SELECT name FROM ${MIGRATIONS_TABLE}`),
    )
    return rows.map(({ name }) => name)
  }

  /** Sends what a function sends in one piece. For a commit, this took 0.7 instead of 0.8 ms of CPU time (one request at a time). */
  together<Value>(send: () => Value): Value {
    this.#socket.cork()
    try {
      return send()
    } finally {
      this.#socket.uncork()
    }
  }

  /** Waits for a query. If it takes too long, the connection is closed, with which the query rejects. */
  within<Value>(query: Promise<Value>, ms?: number): Promise<Value> {
    return within(query, this.#socket, ms)
  }

  /** Runs a query without parameters, and visits its rows, as arrays. `visit` must not throw. */
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

  /** Closes the connection when everything that was sent has been answered. */
  async close(): Promise<void> {
    this.isOpen = false
    await this.within(this.client.end(), CONNECT_MS)
  }

  /** Closes the connection at once. What was begun is rolled back by the server. */
  destroy(): void {
    this.isOpen = false
    this.#socket.destroy()
  }
}

/** Waits for a query. If it takes too long, the socket is closed, with which the query rejects. */
async function within<Value>(query: Promise<Value>, socket: Socket, ms = CALL_MS): Promise<Value> {
  const timer = setTimeout(() => socket.destroy(), ms)
  try {
    return await query
  } finally {
    clearTimeout(timer)
  }
}
