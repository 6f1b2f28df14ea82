/** The contents of a row. */
export interface StoredValue {
  /** Orders the rows of a kind in an organization. Default: 0. */
  readonly position?: number
  /** Plain data, which JSON can express. */
  readonly data: unknown
  /** The bytes of a file. Default: none. */
  readonly bytes?: Uint8Array
  /** Whether another process has just written it, so that those who watch are told. Default: it is read with everything else. */
  readonly isNew?: boolean
}

/** A part of a server's state that is kept in rows of one kind. It is read after it has changed, and written as other processes left it. */
export interface RowKind {
  readonly name: string
  /** Returns what the row of an organization (`''` for the server itself) with an id holds; undefined if there is no such row any more. */
  read(orgId: string, id: string): StoredValue | undefined
  /** Sets what a row holds. */
  write(orgId: string, id: string, value: StoredValue): void
  /** Removes what a row holds. Ignores rows that do not exist. */
  remove(orgId: string, id: string): void
  /** Removes everything, before all rows are read anew. */
  clear(): void
}

/** Does nothing. For kinds whose only row is never removed, and for rows that another kind clears. */
export const nothing = () => undefined

/** Returns the organization of a row; null for a row of the server itself. */
export function ownerOf(orgId: string): string | null {
  return orgId === '' ? null : orgId
}
