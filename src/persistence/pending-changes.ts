import type { ChangeTracker } from '../base/changes.ts'
import { RowMap } from '../database/row-map.ts'
import { type Changes, DamagedRowError, type Row, type RowKey } from '../database/types.ts'
import type { RowKind } from './row-kind.ts'
import { StoredNames } from './stored-names.ts'

/** The kinds that almost any request may change. Their rows are compared with the database instead of marked. */
const COMPARED = ['server', 'organizations']

/** The rows that have changed since the last commit. */
export class PendingChanges implements ChangeTracker {
  readonly #kinds: ReadonlyMap<string, RowKind>
  #marked = new RowMap<true>()
  #events: string[] = []
  /** The data of the compared rows in the database. */
  readonly #compared = new Map<string, string>()
  readonly #names = new StoredNames()
  /** Called with the first change after a commit. */
  onFirst: () => void = () => undefined

  constructor(kinds: readonly RowKind[]) {
    this.#kinds = new Map(kinds.map((kind) => [kind.name, kind]))
  }

  /** Whether nothing has changed. */
  get isEmpty(): boolean {
    return this.#marked.isEmpty && this.#events.length === 0
  }

  mark(kind: string, orgId: string, id: string): void {
    const wasEmpty = this.isEmpty
    this.#marked.set({ kind, orgId, id }, true)
    if (wasEmpty) this.onFirst()
  }

  /** Adds an event for other processes. */
  relay(event: object): void {
    const wasEmpty = this.isEmpty
    this.#events.push(JSON.stringify(event))
    if (wasEmpty) this.onFirst()
  }

  /** Returns the changes since the last call, and forgets them. */
  take(): Changes {
    const marked = this.#marked
    for (const orgId of new Set(['', ...marked.orgIds()])) {
      for (const kind of COMPARED) marked.set({ kind, orgId, id: '' }, true)
    }
    const puts: Row[] = []
    const deletes: RowKey[] = []
    for (const key of marked.keys()) {
      const row = this.#read(key)
      if (COMPARED.includes(key.kind) && !this.#isNew(key, row?.data)) continue
      if (row === undefined) deletes.push(this.#names.stored(key))
      else puts.push(row)
    }
    const events = this.#events
    this.discard()
    return { puts, deletes, events }
  }

  /** Forgets the changes. */
  discard(): void {
    this.#marked = new RowMap()
    this.#events = []
  }

  /** Forgets what the database holds, since everything is read anew. */
  reset(): void {
    this.discard()
    this.#compared.clear()
    this.#names.clear()
  }

  /** Writes a row of the database into memory; `isNew` as in `StoredValue`. Throws DamagedRowError. */
  write(row: Row, isNew = false): void {
    const { kind, orgId, id, data: content } = this.#names.ofRow(row)
    if (COMPARED.includes(kind)) this.#compared.set(`${kind} ${orgId}`, row.data)
    const { position, bytes } = row
    const value = { position, data: content, isNew, ...(bytes !== null && { bytes }) }
    try {
      this.#kinds.get(kind)?.write(orgId, id, value)
    } catch {
      throw new DamagedRowError(`a row of ${kind} has another form`)
    }
  }

  /** Removes from memory a row that another process has deleted from the database. */
  remove(key: RowKey): void {
    const { kind, orgId, id } = this.#names.ofKey(key)
    this.#compared.delete(`${kind} ${orgId}`)
    this.#kinds.get(kind)?.remove(orgId, id)
  }

  #read(key: RowKey): Row | undefined {
    const value = this.#kinds.get(key.kind)?.read(key.orgId, key.id)
    if (value === undefined) return undefined
    const { position = 0, data, bytes = null } = value
    return { ...this.#names.toRow(key, data), position, bytes }
  }

  /** Returns whether a row differs from the one in the database. */
  #isNew({ kind, orgId }: RowKey, data: string | undefined): boolean {
    const key = `${kind} ${orgId}`
    if (this.#compared.get(key) === data) return false
    if (data === undefined) this.#compared.delete(key)
    else this.#compared.set(key, data)
    return true
  }
}
