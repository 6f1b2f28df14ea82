/** The prefix of a text with integers that JSON.stringify cannot write. The rest is JSON. */
const INTEGERS = 'integers:'

/** The prefix of a JSON string that stands for such an integer. */
const INTEGER = 'integer:'

/** The prefix of a JSON string that stands for a text with one of these prefixes. */
const TEXT = 'text:'

/**
 * Returns data as a text for a database. Integers of clients can be bigint, such as those in the body of a fault. In the few rows that have one, they are
 * strings with a prefix, so that all other rows are plain JSON, which is read several times as fast as with a reviver.
 */
export function toRowText(data: unknown): string {
  try {
    return JSON.stringify(data)
  } catch {
    return INTEGERS + JSON.stringify(data, (_key, value) => escapeInteger(value))
  }
}

/** Returns the data of a text of `toRowText`. Throws a SyntaxError for any other text. */
export function ofRowText(text: string): unknown {
  if (!text.startsWith(INTEGERS)) return JSON.parse(text)
  return JSON.parse(text.slice(INTEGERS.length), (_key, value) => unescapeInteger(value))
}

function escapeInteger(value: unknown): unknown {
  if (typeof value === 'bigint') return `${INTEGER}${value}`
  if (typeof value !== 'string') return value
  return value.startsWith(INTEGER) || value.startsWith(TEXT) ? TEXT + value : value
}

function unescapeInteger(value: unknown): unknown {
  if (typeof value !== 'string') return value
  if (value.startsWith(INTEGER)) return BigInt(value.slice(INTEGER.length))
  return value.startsWith(TEXT) ? value.slice(TEXT.length) : value
}
