import type { Answers } from '../../answers/answers.ts'
import type { AuthError } from '../../auth/errors.ts'
import { HttpException } from '../../fastapi/errors.ts'
import { type Conflict, RESOURCE_NAMES, type Refusal, type ResourceName } from '../../organization/errors.ts'

// The responses of v3 to refused operations. The format of their bodies, RFC 9457, is that of the prefix.

const CONFLICTS: Readonly<Record<Conflict['resource'], string>> = {
  secret: 'Secret name is not unique',
  playbook: 'Playbook macro is not unique',
  session: 'Session id is not unique',
}

/** Returns a 404, also for records of another organization. */
export function notFound(resource: ResourceName): HttpException {
  return new HttpException(404, `${RESOURCE_NAMES[resource]} not found`)
}

/** Returns the 403 for every problem with a key, and for the deletion of an unknown secret. */
export function unauthorized(): HttpException {
  return new HttpException(403, 'Unauthorized')
}

/** Returns the v3 response to missing or invalid credentials. */
export function authException({ reason }: AuthError, answers: Answers): HttpException {
  const isDenied = reason === 'refused' || answers.is('v3-bad-key', '403')
  return isDenied ? unauthorized() : new HttpException(401, 'Unauthorized')
}

/** Made once, since making one took a thirtieth of the time of a deletion. */
const UNKNOWN_SECRET = { '404': notFound('secret'), '403': unauthorized() }

/** Returns the v3 response to the deletion of an unknown secret. */
export function unknownSecret(answers: Answers): HttpException {
  return UNKNOWN_SECRET[answers.get('v3-unknown-secret')]
}

/** The v3 response to each refusal. */
const RESPONSES: {
  readonly [Name in Refusal['name']]: (error: Extract<Refusal, { name: Name }>) => HttpException
} = {
  NotFound: ({ resource }) => notFound(resource),
  Conflict: ({ resource }) => new HttpException(409, CONFLICTS[resource]),
  AlreadyEnded: () => new HttpException(400, 'Devin session already exited'),
  InvalidSignature: () => new HttpException(403, 'The signature is wrong or has expired'),
  ScenarioRefusal: ({ status, detail }) => new HttpException(status, detail),
  NotPermitted: unauthorized,
  InUse: ({ message }) => new HttpException(409, message),
  Impossible: ({ message }) => new HttpException(400, message),
}

/** Returns the v3 response to a refused operation. */
export function operationException(error: Refusal): HttpException {
  return (RESPONSES[error.name] as (error: Refusal) => HttpException)(error)
}
