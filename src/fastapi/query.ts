import { percentDecode } from './percent.ts'

/** The parameters of a query string (without its `?`) as Starlette's QueryParams reads them. Parsed on first look-up. */
export class QueryParameters {
  readonly #raw: string
  #values: Map<string, string[]> | undefined

  constructor(raw: string) {
    this.#raw = raw
  }

  /** The value that counts where one is expected: the last one. Undefined when the name is absent. */
  last(name: string): string | undefined {
    return this.#parsed().get(name)?.at(-1)
  }

  /** Every value of the name, in order. */
  all(name: string): string[] {
    return this.#parsed().get(name)?.slice() ?? []
  }

  /** The names that occur, each once. */
  names(): string[] {
    return [...this.#parsed().keys()]
  }

  #parsed(): Map<string, string[]> {
    this.#values ??= parse(this.#raw)
    return this.#values
  }
}

function parse(raw: string): Map<string, string[]> {
  const values = new Map<string, string[]>()
  for (const segment of raw.split('&')) {
    if (segment === '') continue
    const separator = segment.indexOf('=')
    const name = decode(separator === -1 ? segment : segment.slice(0, separator))
    const value = separator === -1 ? '' : decode(segment.slice(separator + 1))
    const sameName = values.get(name)
    if (sameName) sameName.push(value)
    else values.set(name, [value])
  }
  return values
}

function decode(text: string): string {
  return percentDecode(text.replaceAll('+', ' '))
}
