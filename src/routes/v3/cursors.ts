import { HttpException } from '../../fastapi/errors.ts'

/** The query parameters of a list by cursor. */
export interface CursorQuery {
  /** Absent, null or empty for the first page. */
  readonly after?: string | null
  /** Default: 100. */
  readonly first: number
}

/** The cursors of a list. Each contains the name of the list and the position at which a page ended. */
export class Cursors {
  readonly #prefix: string

  constructor(list: string) {
    this.#prefix = `v1:${list}:`
  }

  /** Returns the cursor of a position. */
  at(position: string): string {
    return encode(this.#prefix + position)
  }

  /**
   * Returns the position in the cursor of a query; undefined for the first page. Throws an HttpException for a cursor that is invalid or
   * belongs to another list.
   */
  positionIn({ after }: CursorQuery): string | undefined {
    if (!after) return undefined
    const text = Buffer.from(after, 'base64').toString('utf8')
    if (!text.startsWith(this.#prefix) || encode(text) !== after) throw invalidCursor()
    return text.slice(this.#prefix.length)
  }

  /** Like `positionIn`, for positions in JSON. Also throws an HttpException for one that `isPosition` does not accept. */
  parsedPositionIn<Position>(
    query: CursorQuery,
    isPosition: (value: unknown) => value is Position,
  ): Position | undefined {
    const text = this.positionIn(query)
    if (text === undefined) return undefined
    try {
      const position: unknown = JSON.parse(text)
      if (isPosition(position)) return position
    } catch {
      // Answered below.
    }
    throw invalidCursor()
  }
}

function encode(text: string): string {
  return Buffer.from(text).toString('base64')
}

/** Returns the 400 for an invalid cursor. */
export function invalidCursor(): HttpException {
  return new HttpException(400, 'Invalid cursor')
}
