import fc from 'fast-check'

/** A call of the API. `number` selects its target among all records that any organization has created. */
export type Operation =
  | { readonly kind: 'create secret'; readonly name: string }
  | { readonly kind: 'delete secret'; readonly number: number }
  | { readonly kind: 'list secrets' }
  | { readonly kind: 'create session'; readonly prompt: string; readonly idempotent: boolean }
  | { readonly kind: 'get session'; readonly number: number }
  | { readonly kind: 'end session'; readonly number: number }
  | { readonly kind: 'tag session'; readonly number: number; readonly tags: readonly string[] }
  | { readonly kind: 'list sessions'; readonly tag: string | null }
  | { readonly kind: 'send message'; readonly number: number; readonly text: string }
  | { readonly kind: 'create note'; readonly name: string }
  | { readonly kind: 'change note'; readonly number: number; readonly name: string }
  | { readonly kind: 'delete note'; readonly number: number }
  | { readonly kind: 'list notes' }
  | { readonly kind: 'create playbook'; readonly macro: string | null }
  | { readonly kind: 'change playbook'; readonly number: number; readonly macro: string | null }
  | { readonly kind: 'get playbook'; readonly number: number }
  | { readonly kind: 'delete playbook'; readonly number: number }
  | { readonly kind: 'list playbooks' }
  | { readonly kind: 'upload'; readonly name: string }
  | { readonly kind: 'download'; readonly number: number }

const number = fc.nat({ max: 7 })
// Few values, so that they clash.
const name = fc.constantFrom('A', 'B', 'C')
const macro = fc.constantFrom('!a', '!b', null)
const tag = fc.constantFrom('x', 'y', 'z')

/** Generates operations. */
export const operation: fc.Arbitrary<Operation> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('create secret' as const), name }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('delete secret' as const), number }) },
  fc.constant<Operation>({ kind: 'list secrets' }),
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('create session' as const),
      prompt: name,
      idempotent: fc.boolean(),
    }),
  },
  fc.record({ kind: fc.constant('get session' as const), number }),
  fc.record({ kind: fc.constant('end session' as const), number }),
  fc.record({
    kind: fc.constant('tag session' as const),
    number,
    tags: fc.uniqueArray(tag),
  }),
  fc.record({ kind: fc.constant('list sessions' as const), tag: fc.option(tag) }),
  fc.record({ kind: fc.constant('send message' as const), number, text: name }),
  fc.record({ kind: fc.constant('create note' as const), name }),
  fc.record({ kind: fc.constant('change note' as const), number, name }),
  fc.record({ kind: fc.constant('delete note' as const), number }),
  fc.constant<Operation>({ kind: 'list notes' }),
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('create playbook' as const), macro }) },
  fc.record({ kind: fc.constant('change playbook' as const), number, macro }),
  fc.record({ kind: fc.constant('get playbook' as const), number }),
  fc.record({ kind: fc.constant('delete playbook' as const), number }),
  fc.constant<Operation>({ kind: 'list playbooks' }),
  fc.record({ kind: fc.constant('upload' as const), name }),
  fc.record({ kind: fc.constant('download' as const), number }),
)

/** Returns the request of an operation. `nth` returns the id of its target. */
export function requestOf(
  operation: Operation,
  nth: (kind: string, number: number) => string,
): { method: string; path: string; body?: unknown; file?: string } {
  const note = (name: string) => ({ name, body: 'b', trigger_description: 't' })
  switch (operation.kind) {
    case 'create secret': {
      const body = { type: 'totp', key: operation.name, value: 'v', sensitive: true, note: '' }
      return { method: 'POST', path: '/v1/secrets', body }
    }
    case 'delete secret':
      return { method: 'DELETE', path: `/v1/secrets/${nth('secret', operation.number)}` }
    case 'list secrets':
      return { method: 'GET', path: '/v1/secrets' }
    case 'create session': {
      const { prompt, idempotent } = operation
      return { method: 'POST', path: '/v1/sessions', body: { prompt, idempotent } }
    }
    case 'get session':
      return { method: 'GET', path: `/v1/sessions/${nth('devin', operation.number)}` }
    case 'end session':
      return { method: 'DELETE', path: `/v1/sessions/${nth('devin', operation.number)}` }
    case 'tag session': {
      const { tags } = operation
      return { method: 'PUT', path: `/v1/sessions/${nth('devin', operation.number)}/tags`, body: { tags } }
    }
    case 'list sessions':
      return { method: 'GET', path: `/v1/sessions${operation.tag === null ? '' : `?tags=${operation.tag}`}` }
    case 'send message': {
      const body = { message: operation.text }
      return { method: 'POST', path: `/v1/sessions/${nth('devin', operation.number)}/message`, body }
    }
    case 'create note':
      return { method: 'POST', path: '/v1/knowledge', body: note(operation.name) }
    case 'change note': {
      const body = note(operation.name)
      return { method: 'PUT', path: `/v1/knowledge/${nth('note', operation.number)}`, body }
    }
    case 'delete note':
      return { method: 'DELETE', path: `/v1/knowledge/${nth('note', operation.number)}` }
    case 'list notes':
      return { method: 'GET', path: '/v1/knowledge' }
    case 'create playbook':
      return {
        method: 'POST',
        path: '/v1/playbooks',
        body: { title: 't', body: 'b', macro: operation.macro },
      }
    case 'change playbook': {
      const body = { title: 't', body: 'b', macro: operation.macro }
      return { method: 'PUT', path: `/v1/playbooks/${nth('playbook', operation.number)}`, body }
    }
    case 'get playbook':
      return { method: 'GET', path: `/v1/playbooks/${nth('playbook', operation.number)}` }
    case 'delete playbook':
      return { method: 'DELETE', path: `/v1/playbooks/${nth('playbook', operation.number)}` }
    case 'list playbooks':
      return { method: 'GET', path: '/v1/playbooks' }
    case 'upload':
      return { method: 'POST', path: '/v1/attachments', file: operation.name }
    case 'download':
      return { method: 'GET', path: `/v1/attachments/${nth('attachment', operation.number)}` }
  }
}
