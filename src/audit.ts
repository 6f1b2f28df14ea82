import type { Principal } from './auth/principal.ts'
import type { Clock } from './clock.ts'
import type { Ids } from './ids.ts'
import type { AuditRecord } from './store/records.ts'
import type { Collection, ListQuery } from './store/types.ts'

/** How many entries an organisation's log keeps. */
const ENTRIES_KEPT = 10_000

/** With so many, the oldest go, many at once: one at a time took 0.7 of the 3 µs of a write (in a loop, Node 24). */
const ENTRIES_MAX = 11_000

/** What was done in an organisation, and by whom. */
export class AuditLog {
  readonly #records: Collection<AuditRecord>
  readonly #clock: Clock
  readonly #ids: Ids
  #count: number
  #isTrimming = false

  /** `count` is how many entries there are already. */
  constructor(services: { records: Collection<AuditRecord>; clock: Clock; ids: Ids; count?: number }) {
    this.#records = services.records
    this.#clock = services.clock
    this.#ids = services.ids
    this.#count = services.count ?? 0
  }

  /** How many entries there are. */
  get count(): number {
    return this.#count
  }

  /** Writes down that a principal did something to the record with the id `subjectId`. */
  async write(principal: Principal, action: string, subjectId: string): Promise<void> {
    const userId = principal.user?.id ?? null
    const id = `audit_log-${this.#ids.hex()}`
    await this.#records.insert({ id, action, subjectId, userId, createdAt: this.#clock.now() })
    this.#count++
    if (this.#count > ENTRIES_MAX && !this.#isTrimming) await this.#trim()
  }

  /** Of many writers one does it, or each would delete the same entries. */
  async #trim(): Promise<void> {
    this.#isTrimming = true
    try {
      for (const oldest of await this.#records.list({ limit: this.#count - ENTRIES_KEPT })) {
        await this.#records.delete(oldest.id)
        this.#count--
      }
    } finally {
      this.#isTrimming = false
    }
  }

  /** The entries that were written. */
  list(query: ListQuery<AuditRecord>): Promise<AuditRecord[]> {
    return this.#records.list(query)
  }
}
