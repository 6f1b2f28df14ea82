/** The lengths of long containers in the text that they were decoded from, in characters. */
const sourceLengths = new WeakMap<object, number>()

/** The minimum length of a container whose length is recorded while decoding, in characters. */
export const RECORDED_LENGTH_MIN = 65_536

/** Records the length of a container in the text that it was decoded from. */
export function recordSourceLength(container: object, characters: number): void {
  sourceLengths.set(container, characters)
}

/** Returns the recorded length of a container in the text that it was decoded from, in characters, if it was long. */
export function sourceLength(container: object): number | undefined {
  return sourceLengths.get(container)
}

/**
 * Returns the approximate length of a value as compact JSON, in characters. Escapes are not counted. Returns Infinity above
 * `max`, after at most `max` steps, or a single step for a container with a longer recorded length.
 */
export function jsonLength(value: unknown, max: number): number {
  // Not recursive, since a body can nest ten thousand levels deep.
  const pending = [value]
  let length = 0
  while (pending.length > 0) {
    const next = pending.pop()
    if (typeof next !== 'object' || next === null) length += scalarLength(next)
    else {
      if ((sourceLengths.get(next) ?? 0) > max) return Number.POSITIVE_INFINITY
      length += 2
      if (Array.isArray(next)) {
        // Counts a comma per item first, so that a long list is not traversed.
        length += next.length
        if (length <= max) for (const item of next) pending.push(item)
      } else {
        for (const name in next) {
          length += name.length + 4
          if (length > max) break
          pending.push(next[name as keyof typeof next])
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
