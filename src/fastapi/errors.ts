import { boundedIssues } from './bounded-issues.ts'
import type { LocItem, ValidationIssue } from './issue.ts'
import { encodeJson } from './json/encode.ts'

export type { LocItem, ValidationIssue } from './issue.ts'

/** Returns pydantic's issue for a ValueError raised by a validator of the application. */
export function valueError(loc: LocItem[], reason: string, input: unknown): ValidationIssue {
  return { type: 'value_error', loc, msg: `Value error, ${reason}`, input, ctx: { error: {} } }
}

/** Starlette's HTTPException. It is answered with its status, its headers and the body `{"detail": …}`. */
export class HttpException extends Error {
  override name = 'HttpException'
  readonly statusCode: number
  readonly detail: unknown
  readonly headers: Readonly<Record<string, string>> | undefined
  #json: string | undefined

  constructor(statusCode: number, detail: unknown, headers?: Readonly<Record<string, string>>) {
    const { stackTraceLimit } = Error
    // This is an expected answer without use for a stack trace, whose capture took a sixth of the time of a 404.
    Error.stackTraceLimit = 0
    super(String(detail))
    Error.stackTraceLimit = stackTraceLimit
    this.statusCode = statusCode
    this.detail = detail
    this.headers = headers
  }

  /** The body of the answer. Encoded only once, since some instances are thrown repeatedly. */
  get json(): string {
    this.#json ??= encodeJson({ detail: this.detail })
    return this.#json
  }
}

/** FastAPI's RequestValidationError. It is answered with 422 and the issues, limited by `boundedIssues`, as `detail`. */
export class RequestValidationError extends Error {
  override name = 'RequestValidationError'
  readonly issues: readonly ValidationIssue[]

  constructor(issues: readonly ValidationIssue[]) {
    super(`${issues.length} validation error(s)`)
    this.issues = boundedIssues(issues)
  }
}
