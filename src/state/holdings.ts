import { contentOf, type Quota } from '../base/quota.ts'
import type { ServerState } from '../organization/state.ts'
import { sizeOf } from '../store/store-quota.ts'
import type { StoredRecord } from '../store/types.ts'

/** What a snapshot takes besides what it holds: itself, and for each organization, record, rule, key and name its place in it. */
const BYTES = { snapshot: 1_500, organization: 2_000, record: 8, rule: 300, key: 100 } as const

/** What it takes to remember that something is held. */
const HELD_BYTES = 100

/** Something that is held, and by how many snapshots. */
interface Held {
  readonly bytes: number
  count: number
}

/**
 * Counts what snapshots keep in memory, as if it were a copy of what the server has: records that were deleted since, and
 * scenarios. What several snapshots share counts once.
 */
export class Holdings {
  readonly #quota: Quota
  readonly #held = new Map<object, Held>()

  constructor(quota: Quota) {
    this.#quota = quota
  }

  /** Counts a state. Throws StoreFullError, and counts nothing, when there is no room for it. */
  hold(state: ServerState): void {
    const own = ownBytes(state)
    this.#quota.take(own)
    const taken: object[] = []
    try {
      for (const { object, size } of heldBy(state)) {
        this.#take(object, size)
        taken.push(object)
      }
    } catch (error) {
      for (const object of taken) this.#give(object)
      this.#quota.add(-own)
      throw error
    }
  }

  /** Gives back what a state that was held takes. */
  release(state: ServerState): void {
    for (const { object } of heldBy(state)) this.#give(object)
    this.#quota.add(-ownBytes(state))
  }

  #take(object: object, size: () => number): void {
    const held = this.#held.get(object)
    if (held !== undefined) {
      held.count++
      return
    }
    const bytes = HELD_BYTES + size()
    this.#quota.take(bytes)
    this.#held.set(object, { bytes, count: 1 })
  }

  #give(object: object): void {
    const held = this.#held.get(object) as Held
    if (--held.count > 0) return
    this.#held.delete(object)
    this.#quota.add(-held.bytes)
  }
}

/** What a state keeps in memory that others may keep, too. */
function* heldBy({
  organizations,
  scenarios,
}: ServerState): Iterable<{ object: object; size: () => number }> {
  for (const { records } of organizations) {
    for (const list of Object.values<readonly StoredRecord[]>({ ...records })) {
      for (const record of list) yield { object: record, size: () => sizeOf(record) }
    }
  }
  for (const { scenario } of scenarios) {
    if (typeof scenario === 'object') yield { object: scenario, size: () => contentOf(scenario) }
  }
}

/** What a state takes that nobody else keeps. */
function ownBytes({ organizations, scenarios, renamed, keys }: ServerState): number {
  let bytes: number = BYTES.snapshot
  for (const { orgId, records } of organizations) {
    bytes += BYTES.organization + orgId.length
    for (const list of Object.values<readonly StoredRecord[]>({ ...records }))
      bytes += BYTES.record * list.length
  }
  for (const { name, match } of scenarios) bytes += BYTES.rule + contentOf([name, match])
  for (const key of [...keys.registered.keys(), ...keys.revoked]) bytes += BYTES.key + key.length
  for (const name of renamed) bytes += BYTES.key + name.length
  return bytes
}
