import type { Generation, Operation, OperationOf } from './operations.ts'

/** A request as data. `file` is the name of a file to upload. */
export interface ModelRequest {
  readonly method: string
  readonly path: string
  readonly body?: unknown
  readonly file?: string
}

/** Returns the id of the record that an operation refers to. */
export type IdOf = (kind: 'secret' | 'devin' | 'note' | 'playbook' | 'attachment', number: number) => string

/** Returns the request of an operation. `orgId` is the organization of the client. */
export function requestOf(operation: Operation, idOf: IdOf, orgId: string): ModelRequest {
  const { method, path, ...rest } =
    operation.by === 'v1' ? v1Request(operation, idOf) : v3Request(operation, idOf)
  const prefix = operation.by === 'v1' ? '/v1' : `/v3/organizations/${orgId}`
  return { method, path: prefix + path, ...rest }
}

/** Returns a request of v1, with its path after `/v1`. */
function v1Request(operation: OperationOf<'v1'>, idOf: IdOf): ModelRequest {
  const note = (name: string) => ({ name, body: 'b', trigger_description: 't' })
  const session = (number: number) => `/sessions/${idOf('devin', number)}`
  switch (operation.kind) {
    case 'create secret': {
      const body = { type: 'totp', key: operation.name, value: 'v', sensitive: true, note: '' }
      return { method: 'POST', path: '/secrets', body }
    }
    case 'create session': {
      const { prompt, idempotent } = operation
      return { method: 'POST', path: '/sessions', body: { prompt, idempotent } }
    }
    case 'get session':
      return { method: 'GET', path: session(operation.number) }
    case 'end session':
      return { method: 'DELETE', path: session(operation.number) }
    case 'tag session':
      return { method: 'PUT', path: `${session(operation.number)}/tags`, body: { tags: operation.tags } }
    case 'send message':
      return {
        method: 'POST',
        path: `${session(operation.number)}/message`,
        body: { message: operation.text },
      }
    case 'create note':
      return { method: 'POST', path: '/knowledge', body: note(operation.name) }
    case 'change note':
      return {
        method: 'PUT',
        path: `/knowledge/${idOf('note', operation.number)}`,
        body: note(operation.name),
      }
    case 'delete note':
      return { method: 'DELETE', path: `/knowledge/${idOf('note', operation.number)}` }
    case 'list notes':
      return { method: 'GET', path: '/knowledge' }
    case 'upload':
      return { method: 'POST', path: '/attachments', file: operation.name }
    case 'download':
      return { method: 'GET', path: `/attachments/${idOf('attachment', operation.number)}` }
    default:
      return sharedRequest(operation, idOf)
  }
}

/** Returns a request of v3, with its path after that of the organization. */
function v3Request(operation: OperationOf<'v3'>, idOf: IdOf): ModelRequest {
  const note = (name: string) => ({ name, body: 'b', trigger: 't' })
  // v3 shows the ids of sessions without their prefix.
  const session = (number: number) => `/sessions/${idOf('devin', number).replace('devin-', '')}`
  switch (operation.kind) {
    case 'create secret':
      return { method: 'POST', path: '/secrets', body: { type: 'totp', key: operation.name, value: 'v' } }
    case 'create session':
      return { method: 'POST', path: '/sessions', body: { prompt: operation.prompt } }
    case 'list messages':
      return { method: 'GET', path: `${session(operation.number)}/messages` }
    case 'get session':
      return { method: 'GET', path: session(operation.number) }
    case 'end session':
      return { method: 'DELETE', path: session(operation.number) }
    case 'archive session':
      return { method: 'POST', path: `${session(operation.number)}/archive` }
    case 'tag session':
      return { method: 'PUT', path: `${session(operation.number)}/tags`, body: { tags: operation.tags } }
    case 'add tags':
      return { method: 'POST', path: `${session(operation.number)}/tags`, body: { tags: operation.tags } }
    case 'send message':
      return {
        method: 'POST',
        path: `${session(operation.number)}/messages`,
        body: { message: operation.text },
      }
    case 'create note':
      return { method: 'POST', path: '/knowledge/notes', body: note(operation.name) }
    case 'change note': {
      const path = `/knowledge/notes/${idOf('note', operation.number)}`
      return { method: 'PUT', path, body: note(operation.name) }
    }
    case 'delete note':
      return { method: 'DELETE', path: `/knowledge/notes/${idOf('note', operation.number)}` }
    case 'list notes':
      return { method: 'GET', path: '/knowledge/notes' }
    default:
      return sharedRequest(operation, idOf)
  }
}

/** The operations that have the same path, after its prefix, and the same body in both generations. */
type SharedOperation = Extract<
  OperationOf<Generation>,
  {
    kind:
      | 'list secrets'
      | 'delete secret'
      | 'list sessions'
      | 'create playbook'
      | 'change playbook'
      | 'get playbook'
      | 'delete playbook'
      | 'list playbooks'
  }
>

function sharedRequest(operation: SharedOperation, idOf: IdOf): ModelRequest {
  const playbook = (number: number) => `/playbooks/${idOf('playbook', number)}`
  switch (operation.kind) {
    case 'list secrets':
      return { method: 'GET', path: '/secrets' }
    case 'delete secret':
      return { method: 'DELETE', path: `/secrets/${idOf('secret', operation.number)}` }
    case 'list sessions':
      return { method: 'GET', path: `/sessions${operation.tag === null ? '' : `?tags=${operation.tag}`}` }
    case 'create playbook':
      return { method: 'POST', path: '/playbooks', body: { title: 't', body: 'b', macro: operation.macro } }
    case 'change playbook': {
      const body = { title: 't', body: 'b', macro: operation.macro }
      return { method: 'PUT', path: playbook(operation.number), body }
    }
    case 'get playbook':
      return { method: 'GET', path: playbook(operation.number) }
    case 'delete playbook':
      return { method: 'DELETE', path: playbook(operation.number) }
    case 'list playbooks':
      return { method: 'GET', path: '/playbooks' }
  }
}
