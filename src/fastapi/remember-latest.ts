/** Returns a function that computes a value from a text once for calls in a row with the same text, as requests in a row often have. */
export function rememberLatest<Value>(compute: (text: string) => Value): (text: string) => Value {
  let latest: { readonly text: string; readonly value: Value } | undefined
  return (text) => {
    if (latest?.text !== text) latest = { text, value: compute(text) }
    return latest.value
  }
}
