/** A request without valid credentials. Each API generation has its own response for it. Has no stack trace. */
export class AuthError extends Error {
  override name = 'AuthError'
  /** `missing`: no usable `Bearer` credentials. `refused`: a key that is unknown, revoked, or of another generation. */
  readonly reason: 'missing' | 'refused'

  constructor(reason: 'missing' | 'refused') {
    const { stackTraceLimit } = Error
    Error.stackTraceLimit = 0
    super(`credentials ${reason}`)
    Error.stackTraceLimit = stackTraceLimit
    this.reason = reason
  }
}
