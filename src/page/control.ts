import { signal } from '@preact/signals'
import type { ApiAnswer, ApiCall } from '../schemas/control/calls.ts'
import { errorText } from './model/details.ts'
import { texts } from './texts/index.ts'

const TOKEN = 'fake-devin-token'

/** Whether the server has refused the token, or asks for one. */
export const needsToken = signal(false)

/** The control token; null without one. It is kept for this tab alone. */
export const token = signal<string | null>(sessionStorage.getItem(TOKEN))

/** Sets the token and tries it with the next call. */
export function setToken(value: string): void {
  sessionStorage.setItem(TOKEN, value)
  token.value = value
  needsToken.value = false
}

/** An error answer of the control plane, or of an API call that the page made; `status` is 0 without an answer. */
export class CallError extends Error {
  readonly status: number

  constructor(status: number, message: string) {
    super(message)
    this.status = status
  }
}

/** The parameters of a control call. */
export interface ControlCall {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'DELETE'
  /** Undefined members are omitted; a list becomes one parameter per item. */
  readonly query?: Readonly<Record<string, string | number | boolean | readonly string[] | undefined>>
  /** JSON. */
  readonly body?: unknown
  readonly signal?: AbortSignal | undefined
  readonly headers?: Readonly<Record<string, string>>
}

/** Calls the control plane. Returns its answer unread. Throws CallError. */
export async function openControl(path: string, call: ControlCall = {}): Promise<Response> {
  const { method = 'GET', query = {}, body, signal, headers } = call
  const response = await fetch(`/_fake${path}${searchOf(query)}`, {
    method,
    headers: {
      ...headers,
      ...(token.value !== null && { authorization: `Bearer ${token.value}` }),
      ...(body !== undefined && { 'content-type': 'application/json' }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
    ...(signal !== undefined && { signal }),
  }).catch((error: Error) => {
    if (error.name === 'AbortError') throw error
    throw new CallError(0, texts.value.shell.noAnswer)
  })
  if (response.ok) return response
  if (response.status === 401) needsToken.value = true
  throw new CallError(response.status, textOf(await response.text()))
}

/** Calls the control plane and returns the JSON of its answer. Throws CallError. */
export async function control<Answer = unknown>(path: string, call?: ControlCall): Promise<Answer> {
  const response = await openControl(path, call)
  return (response.status === 204 ? undefined : await response.json()) as Answer
}

/** Calls the API as an organization: `{org_id}` in the path is replaced. Throws CallError for an error answer. */
export async function callApi(
  orgId: string,
  method: ApiCall['method'],
  path: string,
  body?: unknown,
): Promise<ApiAnswer> {
  const call = { org_id: orgId, method, path, ...(body !== undefined && { body }) }
  const answer = await control<ApiAnswer>('/calls', { method: 'POST', body: call })
  if (answer.status >= 400) throw new CallError(answer.status, errorText(answer.body))
  return answer
}

function searchOf(query: NonNullable<ControlCall['query']>): string {
  const search = new URLSearchParams()
  for (const [name, value] of Object.entries(query)) {
    for (const one of Array.isArray(value) ? value : [value ?? []].flat()) search.append(name, String(one))
  }
  return search.size === 0 ? '' : `?${search}`
}

/** Returns the reason in the body of an error answer, which is JSON unless something between us and the server answered. */
function textOf(text: string): string {
  try {
    return errorText(JSON.parse(text))
  } catch {
    return text.slice(0, 500)
  }
}
