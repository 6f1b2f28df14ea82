/** A request whose credentials do not open the door. Each API generation answers it in its own words. It has no stack. */
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
