/** One step of an item's `loc`: a name, a list index, or (for JSON errors) a position in the text. */
export type LocItem = string | number

/** One entry of the `detail` array of a 422 answer, in the order in which pydantic writes its keys. */
export interface ValidationIssue {
  type: string
  loc: LocItem[]
  msg: string
  /** The offending value as it was parsed. */
  input: unknown
  ctx?: Record<string, unknown>
}
