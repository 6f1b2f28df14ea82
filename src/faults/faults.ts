import type { ChangeFeed } from '../base/changes.ts'
import type { Ids } from '../base/ids.ts'
import { approximateSize, type Quota } from '../base/quota.ts'
import { ClientRetries } from './client-retries.ts'
import { type CheckedFault, Fault, type FaultCounters, type Target } from './fault.ts'

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
  /** Orders the faults of a list. */
  readonly position: number
}

/** The state that all lists of a server share. */
interface SharedState {
  /** All faults by id. */
  readonly byId: Map<string, RegisteredFault>
  readonly idsOf: (owner: string) => Ids
  readonly quota: Quota
  /** The automatic retries to expect from clients. */
  readonly retries: ClientRetries
  readonly changes: ChangeFeed | undefined
}

/** The kind of the rows of faults. */
const KIND = 'faults'

/** A fault as a database keeps it. */
export interface StoredFault extends CheckedFault {
  readonly counters: FaultCounters
}

/** The faults of one organization, or the global ones, in insertion order. */
export class FaultList {
  readonly #faults = new Set<Fault>()
  readonly #shared: SharedState
  readonly #owner: string
  /** Created when it is first needed, since most organizations have no faults. */
  #ids: Ids | undefined
  #lastPosition = 0

  /** `owner` is the id of the organization, or `''` for global faults. */
  constructor(owner: string, shared: SharedState) {
    this.#shared = shared
    this.#owner = owner
  }

  /** Appends a fault. Returns undefined if there are already `FAULTS_MAX`. Throws StoreFullError. */
  add(checked: CheckedFault): Fault | undefined {
    if (this.#faults.size >= FAULTS_MAX) return undefined
    const { idsOf, quota } = this.#shared
    const bytes = FAULT_BYTES + approximateSize(checked)
    quota.reserve(bytes)
    const id = `fault-${this.#ownIds().hex()}`
    const fault = new Fault(id, checked, idsOf(id))
    this.#register(fault, bytes, this.#lastPosition + 1)
    this.#mark(id)
    return fault
  }

  #ownIds(): Ids {
    this.#ids ??= this.#shared.idsOf(`faults ${this.#owner}`)
    return this.#ids
  }

  #mark(id: string): void {
    this.#shared.changes?.tracker?.mark(KIND, this.#owner, id)
  }

  /** The number of ids that were issued. */
  get issued(): number {
    return this.#ids?.issued ?? 0
  }

  set issued(issued: number) {
    this.#ownIds().issued = issued
  }

  /** Adds a stored fault, or sets the counters of the one with its id. */
  put(id: string, { counters, ...checked }: StoredFault, position: number): void {
    const { byId, idsOf, quota } = this.#shared
    const fault = byId.get(id)?.fault ?? new Fault(id, checked, idsOf(id))
    fault.counters = counters
    if (byId.has(id)) return
    const bytes = FAULT_BYTES + approximateSize(checked)
    quota.record(bytes)
    this.#register(fault, bytes, position)
  }

  #register(fault: Fault, bytes: number, position: number): void {
    this.#faults.add(fault)
    this.#shared.byId.set(fault.id, { fault, list: this, bytes, position })
    this.#lastPosition = Math.max(this.#lastPosition, position)
  }

  /** Removes a stored fault if it exists. Its expected retries stay. */
  drop(id: string): void {
    const fault = this.#shared.byId.get(id)?.fault
    if (fault !== undefined && this.#faults.has(fault)) this.#remove(fault)
  }

  /** Returns the position of a fault of this list. */
  positionOf({ id }: Fault): number {
    return (this.#shared.byId.get(id) as RegisteredFault).position
  }

  list(): Fault[] {
    return [...this.#faults]
  }

  /** Returns the first fault that applies to a request. Removes it if this was the last time it applies. */
  takeMatching(target: Target): Fault | undefined {
    for (const fault of this.#faults) {
      const { matched } = fault.counters
      const applies = fault.matchAndCount(target)
      if (fault.counters.matched !== matched) this.#mark(fault.id)
      if (!applies) continue
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
    this.#mark(fault.id)
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
  readonly retries: ClientRetries
  readonly #shared: SharedState
  #global: FaultList

  /**
   * `idsOf` returns a sequence of ids from its start, which is the same for the same owner if ids are seeded.
   * The memory of faults counts towards `quota`, and changes are recorded. Default: they are not.
   */
  constructor(idsOf: (owner: string) => Ids, { quota, changes }: { quota: Quota; changes?: ChangeFeed }) {
    this.retries = new ClientRetries(changes)
    this.#shared = { byId: this.#byId, idsOf, quota, retries: this.retries, changes }
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
