import { CLOCK_MAX, parseInstant } from '../base/clock.ts'
import type { LocItem } from '../fastapi/errors.ts'
import { ValidationContext } from '../fastapi/validation/compile.ts'

/** Reads a document that fits its schema, and collects the problems that a schema cannot express, with their locations. */
export class DocumentReader extends ValidationContext {
  /** The length of the path to the document. */
  readonly #depth: number

  /** `at` is the location of the document. */
  constructor(at: readonly LocItem[]) {
    super()
    this.path.push(...at)
    this.#depth = at.length
  }

  /** Reports a problem at `at`, relative to the current location. */
  reject(at: readonly LocItem[], reason: string): void {
    this.within(at, () => this.report('value_error', `Value error, ${reason}`, null, { error: {} }))
  }

  /** Reads at `at`, relative to the current location. */
  within<Value>(at: readonly LocItem[], read: () => Value): Value {
    this.path.push(...at)
    const value = read()
    this.path.length -= at.length
    return value
  }

  /** Reads each item of the list at the current location. */
  eachItem<Item, Value>(items: readonly Item[], read: (item: Item) => Value): Value[] {
    return items.map((item, index) => this.within([index], () => read(item)))
  }

  /** Reads each item of the list with this name. */
  each<Item, Value>(name: string, items: readonly Item[] | undefined, read: (item: Item) => Value): Value[] {
    return this.within([name], () => this.eachItem(items ?? [], read))
  }

  /** Returns the time of a member, in microseconds since the epoch, or `otherwise` if it is missing. Rejects times out of range. */
  instant(
    at: readonly LocItem[],
    text: string | null | undefined,
    otherwise: number,
    earliest = -CLOCK_MAX,
  ): number {
    if (text === undefined || text === null) return otherwise
    const instant = parseInstant(text)
    if (instant !== undefined && instant >= earliest && instant <= CLOCK_MAX) return instant
    this.reject(at, 'time out of range')
    return otherwise
  }

  /** Rejects a text that occurred before. `seen` maps each text to the location of its first occurrence. */
  requireUnique(seen: Map<string, string>, text: string, member: string): void {
    const first = seen.get(text)
    if (first !== undefined) this.reject([member], `the same ${member} as that of ${first}`)
    else seen.set(text, this.path.slice(this.#depth).join('.'))
  }
}
