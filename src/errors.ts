import { HttpException } from './fastapi/errors.ts'

/** What a route throws: answered as `{"detail": …}` with this status. Every text of the API's own errors stands here once. */
export class ApiError extends HttpException {
  override name = 'ApiError'
}

/** 404 `{"detail": "Secret not found"}` and its like; also for records of another organisation. */
export function notFound(resource: 'Secret'): ApiError {
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
