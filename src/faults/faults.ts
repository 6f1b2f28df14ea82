import type { Ids } from '../ids.ts'
import { ClientRetries } from './client-retries.ts'
import { type CheckedFault, Fault, type Target } from './fault.ts'

/** How many faults there can be in each list: of one organisation, or for all. */
export const FAULTS_MAX = 1_000

/** A fault and the list that it stands in. */
interface Listed {
  readonly fault: Fault
  readonly list: FaultList
}

/** The faults of one organisation, or those for all, in the order in which they were added. */
export class FaultList {
  readonly #faults = new Set<Fault>()
  readonly #all: Map<string, Listed>
  readonly #ids: Ids
  readonly #idsOf: (owner: string) => Ids
  readonly #owner: string
  readonly #retries: ClientRetries

  /** `all` is where every fault of the server is found by its id; `owner` is whose they are, `''` for those for all. */
  constructor(
    owner: string,
    all: Map<string, Listed>,
    retries: ClientRetries,
    idsOf: (owner: string) => Ids,
  ) {
    this.#owner = owner
    this.#all = all
    this.#retries = retries
    this.#ids = idsOf(`faults ${owner}`)
    this.#idsOf = idsOf
  }

  /** Adds one after those there are; undefined when there are `FAULTS_MAX`. */
  add(checked: CheckedFault): Fault | undefined {
    if (this.#faults.size >= FAULTS_MAX) return undefined
    const id = `fault-${this.#ids.hex()}`
    const fault = new Fault(id, checked, this.#idsOf(id))
    this.#faults.add(fault)
    this.#all.set(id, { fault, list: this })
    return fault
  }

  list(): Fault[] {
    return [...this.#faults]
  }

  /** The first that strikes a request. One that has run out thereby is gone. */
  strike(target: Target): Fault | undefined {
    for (const fault of this.#faults) {
      if (!fault.strikes(target)) continue
      if (fault.left === 0) this.#remove(fault)
      return fault
    }
    return undefined
  }

  delete(fault: Fault): void {
    this.#retries.forget((one) => one === fault)
    this.#remove(fault)
  }

  #remove(fault: Fault): void {
    this.#faults.delete(fault)
    this.#all.delete(fault.id)
  }

  clear(): void {
    for (const fault of this.#faults) this.#remove(fault)
    this.#retries.forget(({ spec }) => (spec.org_id ?? '') === this.#owner)
  }
}

/** All faults of one server. */
export class Faults {
  readonly #idsOf: (owner: string) => Ids
  /** By their ids. */
  readonly #listed = new Map<string, Listed>()
  /** What clients may send again by themselves. */
  readonly retries = new ClientRetries()
  #forAll: FaultList

  /** `idsOf` gives a sequence of ids from its start, which is the same for the same owner where ids are seeded. */
  constructor(idsOf: (owner: string) => Ids) {
    this.#idsOf = idsOf
    this.#forAll = this.create('')
  }

  /** Whether there are none, which is all that a request asks as a rule. */
  get areNone(): boolean {
    return this.#listed.size === 0 && this.retries.areNone
  }

  /** Those that strike requests of every organisation, and of nobody. */
  get forAll(): FaultList {
    return this.#forAll
  }

  /** A list for an organisation. */
  create(orgId: string): FaultList {
    return new FaultList(orgId, this.#listed, this.retries, this.#idsOf)
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
  restart(): void {
    this.#forAll.clear()
    this.#forAll = this.create('')
  }
}
