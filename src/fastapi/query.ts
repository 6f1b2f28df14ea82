import { percentDecode } from './percent.ts'

/** The parameters of a query string (without its `?`). They are parsed like Starlette's QueryParams, on the first access. */
export class QueryParameters {
  readonly #raw: string
  #values: Map<string, string[]> | undefined

  constructor(raw: string) {
    this.#raw = raw
  }

  /** Returns the parameters of a request target. Only its first question mark separates them from the path. */
  static in(target: string): QueryParameters {
    const mark = target.indexOf('?')
    return new QueryParameters(mark === -1 ? '' : target.slice(mark + 1))
  }

  /** Returns the last value of a name, which Starlette uses for a single value; undefined if the name is absent. */
  last(name: string): string | undefined {
    return this.#parsed().get(name)?.at(-1)
  }

  /** Returns all values of a name in order. */
  all(name: string): string[] {
    return this.#parsed().get(name)?.slice() ?? []
  }

  /** Returns the distinct names. */
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
