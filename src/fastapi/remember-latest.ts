/** Adds a cache of one entry to a function: requests in a row often have the same text. */
export function rememberLatest<Value>(compute: (text: string) => Value): (text: string) => Value {
  let latest: { readonly text: string; readonly value: Value } | undefined
  return (text) => {
    if (latest?.text !== text) latest = { text, value: compute(text) }
    return latest.value
  }
}
