import type { Claim } from '../../src/conform/api.ts'
import type { Received } from '../../src/conform/send.ts'

/** A change of an answer. Returns undefined if it does not apply to the answer. */
export type Difference = (received: Received) => Received | undefined

type Json = null | boolean | number | string | Json[] | { [name: string]: Json }

/** Returns the differences that a check must find if it claims to verify a property of an answer. */
export function differencesFor(claim: Claim): readonly Difference[] {
  if (claim.startsWith('member ')) {
    const name = claim.slice('member '.length)
    return [onJson((json) => withoutMember(json, name)), onJson((json) => withOtherMember(json, name))]
  }
  return FIXED[claim as keyof typeof FIXED]
}

const FIXED: Readonly<Record<Exclude<Claim, 'value' | `member ${string}`>, readonly Difference[]>> & {
  value: readonly Difference[]
} = {
  status: [(received) => ({ ...received, status: 418 })],
  body: [
    (received) => (received.body === '' ? { ...received, body: '{}' } : undefined),
    (received) => (isJson(received) ? { ...received, body: '<html></html>' } : { ...received, body: 'x' }),
    onJson((json) => otherText(json)),
    onJson((json) => (isObject(json) ? { ...json, more: 1 } : [json])),
    onJson((json) => (isObject(json) ? without(json, Object.keys(json)[0] as string) : { json })),
  ],
  detail: [onJson((json) => (isObject(json) ? { ...json, detail: 'Something else' } : json))],
  shape: [
    onJson(() => 'text'),
    onJson((json) => (Array.isArray(json) && json.length > 0 ? [{}] : {})),
    onJson((json) => (isObject(json) ? retyped(json) : undefined)),
    (received) => ({ ...received, body: '<html></html>' }),
  ],
  order: [onJson(reversed)],
  'content-type': [
    (received) => withHeader(received, 'content-type', 'application/json; charset=utf-8'),
    (received) => withHeader(received, 'content-type', undefined),
  ],
  location: [(received) => withHeader(received, 'location', undefined)],
  // Only the check itself knows the valid values, so it has to find at least one of several differences: see planted.test.ts.
  value: [],
}

/**
 * Returns differences of a single value each: every member missing, changed and added, every list emptied and filled. `name` is the unique
 * name of the run, which is put into lists that must not have it. `previous` is the answer to the same request before.
 */
export function singleChanges(
  received: Received,
  { name, previous }: { name: string; previous: Received | undefined },
): Received[] {
  const header = received.headers.location
  const changes: Received[] = header === undefined ? [] : [withHeader(received, 'location', '/elsewhere')]
  if (previous !== undefined) changes.push(previous)
  if (!isJson(received)) return changes
  const own = ['', '-session', '-deleted'].map((label) => ({
    key: `${name}${label}`,
    value: 'x',
    messages: [],
  }))
  const root = JSON.parse(received.body) as Json
  for (const changed of changesOf(root, own)) changes.push({ ...received, body: JSON.stringify(changed) })
  return changes
}

function changesOf(json: Json, own: Json[]): Json[] {
  if (Array.isArray(json)) {
    const first = json[0]
    return [
      [],
      ['x'],
      own,
      [...own, ...json],
      ...(first === undefined ? [] : changesOf(first, own).map((changed) => [changed, ...json.slice(1)])),
    ]
  }
  if (isObject(json)) {
    const members = Object.entries(json).flatMap(([name, value]) => [
      without(json, name),
      ...changesOf(value, own).map((changed) => ({ ...json, [name]: changed })),
    ])
    return [...members, { ...json, value: 'x' }, { ...json, total: 1 }, { ...json, messages: [] }]
  }
  if (typeof json === 'string') return [`x${json}x`, 1]
  if (typeof json === 'number') return [json + 86_401, 'x', 0]
  return [json === null ? 'x' : !json]
}

function onJson(change: (json: Json) => Json | undefined): Difference {
  return (received) => {
    if (!isJson(received)) return undefined
    const changed = change(JSON.parse(received.body) as Json)
    return changed === undefined ? undefined : { ...received, body: JSON.stringify(changed) }
  }
}

function isJson({ body }: Received): boolean {
  try {
    JSON.parse(body)
    return true
  } catch {
    return false
  }
}

function isObject(json: Json): json is { [name: string]: Json } {
  return typeof json === 'object' && json !== null && !Array.isArray(json)
}

function without(json: { [name: string]: Json }, name: string): Json {
  const { [name]: _, ...rest } = json
  return rest
}

/** Removes every member with the name, at any depth. */
function withoutMember(json: Json, name: string): Json {
  return JSON.parse(JSON.stringify(json, (key, value) => (key === name ? undefined : value)))
}

/** Changes every member with the name, at any depth. */
function withOtherMember(json: Json, name: string): Json {
  return JSON.parse(
    JSON.stringify(json, (key, value) => (key === name ? (value === 'other' ? null : 'other') : value)),
  )
}

/** Changes the first text. */
function otherText(json: Json): Json {
  if (typeof json === 'string') return `x${json}`
  if (Array.isArray(json)) return json.length === 0 ? ['x'] : [otherText(json[0] as Json), ...json.slice(1)]
  if (!isObject(json)) return json === null ? 'x' : null
  const [name = 'x', value = null] = Object.entries(json)[0] ?? []
  return { ...json, [name]: otherText(value) }
}

/** Changes the type of the first member that has only one possible type. */
function retyped(json: { [name: string]: Json }): Json | undefined {
  const found = Object.entries(json).find(([, value]) => typeof value === 'number' || Array.isArray(value))
  const [name] = found ?? Object.entries(json).find(([, value]) => typeof value === 'string') ?? []
  return name === undefined ? undefined : { ...json, [name]: { other: true } }
}

function reversed(json: Json): Json | undefined {
  if (Array.isArray(json)) return json.toReversed()
  const list = isObject(json) ? Object.entries(json).find(([, value]) => Array.isArray(value)) : undefined
  return list && { ...(json as object), [list[0]]: (list[1] as Json[]).toReversed() }
}

function withHeader(received: Received, name: string, value: string | undefined): Received {
  const { [name]: _, ...headers } = received.headers
  return { ...received, headers: value === undefined ? headers : { ...headers, [name]: value } }
}
