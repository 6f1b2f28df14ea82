/** A part of a stream of server-sent events. */
export interface ServerSent {
  /** The position of the stream; undefined if it has not been sent yet. */
  readonly id: string | undefined
  /** Undefined if only the position was sent. */
  readonly data: string | undefined
}

/** Yields the events of a stream. Knows the fields that the control plane sends: `id`, and `data` of one line. */
export async function* serverSent(pieces: AsyncIterable<string>): AsyncGenerator<ServerSent, undefined> {
  let rest = ''
  let id: string | undefined
  for await (const piece of pieces) {
    const blocks = (rest + piece).split('\n\n')
    rest = blocks.pop() as string
    for (const block of blocks) {
      const fields = block.split('\n')
      id = fieldOf('id', fields) ?? id
      yield { id, data: fieldOf('data', fields) }
    }
  }
}

function fieldOf(name: string, fields: readonly string[]): string | undefined {
  return fields.find((field) => field.startsWith(`${name}: `))?.slice(name.length + 2)
}
