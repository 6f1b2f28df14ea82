import { boundedIssues } from './bounded-issues.ts'
import type { LocItem, ValidationIssue } from './issue.ts'
import { encodeJson } from './json/encode.ts'

export type { LocItem, ValidationIssue } from './issue.ts'

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

/** FastAPI's RequestValidationError: answered as 422 with `issues` as `detail`, bounded as `boundedIssues` does. */
export class RequestValidationError extends Error {
  override name = 'RequestValidationError'
  readonly issues: readonly ValidationIssue[]

  constructor(issues: readonly ValidationIssue[]) {
    super(`${issues.length} validation error(s)`)
    this.issues = boundedIssues(issues)
  }
}
