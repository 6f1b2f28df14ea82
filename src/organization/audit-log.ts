import type { Principal } from '../auth/principal.ts'
import type { Clock } from '../base/clock.ts'
import type { Ids } from '../base/ids.ts'
import type { AuditEntry, AuditRecord } from '../resources/audit-log.ts'
import type { Log, Order, Walkable } from '../store/types.ts'

/** The audit log of an organization: actions and the principals who performed them. */
export class AuditLog implements Walkable<AuditEntry> {
  readonly #entries: Log<AuditEntry>
  readonly #clock: Clock
  readonly #ids: Ids

  constructor(services: { entries: Log<AuditEntry>; clock: Clock; ids: Ids }) {
    this.#entries = services.entries
    this.#clock = services.clock
    this.#ids = services.ids
  }

  /**
   * Records an action of a principal. `subjectId` is the record's own id: a substring of the request URL would keep the whole
   * URL in memory.
   */
  write(principal: Principal, action: string, subjectId: string): void {
    const id = this.#ids.nextNumber()
    this.#entries.append({
      id,
      action,
      subjectId,
      actor: principal.actor,
      createdAt: this.#clock.now(),
    })
  }

  /** Returns the entries, oldest first; with a limit, only the newest ones. */
  async list(limit?: number): Promise<AuditRecord[]> {
    return (await this.#entries.list(limit)).map((entry) => this.read(entry))
  }

  /** Visits the entries. Those that were never read have no id yet. */
  walk(order: Order, visit: (entry: AuditEntry, position: number) => void): Promise<void> {
    return this.#entries.walk(order, visit)
  }

  /** Returns an entry of this log with its id, which is created by the first read. */
  read(entry: AuditEntry): AuditRecord {
    // Most entries are never read: creating an id and its record took 1.4 of the 10 µs of a deletion (in-process, Node 24).
    if (typeof entry.id === 'number') entry.id = `audit_log-${this.#ids.idFor(entry.id)}`
    return entry as AuditRecord
  }
}
