/** An element of an issue's `loc`: a name, a list index or, for JSON errors, a position in the text. */
export type LocItem = string | number

/** An entry of the `detail` array of a 422 answer. The keys are in pydantic's order. */
export interface ValidationIssue {
  type: string
  loc: LocItem[]
  msg: string
  /** The invalid value after parsing. */
  input: unknown
  ctx?: Record<string, unknown>
}
