import { encodeJson } from './json/encode.ts'

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

/** What pydantic reports where a check of the application's own raises a ValueError that gives a reason. */
export function valueError(loc: LocItem[], reason: string, input: unknown): ValidationIssue {
  return { type: 'value_error', loc, msg: `Value error, ${reason}`, input, ctx: { error: {} } }
}

/** Starlette's HTTPException: answered as `{"detail": …}` with this status and these headers. */
export class HttpException extends Error {
  override name = 'HttpException'
  readonly statusCode: number
  readonly detail: unknown
  readonly headers: Readonly<Record<string, string>> | undefined
  #json: string | undefined

  constructor(statusCode: number, detail: unknown, headers?: Readonly<Record<string, string>>) {
    const { stackTraceLimit } = Error
    // It is an answer, not a fault: nobody reads its stack, whose capture took a sixth of the time of a 404.
    Error.stackTraceLimit = 0
    super(String(detail))
    Error.stackTraceLimit = stackTraceLimit
    this.statusCode = statusCode
    this.detail = detail
    this.headers = headers
  }

  /** The body of the answer. Made once, since some are thrown again and again. */
  get json(): string {
    this.#json ??= encodeJson({ detail: this.detail })
    return this.#json
  }
}

/** FastAPI's RequestValidationError: answered as 422 with `issues` as `detail`. */
export class RequestValidationError extends Error {
  override name = 'RequestValidationError'
  readonly issues: readonly ValidationIssue[]

  constructor(issues: readonly ValidationIssue[]) {
    super(`${issues.length} validation error(s)`)
    this.issues = issues
  }
}
