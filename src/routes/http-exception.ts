import { SessionFullError } from '../simulation/session-room.ts'
import { StoreFullError } from '../store/types.ts'
import { ApiError } from './v1/errors.ts'

/** What is full, and what there is to do. The real service has no need of these texts. */
const FULL = {
  records: 'The organization has as many records as --max-records allows: delete some, or reset the fake',
  bytes:
    'The fake holds as much as --max-stored-bytes allows: delete records, faults, scenarios or snapshots, or reset it',
  items: 'The session has as many messages and events as it may (10,000): start another one',
  text: 'The messages to the session are as long as they may be (16 MiB): start another one',
} as const

/** What to answer to an error that routes let through: 507 where the store or a session is full, undefined for what nobody planned. */
export function toHttpException(error: Error): ApiError | undefined {
  const isFull = error instanceof StoreFullError || error instanceof SessionFullError
  return isFull ? new ApiError(507, FULL[error.limit]) : undefined
}
