import type { Answers } from '../../answers/answers.ts'
import type { AuthError } from '../../auth/errors.ts'
import { HttpException } from '../../fastapi/errors.ts'
import { RESOURCE_NAMES, type Refusal, type ResourceName } from '../../organization/errors.ts'
import { responseTo, unauthorized } from '../v1/errors.ts'

export { unauthorized }

// The responses of v3 to refused operations. `v3ErrorFormat` writes their bodies, by default as RFC 9457 describes.

/** Returns the v3 response to a refused operation. */
export function operationException(error: Refusal): HttpException {
  return responseTo(error, notFound)
}

/** Returns a 404, also for records of another organization. */
function notFound(resource: ResourceName): HttpException {
  return new HttpException(404, `${RESOURCE_NAMES[resource]} not found`)
}

/** Returns the v3 response to missing or invalid credentials. */
export function authException({ reason }: AuthError, answers: Answers): HttpException {
  const isDenied = reason === 'refused' || answers.is('v3-bad-key', '403')
  return isDenied ? unauthorized() : new HttpException(401, 'Unauthorized')
}

/** Created once, since creating one took a thirtieth of the time of a deletion. */
const UNKNOWN_SECRET = { '404': notFound('secret'), '403': unauthorized() }

/** Returns the v3 response to the deletion of an unknown secret. */
export function unknownSecret(answers: Answers): HttpException {
  return UNKNOWN_SECRET[answers.get('v3-unknown-secret')]
}
