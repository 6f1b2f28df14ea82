import { HttpException } from '../../fastapi/errors.ts'

/** What a route throws: answered as `{"detail": …}` with this status. Every text of the API's own errors stands here once. */
export class ApiError extends HttpException {
  override name = 'ApiError'
}

/** What can be asked for by its id. */
type Resource = 'Secret' | 'Session' | 'Knowledge' | 'Playbook' | 'Attachment'

/** One each, thrown again and again: to make an Error is a tenth of what a 404 costs beside Node's own part. */
const missing = new Map<Resource, ApiError>()

/** 404 `{"detail": "Secret not found"}` and its like; also for records of another organization. */
export function notFound(resource: Resource): ApiError {
  let error = missing.get(resource)
  if (error === undefined) {
    error = new ApiError(404, `${resource} not found`)
    missing.set(resource, error)
  }
  return error
}

/** 401: no usable `Bearer` credentials. */
export function unauthenticated(): ApiError {
  return new ApiError(401, 'Unauthorized')
}

/** 403: a key that is unknown, revoked, or of another API generation. */
export function unauthorized(): ApiError {
  return new ApiError(403, 'Unauthorized')
}

/** 409: the organization has a secret of this name. */
export function secretNameTaken(): ApiError {
  return new ApiError(409, 'Secret name is not unique')
}

/** 400: the session has ended, so it cannot be terminated. */
export function sessionEnded(): ApiError {
  return new ApiError(400, 'Devin session already exited')
}

/** 409: the organization has a playbook with this macro. The vendor publishes no answer for it. */
export function macroTaken(): ApiError {
  return new ApiError(409, 'Playbook macro is not unique')
}

/** 400: a date of the consumption report is none. */
export function badDate(): ApiError {
  return new ApiError(400, 'Invalid date format. Dates must be in ISO format (YYYY-MM-DD)')
}
