import { inspect } from 'node:util'
import { TextDecoder } from '../base/builtins.ts'

/** What can be read from a response before Node's class exists for it. */
export type ResponseParts = Pick<Response, 'status' | 'statusText' | 'url' | 'redirected'>

/** The proxy traps that are forwarded to the created response. */
const DELEGATED = [
  ...(['defineProperty', 'deleteProperty', 'getOwnPropertyDescriptor', 'getPrototypeOf'] as const),
  ...(['has', 'ownKeys', 'setPrototypeOf'] as const),
]

/**
 * Returns a proxy of the response that `create` returns, an object of Node's class. It is only created when something else than its parts and its
 * text or JSON is used. Otherwise a process need not load Node's fetch classes, which takes 20 of the 105 ms of a test file's process.
 */
export function lazyResponse(
  parts: ResponseParts,
  body: Uint8Array | null,
  create: () => Response,
): Response {
  let created: Response | undefined
  let isRead = false
  const response = () => {
    if (created !== undefined) return created
    created = create()
    // From now on, its body cannot be read again.
    if (isRead) void created.text()
    return created
  }
  const read = () => {
    if (created !== undefined || isRead || body === null) return undefined
    isRead = true
    return new TextDecoder().decode(body)
  }
  const text = async () => read() ?? response().text()
  const json = async () => {
    const content = read()
    return content === undefined ? response().json() : JSON.parse(content)
  }
  const early = new Map<PropertyKey, unknown>([
    ...Object.entries(parts),
    ['ok', parts.status >= 200 && parts.status < 300],
    ['type', 'basic'],
    ['text', text],
    ['json', json],
    // Promises look it up in the value that they resolve with.
    ['then', undefined],
  ])
  const delegated = Object.fromEntries(
    DELEGATED.map((name) => [
      name,
      (_target: object, ...rest: unknown[]) => Reflect.apply(Reflect[name], Reflect, [response(), ...rest]),
    ]),
  )
  const target = { [inspect.custom]: (_depth: number, options: object) => inspect(response(), options) }
  return new Proxy<object>(target, {
    ...delegated,
    get: (_target, name) =>
      created === undefined && early.has(name) ? early.get(name) : propertyOf(response(), name),
    set: (_target, name, value) => Reflect.set(response(), name, value),
  }) as Response
}

/** Returns a property of a response, and a method of its class bound to it, because that accepts no other object. */
function propertyOf(response: Response, name: PropertyKey): unknown {
  const value = Reflect.get(response, name)
  const isMethod = typeof value === 'function' && name !== 'constructor' && !Object.hasOwn(response, name)
  return isMethod ? value.bind(response) : value
}
