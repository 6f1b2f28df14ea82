import { ApiError } from './errors.ts'
import { StoreFullError } from './store/types.ts'

/** What is full, and what there is to do. The real service has no need of these texts. */
const FULL = {
  records: 'The organization has as many records as --max-records allows: delete some, or reset the fake',
  bytes:
    'The fake holds as much as --max-stored-bytes allows: delete records, faults, scenarios or snapshots, or reset it',
} as const

/** What to answer to an error that routes let through: 507 where the store is full, undefined for what nobody planned. */
export function plannedAnswer(error: Error): ApiError | undefined {
  return error instanceof StoreFullError ? new ApiError(507, FULL[error.limit]) : undefined
}
