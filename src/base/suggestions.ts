/** How long one of two names has to be for two edits between them to be a slip: `watch` is no `path`. */
const TWO_EDITS_MIN = 6

/** The known name that a wrong one was probably meant to be; undefined when none is near. */
export function closestName(name: string, known: readonly string[]): string | undefined {
  return (
    known.find((other) => isWithinEdits(name, other, 1)) ??
    known.find(
      (other) => Math.max(name.length, other.length) >= TWO_EDITS_MIN && isWithinEdits(name, other, 2),
    ) ??
    known.find((other) => name.length >= BEGINNING_MIN && other.startsWith(name))
  )
}

/** What is added to an error about a wrong name: `; did you mean url?`, or nothing where no known name is near. */
export function suggestion(name: string, known: readonly string[]): string {
  const near = closestName(name, known)
  return near === undefined ? '' : `; did you mean ${near}?`
}

/** What a JSON schema says of the members of its objects. */
export interface SchemaNode {
  readonly properties?: Readonly<Record<string, SchemaNode>>
  readonly items?: SchemaNode
  readonly anyOf?: readonly SchemaNode[]
}

/** The names of the members that an object may have which stands at a place in data of a shape. */
export function propertyNamesAt(shape: SchemaNode, place: readonly (string | number)[]): string[] {
  const shapes = place.reduce<readonly SchemaNode[]>(
    (parents, at) =>
      parents.flatMap((parent) => {
        const child = typeof at === 'number' ? parent.items : parent.properties?.[at]
        return child === undefined ? [] : variantsOf(child)
      }),
    variantsOf(shape),
  )
  return shapes.flatMap(({ properties = {} }) => Object.keys(properties))
}

function variantsOf(shape: SchemaNode): readonly SchemaNode[] {
  return shape.anyOf ?? [shape]
}

/** How long a beginning has to be for the name to be meant by it: `delay` for `delay_ms`. */
const BEGINNING_MIN = 3

/** Names longer than this are not compared: nobody meant them. */
const LENGTH_MAX = 100

/** Whether one text becomes the other by at most `edits` edits: a character is added, removed or changed, or two are swapped. */
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
