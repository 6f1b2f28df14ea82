import type { Database } from '../../src/database/types.ts'
import { ensureUnavailable } from './operator.ts'
import { changes, KINDS, row } from './rows.ts'

/** Counts up like a server: in memory, which it brings up to date in each transaction. */
export class Counter {
  readonly #database: Database
  readonly acknowledged: number[] = []
  failed = 0
  value = 0

  constructor(database: Database) {
    this.#database = database
  }

  /** Counts until this many numbers were acknowledged. */
  async countUp(times: number): Promise<void> {
    while (this.acknowledged.length < times) {
      try {
        await this.#begin()
        const next = this.value + 1
        await this.#database.commit(changes({ puts: [row('counter', { data: String(next) })] }))
        this.value = next
        this.acknowledged.push(next)
      } catch (error) {
        await ensureUnavailable(error)
        this.failed++
      }
    }
  }

  /** Brings the memory up to date. */
  async look(): Promise<void> {
    await this.#begin()
    await this.#database.rollback()
  }

  async #begin(): Promise<void> {
    const missed = await this.#database.begin()
    if (missed === 'all') await this.#database.load(KINDS, ({ data }) => this.#set(data))
    else for (const { puts } of missed) for (const { data } of puts) this.#set(data)
  }

  #set(data: string): void {
    this.value = Number(data)
  }
}
