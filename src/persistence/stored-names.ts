import { hash } from 'node:crypto'
import { DamagedRowError, type Row, type RowKey } from '../database/types.ts'
import { ofRowText, toRowText } from './row-text.ts'

/** The maximum length of an id in a database, in characters: PostgreSQL refuses keys of more than 2,700 bytes. */
const ID_LENGTH_MAX = 500

/** The prefix of names that are written as JSON. */
const ESCAPED = 'json:'

/** The prefix of the hashes that replace ids that are too long. */
const HASHED = 'sha256:'

/** The data of a row whose id is a hash. */
interface LongIdData {
  readonly longId: string
  readonly data: unknown
}

/**
 * Converts the names of organizations and the ids to those that a database can have as keys: PostgreSQL accepts neither the character U+0000
 * nor lone surrogates nor long texts there, and clients may choose some of them.
 */
export class StoredNames {
  /** The ids that are too long, by their hashes. */
  readonly #longIds = new Map<string, string>()

  /** Forgets the long ids, since all rows are read anew. */
  clear(): void {
    this.#longIds.clear()
  }

  /** Returns a key in the form of the database. */
  stored({ kind, orgId, id }: RowKey): RowKey {
    if (id.length <= ID_LENGTH_MAX) return { kind, orgId: escaped(orgId), id: escaped(id) }
    const short = HASHED + hash('sha256', JSON.stringify(id))
    this.#longIds.set(short, id)
    return { kind, orgId: escaped(orgId), id: short }
  }

  /** Returns key and data in the form of the database. */
  toRow(key: RowKey, data: unknown): Pick<Row, keyof RowKey | 'data'> {
    const isLong = key.id.length > ID_LENGTH_MAX
    const content = isLong ? ({ longId: key.id, data } satisfies LongIdData) : data
    return { ...this.stored(key), data: toRowText(content) }
  }

  /** Returns the original of a key in the form of the database. */
  ofKey({ kind, orgId, id }: RowKey): RowKey {
    return { kind, orgId: unescaped(orgId), id: this.#longIds.get(id) ?? unescaped(id) }
  }

  /** Returns the original key and data of a row. Throws DamagedRowError. */
  ofRow(row: Row): RowKey & { readonly data: unknown } {
    const content = contentOf(row)
    const { longId, data } = Object(content) as Partial<LongIdData>
    if (!row.id.startsWith(HASHED) || longId === undefined) return { ...this.ofKey(row), data: content }
    this.#longIds.set(row.id, longId)
    return { ...this.ofKey(row), data }
  }
}

/** Parses the data of a row. The error omits the data, which may contain secrets. */
function contentOf({ kind, data }: Row): unknown {
  try {
    return ofRowText(data)
  } catch {
    throw new DamagedRowError(`a row of ${kind} is not JSON`)
  }
}

/** Escapes a name that PostgreSQL rejects, or that looks like an escaped name or a hash because of its prefix. */
function escaped(name: string): string {
  const isPlain = name.isWellFormed() && !name.includes('\0')
  const isMistakable = name.startsWith(ESCAPED) || name.startsWith(HASHED)
  // JSON escapes U+0000 and lone surrogates.
  return isPlain && !isMistakable ? name : ESCAPED + JSON.stringify(name)
}

function unescaped(name: string): string {
  if (!name.startsWith(ESCAPED)) return name
  try {
    return JSON.parse(name.slice(ESCAPED.length)) as string
  } catch {
    throw new DamagedRowError('an escaped name of a row is not JSON')
  }
}
