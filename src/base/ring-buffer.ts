/** The minimum capacity of a buffer that has had an item. */
const CAPACITY_MIN = 8

/**
 * A queue in a circular array, for items that stay for a while, such as the latest requests. V8 copies an array whose first items are removed
 * from time to time. If the former array is in the old generation, it keeps all its items alive until the next full garbage collection. For the
 * journal, that took a twentieth of the CPU time of a request (Node 24). A ring buffer is copied only when it grows, and clears the former
 * array.
 */
export class RingBuffer<Item> {
  /** Its length is a power of two. */
  #items: (Item | undefined)[] = []
  #first = 0
  #length = 0

  /** The number of items. */
  get length(): number {
    return this.#length
  }

  /** Adds an item at the end. */
  push(item: Item): void {
    if (this.#length === this.#items.length) this.#grow()
    this.#items[this.#place(this.#length++)] = item
  }

  /** Removes the first item and returns it; undefined if there is none. */
  shift(): Item | undefined {
    if (this.#length === 0) return undefined
    const item = this.#items[this.#first]
    this.#items[this.#first] = undefined
    this.#first = this.#place(1)
    this.#length--
    return item
  }

  /** Returns the item at an index; undefined if there is none. */
  at(index: number): Item | undefined {
    return index >= 0 && index < this.#length ? this.#items[this.#place(index)] : undefined
  }

  /** Replaces an item. Throws RangeError if there is none at the index. */
  set(index: number, item: Item): void {
    if (index < 0 || index >= this.#length) throw new RangeError(`no item at ${index}`)
    this.#items[this.#place(index)] = item
  }

  /** Returns the items from an index on. Default: all of them. */
  toArray(from = 0): Item[] {
    const items: Item[] = []
    for (let index = Math.max(0, from); index < this.#length; index++) items.push(this.at(index) as Item)
    return items
  }

  /** Removes all items. */
  clear(): void {
    this.#items.fill(undefined)
    this.#items = []
    this.#first = 0
    this.#length = 0
  }

  #place(index: number): number {
    return (this.#first + index) & (this.#items.length - 1)
  }

  #grow(): void {
    const items: (Item | undefined)[] = this.toArray()
    items.length = Math.max(CAPACITY_MIN, 2 * this.#length)
    this.#items.fill(undefined)
    this.#items = items
    this.#first = 0
  }
}
