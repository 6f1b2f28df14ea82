import { type Ids, random } from '../base/ids.ts'
import { compilePath, type MatchPath } from '../journal/path-pattern.ts'
import type { FaultSpec, FaultView } from '../schemas/control/fault.ts'
import type { CannedResponse } from './answer.ts'

/** A fault whose members go together, with its preset filled in. */
export interface CheckedFault {
  readonly spec: FaultSpec
  /** What it answers in place of the API; undefined where the API answers. */
  readonly answer: CannedResponse | undefined
}

/** What a request is struck by. */
export interface Target {
  readonly method: string
  /** Decoded, without the query. */
  readonly path: string
  /** What else tells it from other requests: its query, its key and the length of its body. */
  readonly identity?: string
}

/** A fault that is in force, and how often it has struck. */
export class Fault {
  readonly id: string
  readonly spec: FaultSpec
  readonly answer: CannedResponse | undefined
  readonly #isPath: MatchPath | undefined
  readonly #chances: Ids
  #matched = 0
  #struck = 0

  /** `chances` is where its probability comes from, and is nobody else's: what other requests do must not change its strikes. */
  constructor(id: string, { spec, answer }: CheckedFault, chances: Ids) {
    this.id = id
    this.spec = spec
    this.answer = answer
    this.#isPath = spec.path === undefined ? undefined : compilePath(spec.path)
    this.#chances = chances
  }

  /** Counts a request, if it is one of those that are meant, and says whether it is struck. */
  matchAndCount({ method, path }: Target): boolean {
    const { spec } = this
    if (spec.method !== undefined && spec.method !== method) return false
    if (this.#isPath?.(path) === false) return false
    this.#matched++
    if (this.#matched <= (spec.after ?? 0)) return false
    if (spec.probability !== undefined && random(this.#chances) >= spec.probability) return false
    this.#struck++
    return true
  }

  /** How often it will still strike; null where there is no end. */
  get left(): number | null {
    const { times } = this.spec
    return times === undefined ? null : times - this.#struck
  }

  /** As the control plane shows it. */
  show(): FaultView {
    const { id, spec, left } = this
    return { id, ...spec, org_id: spec.org_id ?? null, matched: this.#matched, struck: this.#struck, left }
  }
}
