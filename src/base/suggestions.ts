/** The minimum length of the longer name for two edits to count as a typo, so that `watch` does not match `path`. */
const TWO_EDITS_MIN = 6

/** Returns the known name closest to a misspelled one, or undefined if none is similar. */
export function closestName(name: string, known: readonly string[]): string | undefined {
  return (
    known.find((other) => isWithinEdits(name, other, 1)) ??
    known.find(
      (other) => Math.max(name.length, other.length) >= TWO_EDITS_MIN && isWithinEdits(name, other, 2),
    ) ??
    known.find((other) => name.length >= PREFIX_MIN && other.startsWith(name))
  )
}

/** Returns a suffix for an error about an unknown name, `; did you mean url?`, or `''` without a similar name. */
export function suggestion(name: string, known: readonly string[]): string {
  const closest = closestName(name, known)
  return closest === undefined ? '' : `; did you mean ${closest}?`
}

/** The parts of a JSON schema that define the members of objects. */
export interface SchemaNode {
  readonly properties?: Readonly<Record<string, SchemaNode>>
  readonly items?: SchemaNode
  readonly anyOf?: readonly SchemaNode[]
}

/** Returns the names of the properties that a schema allows at a path in the data. */
export function propertyNamesAt(schema: SchemaNode, path: readonly (string | number)[]): string[] {
  const nodes = path.reduce<readonly SchemaNode[]>(
    (parents, key) =>
      parents.flatMap((parent) => {
        const child = typeof key === 'number' ? parent.items : parent.properties?.[key]
        return child === undefined ? [] : variantsOf(child)
      }),
    variantsOf(schema),
  )
  return nodes.flatMap(({ properties = {} }) => Object.keys(properties))
}

function variantsOf(schema: SchemaNode): readonly SchemaNode[] {
  return schema.anyOf ?? [schema]
}

/** The minimum length of a prefix to match a longer name, such as `delay` for `delay_ms`. */
const PREFIX_MIN = 3

/** The maximum length of a name to compare. Longer ones get no suggestion. */
const LENGTH_MAX = 100

/** Returns whether the edit distance is at most `edits`. A transposition of adjacent characters is one edit. */
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
  const isSwapped = rest.length > 1 && rest[0] === other[1] && rest[1] === other[0]
  if (isSwapped && isWithinEdits(rest.slice(2), other.slice(2), edits - 1)) return true
  return pairs.some(([left, right]) => isWithinEdits(left, right, edits - 1))
}
