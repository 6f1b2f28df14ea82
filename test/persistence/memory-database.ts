import {
  type Changes,
  type Database,
  type Missed,
  type Row,
  type RowKey,
  UnavailableError,
} from '../../src/database/types.ts'

const keyOf = ({ kind, orgId, id }: RowKey) => JSON.stringify([kind, orgId, id])

/** The state that the databases of several processes share: the rows, the commits, and the process with the open transaction. */
export class SharedRows {
  readonly rows = new Map<string, Row>()
  readonly commits: Changes[] = []
  readonly instances = new Set<MemoryDatabase>()
  turn: Promise<void> = Promise.resolve()
}

/** A database in memory, which tests can make fail. */
export class MemoryDatabase implements Database {
  readonly isExclusive: boolean
  readonly shared: SharedRows
  onCommit: (() => void) | undefined
  /** The number of times that each call was made. */
  readonly calls = { begin: 0, load: 0, commit: 0, rollback: 0, close: 0 }
  /** The calls that fail the next time. */
  readonly failing = new Set<keyof MemoryDatabase['calls']>()
  /** The error of a failing call. Default: UnavailableError. */
  failure: Error | undefined
  /** Called after each commit of this process. */
  onCommitted: () => void = () => undefined
  /** A promise that the next commit waits for. */
  delay: Promise<void> = Promise.resolve()
  #known = -1
  #end: (() => void) | undefined

  constructor(shared = new SharedRows(), isExclusive = false) {
    this.shared = shared
    this.isExclusive = isExclusive
    shared.instances.add(this)
  }

  async begin(): Promise<Missed> {
    this.#count('begin')
    const before = this.shared.turn
    const { promise, resolve } = Promise.withResolvers<void>()
    if (!this.isExclusive) this.shared.turn = before.then(() => promise)
    await before
    this.#end = resolve
    if (this.#known === -1) return 'all'
    const missed = this.shared.commits.slice(this.#known)
    this.#known = this.shared.commits.length
    return missed
  }

  async load(kinds: readonly string[], visit: (row: Row) => void): Promise<void> {
    this.#count('load')
    for (const kind of kinds) {
      const rows = [...this.shared.rows.values()].filter((row) => row.kind === kind)
      for (const row of rows.sort((one, other) => one.position - other.position)) visit(row)
    }
    this.#known = this.shared.commits.length
  }

  async commit(changes: Changes): Promise<void> {
    await this.delay
    try {
      this.#count('commit')
      for (const row of changes.puts) this.shared.rows.set(keyOf(row), row)
      for (const key of changes.deletes) this.shared.rows.delete(keyOf(key))
      this.shared.commits.push(changes)
      this.#known = this.shared.commits.length
    } finally {
      this.#end?.()
    }
    this.onCommitted()
    for (const other of this.shared.instances) if (other !== this) other.onCommit?.()
  }

  async rollback(): Promise<void> {
    this.#count('rollback')
    this.#end?.()
  }

  async close(): Promise<void> {
    this.#count('close')
    this.#end?.()
    this.shared.instances.delete(this)
  }

  #count(call: keyof MemoryDatabase['calls']): void {
    this.calls[call]++
    if (this.failing.delete(call)) throw this.failure ?? new UnavailableError(`no ${call}`)
  }
}
