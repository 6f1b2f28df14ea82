import type { Answers } from '../../answers/answers.ts'
import type { AuthError } from '../../auth/errors.ts'
import { HttpException } from '../../fastapi/errors.ts'
import { type Conflict, RESOURCE_NAMES, type Refusal, type ResourceName } from '../../organization/errors.ts'

// The responses to refused operations. v1 and v3 differ only in the names of records. Each text is defined once, here. docs/fidelity.md
// rates the confidence in it.

/** The vendor's names of the resources that have an id. */
const NAMES: Readonly<Record<ResourceName, string>> = { ...RESOURCE_NAMES, note: 'Knowledge' }

const CONFLICTS: Readonly<Record<Conflict['resource'], string>> = {
  secret: 'Secret name is not unique',
  // The vendor does not publish this response.
  playbook: 'Playbook macro is not unique',
  // Only v3 lets a client choose the id.
  session: 'Session id is not unique',
}

/** The response to each refusal, except to `NotFound`. */
const RESPONSES: {
  readonly [Name in Exclude<Refusal['name'], 'NotFound'>]: (
    error: Extract<Refusal, { name: Name }>,
  ) => HttpException
} = {
  Conflict: ({ resource }) => new HttpException(409, CONFLICTS[resource]),
  AlreadyEnded: () => new HttpException(400, 'Devin session already exited'),
  InvalidSignature: () => new HttpException(403, 'The signature is wrong or has expired'),
  ScenarioRefusal: ({ status, detail }) => new HttpException(status, detail),
  NotPermitted: unauthorized,
  InUse: ({ message }) => new HttpException(409, message),
  Impossible: ({ message }) => new HttpException(400, message),
}

/** Returns the response to a refused operation, with the 404 of one generation. */
export function responseTo(
  error: Refusal,
  notFound: (resource: ResourceName) => HttpException,
): HttpException {
  if (error.name === 'NotFound') return notFound(error.resource)
  return (RESPONSES[error.name] as (error: Refusal) => HttpException)(error)
}

/** Returns the v1 response to a refused operation. */
export function operationException(error: Refusal): HttpException {
  return responseTo(error, notFound)
}

/** Returns a 404 such as `{"detail": "Secret not found"}`, also for records of another organization. */
function notFound(resource: ResourceName): HttpException {
  return new HttpException(404, `${NAMES[resource]} not found`)
}

/** Returns the 403 of both generations. v3 answers so to every problem with a key, and to the deletion of an unknown secret. */
export function unauthorized(): HttpException {
  return new HttpException(403, 'Unauthorized')
}

/** Returns the 400 for an invalid date of the consumption report. */
export function badDate(): HttpException {
  return new HttpException(400, 'Invalid date format. Dates must be in ISO format (YYYY-MM-DD)')
}

/** Returns the v1 response to missing or invalid credentials. */
export function authException({ reason }: AuthError, answers: Answers): HttpException {
  const answer = reason === 'unknown' ? answers.get('v1-bad-key') : reason === 'missing' ? '401' : '403'
  const detail = answer === '401-unauthenticated' ? 'Unauthenticated' : 'Unauthorized'
  return new HttpException(answer === '403' ? 403 : 401, detail)
}

/** Created once, since creating one took a thirtieth of the time of a deletion. */
const UNKNOWN_SECRET = { '404': notFound('secret'), '403': unauthorized() }

/** Returns the v1 response to the deletion of an unknown secret. */
export function unknownSecret(answers: Answers): HttpException {
  return UNKNOWN_SECRET[answers.get('v1-unknown-secret')]
}
