/** Yields the chunks of a body. */
export async function* stream(chunks: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* chunks
}

/** Splits a body into chunks of the given sizes, which repeat. */
export function cut(body: Uint8Array, sizes: readonly number[]): Uint8Array[] {
  const chunks: Uint8Array[] = []
  for (let start = 0; start < body.length; ) {
    const end = start + (sizes[chunks.length % sizes.length] ?? body.length)
    chunks.push(body.subarray(start, end))
    start = end
  }
  return chunks
}
