/** An event of a stream: its id, and its data if it has any. */
export interface ServerSent {
  readonly id: string | undefined
  readonly data: string | undefined
}

/** Splits a stream of server-sent events, which arrives in pieces, into events. Knows the fields that the control plane sends. */
export class ServerSentParser {
  #rest = ''
  #id: string | undefined

  /** Returns the events that end with this piece. */
  push(piece: string): ServerSent[] {
    const blocks = (this.#rest + piece).split('\n\n')
    this.#rest = blocks.pop() as string
    return blocks.map((block) => {
      const fields = block.split('\n')
      this.#id = fieldOf('id', fields) ?? this.#id
      return { id: this.#id, data: fieldOf('data', fields) }
    })
  }
}

function fieldOf(name: string, fields: readonly string[]): string | undefined {
  return fields.find((field) => field.startsWith(`${name}: `))?.slice(name.length + 2)
}
