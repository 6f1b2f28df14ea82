import type { FastifyRequest } from 'fastify'
import { AuthError } from '../auth/errors.ts'
import { UnavailableError } from '../database/types.ts'
import { HttpException } from '../fastapi/errors.ts'
import { pathOf } from '../fastapi/target.ts'
import { UNAVAILABLE_HEADERS } from '../hooks/join-batches.ts'
import { NotPermitted, OperationError, type Refusal } from '../organization/errors.ts'
import type { Organizations } from '../organization/organizations.ts'
import { SessionFullError } from '../simulation/session-limits.ts'
import { StoreFullError } from '../store/types.ts'
import * as v1 from './v1/errors.ts'
import * as v3 from './v3/errors.ts'
import { V3_PATHS } from './v3/plugin.ts'

/** The error details of exceeded limits. The real service has no such texts. */
const LIMIT_DETAILS = {
  records: 'The organization has as many records as --max-records allows: delete some, or reset the fake',
  bytes:
    'The fake holds as much as --max-stored-bytes allows: delete records, faults, scenarios or snapshots, or reset it',
  items: 'The session has as many messages and events as it may (10,000): start another one',
  text: 'The messages to the session are as long as they may be (16 MiB): start another one',
} as const

/**
 * Returns a function that maps an error of a route to its response: that of its generation, 507 if the store or a session is full, or 503
 * while the database is unavailable. It returns undefined for an unexpected error.
 */
export function toHttpException({ answers }: Pick<Organizations, 'answers'>) {
  return (error: Error, { originalUrl }: Pick<FastifyRequest, 'originalUrl'>): HttpException | undefined => {
    const { authException, operationException } = V3_PATHS.test(pathOf(originalUrl)) ? v3 : v1
    if (error instanceof OperationError) {
      const exception = operationException(error as Refusal)
      if (error instanceof NotPermitted) exception.explanation = error.message
      return exception
    }
    if (error instanceof AuthError) {
      const exception = authException(error, answers)
      exception.explanation = error.explanation
      return exception
    }
    if (error instanceof UnavailableError) return new HttpException(503, error.message, UNAVAILABLE_HEADERS)
    const isFull = error instanceof StoreFullError || error instanceof SessionFullError
    return isFull ? new HttpException(507, LIMIT_DETAILS[error.limit]) : undefined
  }
}
