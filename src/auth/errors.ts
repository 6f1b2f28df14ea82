import { ExpectedError } from '../fastapi/errors.ts'

/** A request without valid credentials. Each API generation has its own response for it. */
export class AuthError extends ExpectedError {
  override name = 'AuthError'
  /**
   * `missing`: no usable `Bearer` credentials. `unknown`: an unknown, revoked or expired key. `refused`: a key of another generation, or one
   * without the needed permission or organization.
   */
  readonly reason: 'missing' | 'unknown' | 'refused'
  /** The reason for the log. Contains no input. */
  readonly explanation: string | undefined

  constructor(reason: AuthError['reason'], explanation?: string) {
    super(`credentials ${reason}`)
    this.reason = reason
    this.explanation = explanation
  }
}
