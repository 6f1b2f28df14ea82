/** A kind of thing that has an id. */
export type Resource = 'secret' | 'session' | 'note' | 'playbook' | 'attachment'

/**
 * Base class of what an operation of an organization refuses to do; nothing has changed then. Each API generation words it in
 * its own way. It has no stack, since it is an answer and not a fault: capturing one took a sixth of the time of a 404.
 */
export abstract class OperationError extends Error {
  constructor(message: string) {
    const { stackTraceLimit } = Error
    Error.stackTraceLimit = 0
    super(message)
    Error.stackTraceLimit = stackTraceLimit
  }
}

/** The organization has no such thing; also for a thing of another organization. */
export class NotFound extends OperationError {
  override readonly name = 'NotFound'
  readonly resource: Resource

  constructor(resource: Resource) {
    super(`no such ${resource}`)
    this.resource = resource
  }
}

/** A name that only one thing of the organization may have is taken: the key of a secret, or the macro of a playbook. */
export class Conflict extends OperationError {
  override readonly name = 'Conflict'
  readonly resource: 'secret' | 'playbook'

  constructor(resource: 'secret' | 'playbook') {
    super(`the name of the ${resource} is taken`)
    this.resource = resource
  }
}

/** The session was terminated, has expired or has failed, so nothing can happen to it any more. */
export class AlreadyEnded extends OperationError {
  override readonly name = 'AlreadyEnded'

  constructor() {
    super('the session has ended')
  }
}

/** A presigned address was not issued here, or has expired. */
export class InvalidSignature extends OperationError {
  override readonly name = 'InvalidSignature'

  constructor() {
    super('the signature is wrong or has expired')
  }
}

/** The scenario of a new session answers its creation with an error of its own, such as a billing error. */
export class ScenarioRefusal extends OperationError {
  override readonly name = 'ScenarioRefusal'
  readonly status: number
  readonly detail: string

  constructor({ status, detail }: { readonly status: number; readonly detail: string }) {
    super(detail)
    this.status = status
    this.detail = detail
  }
}

/** All of these errors, for the rooms that word them. */
export type Refusal = NotFound | Conflict | AlreadyEnded | InvalidSignature | ScenarioRefusal

/** A field of a new session is not acceptable although its form is; `message` says why. */
export class InvalidField extends Error {
  override readonly name = 'InvalidField'
  readonly field: 'prompt' | 'structuredOutputSchema'
  readonly input: unknown

  constructor(field: 'prompt' | 'structuredOutputSchema', reason: string, input: unknown) {
    super(reason)
    this.field = field
    this.input = input
  }
}
