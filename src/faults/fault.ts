import { type Ids, random } from '../base/ids.ts'
import { compilePath, type MatchPath } from '../journal/path-pattern.ts'
import type { FaultSpec, FaultView } from '../schemas/control/fault.ts'
import type { CannedResponse } from './answer.ts'

/** A valid fault with the members of its preset. */
export interface CheckedFault {
  readonly spec: FaultSpec
  /** The response in place of the API's. Undefined if the API responds. */
  readonly answer: CannedResponse | undefined
}

/** The parts of a request that faults match against. */
export interface Target {
  readonly method: string
  /** The decoded path without the query. */
  readonly path: string
  /** The rest of its identity: its query, its key and the length of its body. */
  readonly identity?: string
}

/** The counters of a fault. */
export interface FaultCounters {
  /** The number of matching requests. */
  readonly matched: number
  /** The number of requests that it was applied to. */
  readonly struck: number
  /** The number of random numbers that it has used. */
  readonly drawn: number
}

/** An active fault with its counters. */
export class Fault {
  readonly id: string
  readonly spec: FaultSpec
  readonly answer: CannedResponse | undefined
  readonly #matchesPath: MatchPath | undefined
  readonly #ids: Ids
  #matched = 0
  #struck = 0

  /** `ids` is the source of randomness. It must not be shared, so that other requests do not change the outcome. */
  constructor(id: string, { spec, answer }: CheckedFault, ids: Ids) {
    this.id = id
    this.spec = spec
    this.answer = answer
    this.#matchesPath = spec.path === undefined ? undefined : compilePath(spec.path)
    this.#ids = ids
  }

  /** Counts a request if it matches. Returns whether the fault applies to it. */
  matchAndCount({ method, path }: Target): boolean {
    const { spec } = this
    if (spec.method !== undefined && spec.method !== method) return false
    if (this.#matchesPath?.(path) === false) return false
    this.#matched++
    if (this.#matched <= (spec.after ?? 0)) return false
    if (spec.probability !== undefined && random(this.#ids) >= spec.probability) return false
    this.#struck++
    return true
  }

  /** The counters. They are set when a fault is read from a database. */
  get counters(): FaultCounters {
    return { matched: this.#matched, struck: this.#struck, drawn: this.#ids.issued }
  }

  set counters({ matched, struck, drawn }: FaultCounters) {
    this.#matched = matched
    this.#struck = struck
    this.#ids.issued = drawn
  }

  /** The number of times it will still apply, or null if unlimited. */
  get left(): number | null {
    const { times } = this.spec
    return times === undefined ? null : times - this.#struck
  }

  /** Returns the fault in the form of the control plane. */
  show(): FaultView {
    const { id, spec, left } = this
    return { id, ...spec, org_id: spec.org_id ?? null, matched: this.#matched, struck: this.#struck, left }
  }
}
