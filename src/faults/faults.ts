import type { Ids } from '../base/ids.ts'
import { contentOf, type Quota } from '../base/quota.ts'
import { ClientRetries } from './client-retries.ts'
import { type CheckedFault, Fault, type Target } from './fault.ts'

/** How many faults there can be in each list: of one organization, or for all. */
export const FAULTS_MAX = 1_000

/** What a fault takes besides its texts, in bytes. */
const FAULT_BYTES = 1_000

/** A fault and the list that it stands in. */
interface RegisteredFault {
  readonly fault: Fault
  readonly list: FaultList
  /** What it takes. */
  readonly bytes: number
}

/** What the lists of a server share. */
interface Shared {
  /** Where every fault is found by its id. */
  readonly listed: Map<string, RegisteredFault>
  readonly idsOf: (owner: string) => Ids
  readonly quota: Quota
  /** What clients may send again by themselves. */
  readonly retries: ClientRetries
}

/** The faults of one organization, or those for all, in the order in which they were added. */
export class FaultList {
  readonly #faults = new Set<Fault>()
  readonly #shared: Shared
  readonly #owner: string
  #ids: Ids | undefined

  /** `owner` is whose they are, `''` for those for all. */
  constructor(owner: string, shared: Shared) {
    this.#shared = shared
    this.#owner = owner
  }

  /** Adds one after those there are; undefined when there are `FAULTS_MAX`. Throws StoreFullError. */
  add(checked: CheckedFault): Fault | undefined {
    if (this.#faults.size >= FAULTS_MAX) return undefined
    const { listed, idsOf, quota } = this.#shared
    const bytes = FAULT_BYTES + contentOf(checked)
    quota.take(bytes)
    this.#ids ??= idsOf(`faults ${this.#owner}`)
    const id = `fault-${this.#ids.hex()}`
    const fault = new Fault(id, checked, idsOf(id))
    this.#faults.add(fault)
    listed.set(id, { fault, list: this, bytes })
    return fault
  }

  list(): Fault[] {
    return [...this.#faults]
  }

  /** The first that strikes a request. One that has run out thereby is gone. */
  takeMatching(target: Target): Fault | undefined {
    for (const fault of this.#faults) {
      if (!fault.matchAndCount(target)) continue
      if (fault.left === 0) this.#remove(fault)
      return fault
    }
    return undefined
  }

  /** Removes one that stands in this list. */
  delete(fault: Fault): void {
    this.#shared.retries.forget((one) => one === fault)
    this.#remove(fault)
  }

  #remove(fault: Fault): void {
    const { listed, quota } = this.#shared
    const { bytes } = listed.get(fault.id) as RegisteredFault
    this.#faults.delete(fault)
    listed.delete(fault.id)
    quota.add(-bytes)
  }

  clear(): void {
    for (const fault of this.#faults) this.#remove(fault)
    this.#shared.retries.forget(({ spec }) => (spec.org_id ?? '') === this.#owner)
  }
}

/** All faults of one server. */
export class Faults {
  /** By their ids. */
  readonly #listed = new Map<string, RegisteredFault>()
  /** What clients may send again by themselves. */
  readonly retries = new ClientRetries()
  readonly #shared: Shared
  #forAll: FaultList

  /**
   * `idsOf` gives a sequence of ids from its start, which is the same for the same owner where ids are seeded. What faults take
   * counts in `quota`.
   */
  constructor(idsOf: (owner: string) => Ids, quota: Quota) {
    this.#shared = { listed: this.#listed, idsOf, quota, retries: this.retries }
    this.#forAll = this.create('')
  }

  /** Whether there are none, which is all that a request asks as a rule. */
  get isEmpty(): boolean {
    return this.#listed.size === 0 && this.retries.areNone
  }

  /** Those that strike requests of every organization, and of nobody. */
  get global(): FaultList {
    return this.#forAll
  }

  /** A list for an organization. */
  create(orgId: string): FaultList {
    return new FaultList(orgId, this.#shared)
  }

  /** The fault of an id, in whichever of the lists it is, by default in any. */
  get(id: string, lists?: readonly FaultList[]): Fault | undefined {
    const listed = this.#listed.get(id)
    return listed !== undefined && (lists?.includes(listed.list) ?? true) ? listed.fault : undefined
  }

  /** Removes one that was got. */
  delete({ id }: Fault): void {
    const listed = this.#listed.get(id)
    listed?.list.delete(listed.fault)
  }

  /** Removes those for all, and starts their ids anew. */
  reset(): void {
    this.#forAll.clear()
    this.#forAll = this.create('')
  }
}
