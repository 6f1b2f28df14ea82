import { approximateSize, type Quota } from '../base/quota.ts'
import type { ServerState } from '../organization/state.ts'
import { sizeOf } from '../store/store-quota.ts'
import type { StoredRecord } from '../store/types.ts'

/** The memory overhead of a snapshot, in bytes: for itself, and per organization, record, rule, key and name. */
const BYTES = { snapshot: 1_500, organization: 2_000, record: 8, rule: 300, key: 100 } as const

/** The bytes that tracking one object takes. */
const ENTRY_BYTES = 100

/** An object that snapshots retain, and the number of those snapshots. */
interface Retained {
  readonly bytes: number
  count: number
}

/**
 * Counts the memory that snapshots retain, as if they were copies: their records and scenarios. Objects that several
 * snapshots share count once.
 */
export class RetainedMemory {
  readonly #quota: Quota
  readonly #objects = new Map<object, Retained>()

  constructor(quota: Quota) {
    this.#quota = quota
  }

  /** Counts a state. Throws StoreFullError and counts nothing if it exceeds the quota, unless `isUnlimited` is set. */
  retain(state: ServerState, { isUnlimited = false } = {}): void {
    const own = ownBytes(state)
    const count = (bytes: number) => (isUnlimited ? this.#quota.record(bytes) : this.#quota.reserve(bytes))
    count(own)
    const added: object[] = []
    try {
      for (const { object, size } of retainedBy(state)) {
        this.#add(object, size, count)
        added.push(object)
      }
    } catch (error) {
      for (const object of added) this.#remove(object)
      this.#quota.record(-own)
      throw error
    }
  }

  /** Stops counting a retained state. */
  release(state: ServerState): void {
    for (const { object } of retainedBy(state)) this.#remove(object)
    this.#quota.record(-ownBytes(state))
  }

  #add(object: object, size: () => number, count: (bytes: number) => void): void {
    const retained = this.#objects.get(object)
    if (retained !== undefined) {
      retained.count++
      return
    }
    const bytes = ENTRY_BYTES + size()
    count(bytes)
    this.#objects.set(object, { bytes, count: 1 })
  }

  #remove(object: object): void {
    const retained = this.#objects.get(object) as Retained
    if (--retained.count > 0) return
    this.#objects.delete(object)
    this.#quota.record(-retained.bytes)
  }
}

/** Returns the objects of a state that other snapshots may share. */
function* retainedBy({
  organizations,
  scenarios,
}: ServerState): Iterable<{ object: object; size: () => number }> {
  for (const { records } of organizations) {
    for (const list of Object.values<readonly StoredRecord[]>({ ...records })) {
      for (const record of list) yield { object: record, size: () => sizeOf(record) }
    }
  }
  for (const { scenario } of scenarios) {
    if (typeof scenario === 'object') yield { object: scenario, size: () => approximateSize(scenario) }
  }
}

/** Returns the bytes of a state that no other snapshot shares. */
function ownBytes({ organizations, scenarios, overriddenNames, keys }: ServerState): number {
  let bytes: number = BYTES.snapshot
  for (const { orgId, records } of organizations) {
    bytes += BYTES.organization + orgId.length
    for (const list of Object.values<readonly StoredRecord[]>({ ...records }))
      bytes += BYTES.record * list.length
  }
  for (const { name, match } of scenarios) bytes += BYTES.rule + approximateSize([name, match])
  for (const key of [...keys.registered.keys(), ...keys.revoked]) bytes += BYTES.key + key.length
  for (const name of overriddenNames) bytes += BYTES.key + name.length
  return bytes
}
