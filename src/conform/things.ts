import type { Answer, Api } from './api.ts'
import { maskText } from './describe.ts'
import { Untestable } from './errors.ts'
import type { Body } from './expect.ts'

// The things that a run makes, each once, when the first check looks at it.

/** The prompt of every session and the text of every message: if somebody's server starts to work on it, there is nothing to do. */
export const PROMPT = 'A conformance check of an API. Do nothing.'

/**
 * Returns the body of an answer that a check only needs on its way, such as that to a creation. Untestable if the request failed, since
 * that contradicts another row.
 */
export function created(answer: Answer): Body {
  const { method, path, status } = answer
  if (status >= 300) throw new Untestable(`needs ${method} ${maskText(path)}, which answers ${status}`)
  return Object(answer.json) as Body
}

/** Returns the items of a list that a check only needs on its way. Untestable if it has none, not even an empty list. */
export function itemsOf(answer: Answer, member = 'items'): readonly Body[] {
  const body: unknown = created(answer)
  const items: unknown = Array.isArray(body) ? body : Object(body)[member]
  if (!Array.isArray(items))
    throw new Untestable(`needs a list from ${answer.method} ${maskText(answer.path)}`)
  return items.map(Object)
}

/** Resolves with the answer to the creation of a thing. */
export function make(api: Api, path: string, body: Body, label = ''): Promise<Answer> {
  return api.once(`${path} ${label}`, () => api.call('POST', path, { body }))
}

/** Resolves with the answer to the deletion of what `make` created. */
export async function remove(api: Api, path: string, id: unknown): Promise<Answer> {
  const item = `${path}/${encodeURIComponent(String(id))}`
  return api.once(`DELETE ${item}`, () => api.call('DELETE', item))
}

/** Returns the members of a new secret of v1. */
export function secretOf(key: string): Body {
  return { type: 'key-value', key, value: 'fake-devin-conform', sensitive: true }
}

/** Resolves with the answer to the creation of a secret. */
export function newSecret(api: Api, key = api.name): Promise<Answer> {
  return make(api, '/v1/secrets', secretOf(key), key)
}

/** Resolves with the list of secrets and its first item. Untestable if there is none. */
export async function secrets(api: Api): Promise<{ answer: Answer; first: Body }> {
  if (api.writes) created(await newSecret(api))
  const answer = await api.call('GET', '/v1/secrets')
  const [first] = itemsOf(answer)
  if (first === undefined) throw new Untestable('there are no secrets; needs --writes')
  return { answer, first }
}

/** Resolves with the answer to the creation of a knowledge entry. */
export function newNote(api: Api, label = '', more: Body = {}): Promise<Answer> {
  const body = { name: api.name, body: api.name, trigger_description: api.name, ...more }
  return make(api, '/v1/knowledge', body, label)
}
