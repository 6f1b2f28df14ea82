/** The known name that a wrong one was probably meant to be; undefined when none is near. */
export function nearestName(name: string, known: readonly string[]): string | undefined {
  return (
    known.find((other) => isWithinEdits(name, other, 1)) ??
    known.find((other) => isWithinEdits(name, other, 2))
  )
}

/** Names longer than this are not compared: nobody meant them. */
const LENGTH_MAX = 100

/** Whether one text becomes the other when at most `edits` characters are added, taken away or changed. */
function isWithinEdits(from: string, to: string, edits: number): boolean {
  if (from === to) return true
  if (edits === 0 || from.length > LENGTH_MAX) return false
  let at = 0
  while (from[at] === to[at]) at++
  const [rest, other] = [from.slice(at), to.slice(at)]
  const pairs = [
    [rest.slice(1), other],
    [rest, other.slice(1)],
    [rest.slice(1), other.slice(1)],
  ] as const
  return pairs.some(([left, right]) => isWithinEdits(left, right, edits - 1))
}
