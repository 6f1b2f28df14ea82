import { CLOCK_MAX, parseInstant } from '../base/clock.ts'
import type { LocItem } from '../fastapi/errors.ts'
import { ValidationContext } from '../fastapi/validation/compile.ts'

/** Reads a document that fits its schema, and tells what a schema cannot say of it, with the place of each fault. */
export class DocumentReader extends ValidationContext {
  /** How many steps of the path lead to the document. */
  readonly #depth: number

  /** `at` is where the document itself stands. */
  constructor(at: readonly LocItem[]) {
    super()
    this.path.push(...at)
    this.#depth = at.length
  }

  /** Adds a fault of what stands at `at`, seen from where is being read. */
  reject(at: readonly LocItem[], reason: string): void {
    this.within(at, () => this.report('value_error', `Value error, ${reason}`, null, { error: {} }))
  }

  /** Reads what stands at `at`. */
  within<Value>(at: readonly LocItem[], read: () => Value): Value {
    this.path.push(...at)
    const value = read()
    this.path.length -= at.length
    return value
  }

  /** Reads each item of the list of a name. */
  each<Item, Value>(name: string, items: readonly Item[] | undefined, read: (item: Item) => Value): Value[] {
    return (items ?? []).map((item, index) => this.within([name, index], () => read(item)))
  }

  /** The time of a member, in microseconds since the epoch; `otherwise` when the document has none there. */
  instant(
    at: readonly LocItem[],
    text: string | null | undefined,
    otherwise: number,
    earliest = -CLOCK_MAX,
  ): number {
    if (text === undefined || text === null) return otherwise
    const instant = parseInstant(text)
    if (instant !== undefined && instant >= earliest && instant <= CLOCK_MAX) return instant
    this.reject(at, 'a time that no clock of the fake can show')
    return otherwise
  }

  /** Refuses a member whose text was seen before; `seen` knows the places of all texts that must differ. */
  requireUnique(seen: Map<string, string>, text: string, member: string): void {
    const twin = seen.get(text)
    if (twin !== undefined) this.reject([member], `the same ${member} as that of ${twin}`)
    else seen.set(text, this.path.slice(this.#depth).join('.'))
  }
}
