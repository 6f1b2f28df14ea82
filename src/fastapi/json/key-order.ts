/** The keys of decoded objects in the order of their text, for objects whose keys JavaScript lists in another order. */
const orders = new WeakMap<object, readonly string[]>()

/**
 * The maximum length of an object whose order of keys is recorded, in characters of its text. To record a million keys takes half a
 * second.
 */
export const ORDERED_LENGTH_MAX = 65_536

/**
 * Records the order in which the text of an object has its keys. JavaScript lists keys that are array indexes first and by number
 * (`{"10": 1, "9": 2}` has the keys `9` and `10`); Python keeps the order of the text.
 */
export function recordKeyOrder(object: object, keys: ReadonlySet<string>): void {
  const inText = [...keys]
  if (Object.keys(object).some((key, index) => key !== inText[index])) orders.set(object, inText)
}

/** Returns whether JavaScript lists the keys of an object in another order than the text that it was decoded from. */
export function hasOtherKeyOrder(object: object): boolean {
  return orders.has(object)
}

/** Returns the keys of an object, in the order of the text if it was decoded from one. */
export function keysInOrder(object: object): readonly string[] {
  return orders.get(object) ?? Object.keys(object)
}
