/** A request without valid credentials. Each API generation has its own response for it. Has no stack trace. */
export class AuthError extends Error {
  override name = 'AuthError'
  /** `missing`: no usable `Bearer` credentials. `refused`: a key that is unknown, revoked, or of another generation. */
  readonly reason: 'missing' | 'refused'
  /** Why the key was refused, for the log. It contains no input. */
  readonly explanation: string | undefined

  constructor(reason: 'missing' | 'refused', explanation?: string) {
    const { stackTraceLimit } = Error
    Error.stackTraceLimit = 0
    super(`credentials ${reason}`)
    Error.stackTraceLimit = stackTraceLimit
    this.reason = reason
    this.explanation = explanation
  }
}
