import { HttpException } from './fastapi/errors.ts'

/** What a route throws: answered as `{"detail": …}` with this status. Every text of the API's own errors stands here once. */
export class ApiError extends HttpException {
  override name = 'ApiError'
}

/** 404 `{"detail": "Secret not found"}` and its like; also for records of another organisation. */
export function notFound(resource: 'Secret' | 'Session' | 'Knowledge' | 'Playbook' | 'Attachment'): ApiError {
  return new ApiError(404, `${resource} not found`)
}

/** 401: no usable `Bearer` credentials. */
export function unauthenticated(): ApiError {
  return new ApiError(401, 'Unauthorized')
}

/** 403: a key that is unknown, revoked, or of another API generation. */
export function unauthorized(): ApiError {
  return new ApiError(403, 'Unauthorized')
}

/** 409: the organisation has a secret of this name. */
export function secretNameTaken(): ApiError {
  return new ApiError(409, 'Secret name is not unique')
}

/** 400: the session has ended, so it cannot be terminated. */
export function sessionEnded(): ApiError {
  return new ApiError(400, 'Devin session already exited')
}

/** 409: the organisation has a playbook with this macro. The vendor publishes no answer for it. */
export function macroTaken(): ApiError {
  return new ApiError(409, 'Playbook macro is not unique')
}

/** 400: a date of the consumption report is none. */
export function badDate(): ApiError {
  return new ApiError(400, 'Invalid date format. Dates must be in ISO format (YYYY-MM-DD)')
}
