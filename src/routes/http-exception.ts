import { AuthError } from '../auth/errors.ts'
import { HttpException } from '../fastapi/errors.ts'
import { OperationError, type Refusal } from '../organization/errors.ts'
import { SessionFullError } from '../simulation/session-limits.ts'
import { StoreFullError } from '../store/types.ts'
import { authException, operationException } from './v1/errors.ts'

/** What is full, and what there is to do. The real service has no need of these texts. */
const FULL = {
  records: 'The organization has as many records as --max-records allows: delete some, or reset the fake',
  bytes:
    'The fake holds as much as --max-stored-bytes allows: delete records, faults, scenarios or snapshots, or reset it',
  items: 'The session has as many messages and events as it may (10,000): start another one',
  text: 'The messages to the session are as long as they may be (16 MiB): start another one',
} as const

/** The answer to an error that a route let through: in v1's words, and 507 where the store or a session is full; undefined for an unexpected one. */
export function toHttpException(error: Error): HttpException | undefined {
  if (error instanceof OperationError) return operationException(error as Refusal)
  if (error instanceof AuthError) return authException(error)
  const isFull = error instanceof StoreFullError || error instanceof SessionFullError
  return isFull ? new HttpException(507, FULL[error.limit]) : undefined
}
