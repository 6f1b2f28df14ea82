/** Matches the weight of an alternative, if it is a number. */
const WEIGHT = /;\s*q\s*=\s*(\d+(?:\.\d*)?|\.\d+)\s*(?:;|$)/

/**
 * Returns the weights of the alternatives in an `Accept` or `Accept-Encoding` header, by their names in lower case without parameters
 * (RFC 9110, section 12.4). An unreadable weight counts as none given, which means 1.
 */
export function weightsOf(header = ''): Map<string, number> {
  const parts = header.toLowerCase().split(',')
  return new Map(
    parts.map((part) => [part.replace(/;.*/s, '').trim(), Number(WEIGHT.exec(part)?.[1] ?? 1)] as const),
  )
}
