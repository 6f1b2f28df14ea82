import { boundedIssues } from './bounded-issues.ts'
import type { LocItem, ValidationIssue } from './issue.ts'

export type { LocItem, ValidationIssue } from './issue.ts'

/** Returns pydantic's issue for a ValueError raised by a validator of the application. */
export function valueError(loc: LocItem[], reason: string, input: unknown): ValidationIssue {
  return { type: 'value_error', loc, msg: `Value error, ${reason}`, input, ctx: { error: {} } }
}

/** Base class of expected errors. They have no stack trace: capturing one took a sixth of the time of a 404. */
export abstract class ExpectedError extends Error {
  constructor(message: string) {
    const { stackTraceLimit } = Error
    Error.stackTraceLimit = 0
    super(message)
    Error.stackTraceLimit = stackTraceLimit
  }
}

/** Starlette's HTTPException. It is answered with its status, its headers and its detail, in the form that `ErrorFormats` selects. */
export class HttpException extends ExpectedError {
  override name = 'HttpException'
  readonly statusCode: number
  readonly detail: unknown
  readonly headers: Readonly<Record<string, string>> | undefined
  /** The reason, for the log only. Contains no input. */
  explanation: string | undefined

  constructor(statusCode: number, detail: unknown, headers?: Readonly<Record<string, string>>) {
    super(String(detail))
    this.statusCode = statusCode
    this.detail = detail
    this.headers = headers
  }
}

/** FastAPI's RequestValidationError. It is answered with 422 and the issues, limited by `boundedIssues`. */
export class RequestValidationError extends Error {
  override name = 'RequestValidationError'
  readonly issues: readonly ValidationIssue[]

  constructor(issues: readonly ValidationIssue[]) {
    super(`${issues.length} validation error(s)`)
    this.issues = boundedIssues(issues)
  }
}

/** Returns the error for one value that the application does not accept. */
export function invalidValue(loc: LocItem[], reason: string, input: unknown): RequestValidationError {
  return new RequestValidationError([valueError(loc, reason, input)])
}
