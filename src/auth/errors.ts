/** A request without valid credentials. Each API generation has its own response for it. Has no stack trace. */
export class AuthError extends Error {
  override name = 'AuthError'
  /**
   * `missing`: no usable `Bearer` credentials. `unknown`: a key that is unknown, revoked or expired. `refused`: a key of another generation, or
   * one that may not do this.
   */
  readonly reason: 'missing' | 'unknown' | 'refused'
  /** Why the key was refused, for the log. It contains no input. */
  readonly explanation: string | undefined

  constructor(reason: AuthError['reason'], explanation?: string) {
    const { stackTraceLimit } = Error
    Error.stackTraceLimit = 0
    super(`credentials ${reason}`)
    Error.stackTraceLimit = stackTraceLimit
    this.reason = reason
    this.explanation = explanation
  }
}
