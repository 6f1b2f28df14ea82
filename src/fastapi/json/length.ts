/** By containers of a decoded text: how many characters of the text they took. Only long ones are in here. */
const sentLengths = new WeakMap<object, number>()

/** From how many characters on the length of a container is noted when it is decoded. */
export const NOTED_LENGTH = 65_536

/** Notes how many characters a container took in the text that it was decoded from. */
export function noteLength(container: object, characters: number): void {
  sentLengths.set(container, characters)
}

/** How many characters a container took in the text that it was decoded from; undefined for one that was not noted as long. */
export function notedLength(container: object): number | undefined {
  return sentLengths.get(container)
}

/**
 * Roughly the length of a value as compact JSON, in characters: escapes are not counted. Infinity for more than `max`, which
 * it takes at most as many steps to find out; a container that was noted as longer than that takes a single one.
 */
export function jsonLength(value: unknown, max: number): number {
  // Not recursive: a body may nest ten thousand levels deep.
  const waiting = [value]
  let length = 0
  while (waiting.length > 0) {
    const next = waiting.pop()
    if (typeof next !== 'object' || next === null) length += scalarLength(next)
    else {
      if ((sentLengths.get(next) ?? 0) > max) return Number.POSITIVE_INFINITY
      length += 2
      if (Array.isArray(next)) {
        // A comma each, so that a long list is not even walked.
        length += next.length
        if (length <= max) for (const item of next) waiting.push(item)
      } else {
        for (const name in next) {
          length += name.length + 4
          if (length > max) break
          waiting.push(next[name as keyof typeof next])
        }
      }
    }
    if (length > max) return Number.POSITIVE_INFINITY
  }
  return length
}

function scalarLength(value: unknown): number {
  return typeof value === 'string' ? value.length + 2 : String(value).length
}
