import type { Principal } from '../auth/principal.ts'
import { ExpectedError } from '../fastapi/errors.ts'
import { type NotJsonError, toJson } from '../simulation/to-json.ts'

/** The kinds of records with an id, and the vendor's names of them in error texts. v1 has its own name for notes. */
export const RESOURCE_NAMES = {
  secret: 'Secret',
  session: 'Session',
  note: 'Note',
  folder: 'Folder',
  playbook: 'Playbook',
  attachment: 'Attachment',
  role: 'Role',
  role_assignment: 'Role assignment',
  pr_review: 'PR review',
  code_scan: 'Code scan',
  code_scan_profile: 'Code scan profile',
  schedule: 'Schedule',
  automation: 'Automation',
  command: 'Command',
  organization: 'Organization',
  tag: 'Tag',
  acu_limit: 'ACU limit',
  user: 'User',
  service_user: 'Service user',
  api_key: 'API key',
  idp_group: 'IDP group',
  git_connection: 'Git connection',
  git_permission: 'Git permission',
  repository: 'Repository',
  blueprint: 'Blueprint',
  blueprint_file: 'Blueprint file',
  build: 'Build',
} as const

/** A kind of record with an id. */
export type ResourceName = keyof typeof RESOURCE_NAMES

/**
 * Base class of the errors of an organization's operations. A failed operation has changed nothing. Each API generation has its
 * own response for them.
 */
export abstract class OperationError extends ExpectedError {}

/** The organization has no record with this id. Also thrown for a record of another organization. */
export class NotFound extends OperationError {
  override readonly name = 'NotFound'
  readonly resource: ResourceName

  constructor(resource: ResourceName) {
    super(`no such ${resource}`)
    this.resource = resource
  }
}

/** Returns a record that exists. Throws {@link NotFound} for undefined. */
export function found<Value>(value: Value | undefined, resource: ResourceName): Value {
  if (value === undefined) throw new NotFound(resource)
  return value
}

/** A unique name is taken in the organization: the key of a secret, the macro of a playbook, or the chosen id of a session. */
export class Conflict extends OperationError {
  override readonly name = 'Conflict'
  readonly resource: 'secret' | 'playbook' | 'session'

  constructor(resource: Conflict['resource']) {
    super(`the name of the ${resource} is taken`)
    this.resource = resource
  }
}

/** The session was terminated, has expired or has failed, so it cannot change any more. */
export class AlreadyEnded extends OperationError {
  override readonly name = 'AlreadyEnded'

  constructor() {
    super('the session has ended')
  }
}

/** A presigned URL was not issued by this server, or has expired. */
export class InvalidSignature extends OperationError {
  override readonly name = 'InvalidSignature'

  constructor() {
    super('the signature is wrong or has expired')
  }
}

/** The scenario of a new session rejects its creation with an error, such as a billing error. */
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

/** The state of a record, or something that depends on it, does not allow the operation. `message` is the reason. */
export class InUse extends OperationError {
  override readonly name = 'InUse'
}

/** The principal lacks a permission that the operation needs beyond that of the endpoint. `message` is the reason, for the log. */
export class NotPermitted extends OperationError {
  override readonly name = 'NotPermitted'
}

/** Throws {@link NotPermitted} if a principal lacks a permission. */
export function requirePermission({ permissions }: Principal, name: string): void {
  if (permissions !== null && !permissions.has(name)) {
    throw new NotPermitted(`the key lacks the permission ${name}`)
  }
}

/** The request is well-formed, but asks for something that cannot be done. `message` is the reason. */
export class Impossible extends OperationError {
  override readonly name = 'Impossible'
}

/** Returns a copy of a body of any form as plain JSON. Throws {@link Impossible} for a value beyond it. */
export function plainBody(body: unknown): unknown {
  try {
    return toJson(body)
  } catch (error) {
    throw new Impossible(`The body ${(error as NotJsonError).message}`)
  }
}

/** The operation errors that each API generation maps to its responses. */
export type Refusal =
  | NotFound
  | Conflict
  | AlreadyEnded
  | InvalidSignature
  | ScenarioRefusal
  | NotPermitted
  | InUse
  | Impossible

/** A field of a new session is well-formed but invalid. `message` is the reason. */
export class InvalidField extends Error {
  override readonly name = 'InvalidField'
  readonly field: 'prompt' | 'structuredOutputSchema'
  readonly input: unknown

  constructor(field: InvalidField['field'], reason: string, input: unknown) {
    super(reason)
    this.field = field
    this.input = input
  }
}
