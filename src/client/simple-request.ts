import type { Hop } from './redirect.ts'

type SimpleRequest = Omit<Hop, 'url'>

/** The methods that `Request` takes as they are. */
const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']

/** A header that `Headers` takes as it is, apart from the case of its name. */
const NAME = /^[\w!#$%&'*+.^`|~-]+$/
const VALUE = /^(?:[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?)?$/

/**
 * Returns what Node's `Request` would make of the options of `fetch`: a plain object with at most a method, headers in a plain object, and a
 * text as the body. Returns undefined for all others, which `Request` must convert or refuse.
 */
export function simpleRequest(init: RequestInit = {}): SimpleRequest | undefined {
  if (!isPlain(init)) return undefined
  const { method = 'GET', headers: given = {}, body, ...others } = init
  const headers = simpleHeaders(given)
  const isOther = Object.values(others).some((value) => value !== undefined)
  if (isOther || !METHODS.includes(method) || headers === undefined) return undefined
  if (body == null) return { method, headers, body: undefined }
  // `Request` adds a content type to a string without one.
  const isTyped = headers.some(([name]) => name === 'content-type')
  if (typeof body !== 'string' || !isTyped || ['GET', 'HEAD'].includes(method)) return undefined
  return { method, headers, body: Buffer.from(body) }
}

/** Returns the entries in the order of `Headers`; undefined if they are not simple. */
function simpleHeaders(given: unknown): [string, string][] | undefined {
  if (!isPlain(given)) return undefined
  const headers = new Map<string, string>()
  const entries: [string, unknown][] = Object.entries(given)
  for (const [name, value] of entries) {
    if (typeof value !== 'string' || !NAME.test(name) || !VALUE.test(value)) return undefined
    headers.set(name.toLowerCase(), value)
  }
  // Names that differ in their case are one header.
  if (headers.size < entries.length) return undefined
  return [...headers].sort(([one], [other]) => (one < other ? -1 : 1))
}

/** Returns whether a value is an object without a class, of any realm, whose properties `Object.entries` finds. */
function isPlain(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false
  const prototype = Object.getPrototypeOf(value)
  const hasClass = prototype !== null && Object.getPrototypeOf(prototype) !== null
  return !hasClass && Reflect.ownKeys(value).length === Object.keys(value).length
}
