import type { Ids } from '../base/ids.ts'
import { approximateSize, type Quota } from '../base/quota.ts'
import { ClientRetries } from './client-retries.ts'
import { type CheckedFault, Fault, type Target } from './fault.ts'

/** The maximum number of faults in one list: those of one organization, or the global ones. */
export const FAULTS_MAX = 1_000

/** The memory overhead of a fault without its contents, in bytes. */
const FAULT_BYTES = 1_000

/** A fault and the list that contains it. */
interface RegisteredFault {
  readonly fault: Fault
  readonly list: FaultList
  /** Its size in the quota. */
  readonly bytes: number
}

/** The state that all lists of a server share. */
interface SharedState {
  /** All faults by id. */
  readonly byId: Map<string, RegisteredFault>
  readonly idsOf: (owner: string) => Ids
  readonly quota: Quota
  /** The automatic retries to expect from clients. */
  readonly retries: ClientRetries
}

/** The faults of one organization, or the global ones, in insertion order. */
export class FaultList {
  readonly #faults = new Set<Fault>()
  readonly #shared: SharedState
  readonly #owner: string
  #ids: Ids | undefined

  /** `owner` is the id of the organization, or `''` for global faults. */
  constructor(owner: string, shared: SharedState) {
    this.#shared = shared
    this.#owner = owner
  }

  /** Appends a fault. Returns undefined if there are already `FAULTS_MAX`. Throws StoreFullError. */
  add(checked: CheckedFault): Fault | undefined {
    if (this.#faults.size >= FAULTS_MAX) return undefined
    const { byId, idsOf, quota } = this.#shared
    const bytes = FAULT_BYTES + approximateSize(checked)
    quota.reserve(bytes)
    this.#ids ??= idsOf(`faults ${this.#owner}`)
    const id = `fault-${this.#ids.hex()}`
    const fault = new Fault(id, checked, idsOf(id))
    this.#faults.add(fault)
    byId.set(id, { fault, list: this, bytes })
    return fault
  }

  list(): Fault[] {
    return [...this.#faults]
  }

  /** Returns the first fault that applies to a request. Removes it if this was the last time it applies. */
  takeMatching(target: Target): Fault | undefined {
    for (const fault of this.#faults) {
      if (!fault.matchAndCount(target)) continue
      if (fault.left === 0) this.#remove(fault)
      return fault
    }
    return undefined
  }

  /** Removes a fault of this list. */
  delete(fault: Fault): void {
    this.#shared.retries.forget((other) => other === fault)
    this.#remove(fault)
  }

  #remove(fault: Fault): void {
    const { byId, quota } = this.#shared
    const { bytes } = byId.get(fault.id) as RegisteredFault
    this.#faults.delete(fault)
    byId.delete(fault.id)
    quota.record(-bytes)
  }

  clear(): void {
    for (const fault of this.#faults) this.#remove(fault)
    this.#shared.retries.forget(({ spec }) => (spec.org_id ?? '') === this.#owner)
  }
}

/** All faults of one server. */
export class Faults {
  /** All faults by id. */
  readonly #byId = new Map<string, RegisteredFault>()
  /** The automatic retries to expect from clients. */
  readonly retries = new ClientRetries()
  readonly #shared: SharedState
  #global: FaultList

  /**
   * `idsOf` returns a sequence of ids from its start, which is the same for the same owner if ids are seeded.
   * The memory of faults counts towards `quota`.
   */
  constructor(idsOf: (owner: string) => Ids, quota: Quota) {
    this.#shared = { byId: this.#byId, idsOf, quota, retries: this.retries }
    this.#global = this.create('')
  }

  /** Whether there are neither faults nor expected retries. Most requests check only this. */
  get isEmpty(): boolean {
    return this.#byId.size === 0 && this.retries.isEmpty
  }

  /** The faults that apply to all requests, including unauthenticated ones. */
  get global(): FaultList {
    return this.#global
  }

  /** Returns a new list for an organization. */
  create(orgId: string): FaultList {
    return new FaultList(orgId, this.#shared)
  }

  /** Returns the fault with an id from the given lists, by default from all. */
  get(id: string, lists?: readonly FaultList[]): Fault | undefined {
    const registered = this.#byId.get(id)
    return registered !== undefined && (lists?.includes(registered.list) ?? true)
      ? registered.fault
      : undefined
  }

  /** Removes a fault. */
  delete({ id }: Fault): void {
    const registered = this.#byId.get(id)
    registered?.list.delete(registered.fault)
  }

  /** Removes the global faults and restarts their sequence of ids. */
  reset(): void {
    this.#global.clear()
    this.#global = this.create('')
  }
}
