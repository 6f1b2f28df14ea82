/** Returns a list as it is, one value as a list of it, and an empty list for undefined. */
export function listOf<Value>(values: Value | readonly Value[] | undefined): readonly Value[] {
  if (values === undefined) return []
  return isList(values) ? values : [values]
}

function isList<Value>(values: Value | readonly Value[]): values is readonly Value[] {
  return Array.isArray(values)
}
