import type { AuthError } from '../../auth/errors.ts'
import { HttpException } from '../../fastapi/errors.ts'
import type { Conflict, Refusal, Resource } from '../../organization/errors.ts'

// What v1 answers to an operation that was refused. Each text stands here once; docs/fidelity.md says how sure it is.

/** The vendor's names of what can be asked for by its id. */
const NAMES: Readonly<Record<Resource, string>> = {
  secret: 'Secret',
  session: 'Session',
  note: 'Knowledge',
  playbook: 'Playbook',
  attachment: 'Attachment',
}

const TAKEN: Readonly<Record<Conflict['resource'], string>> = {
  secret: 'Secret name is not unique',
  // The vendor publishes no answer for it.
  playbook: 'Playbook macro is not unique',
}

/** 404 `{"detail": "Secret not found"}` and its like; also for records of another organization. */
export function notFound(resource: Resource): HttpException {
  return new HttpException(404, `${NAMES[resource]} not found`)
}

/** 400: a date of the consumption report is not one. */
export function badDate(): HttpException {
  return new HttpException(400, 'Invalid date format. Dates must be in ISO format (YYYY-MM-DD)')
}

/** v1's words for each refusal. */
const WORDS: {
  readonly [Name in Refusal['name']]: (error: Extract<Refusal, { name: Name }>) => HttpException
} = {
  NotFound: ({ resource }) => notFound(resource),
  Conflict: ({ resource }) => new HttpException(409, TAKEN[resource]),
  AlreadyEnded: () => new HttpException(400, 'Devin session already exited'),
  InvalidSignature: () => new HttpException(403, 'The signature is wrong or has expired'),
  ScenarioRefusal: ({ status, detail }) => new HttpException(status, detail),
}

/** v1's answer to an operation that was refused. */
export function operationException(error: Refusal): HttpException {
  return (WORDS[error.name] as (error: Refusal) => HttpException)(error)
}

/** v1's answer to credentials that do not open the door. */
export function authException({ reason }: AuthError): HttpException {
  return new HttpException(reason === 'missing' ? 401 : 403, 'Unauthorized')
}
