import { STATUS_CODES } from 'node:http'
import { isJson } from '../fastapi/body.ts'
import { encodeJson } from '../fastapi/json/encode.ts'
import type { FaultSpec } from '../schemas/control/fault.ts'

/** What a fault answers in place of the API. */
export interface CannedResponse {
  readonly status: number
  /** With a content type where there is a text. */
  readonly headers: Readonly<Record<string, string>>
  readonly text: string
}

/** The answer of a fault that has one. Throws UnencodableError for a body that cannot be written as JSON. */
export function madeUpAnswer(spec: FaultSpec): CannedResponse | undefined {
  const { status = 200, headers = {} } = spec
  if (spec.status === undefined && spec.body === undefined) return undefined
  const text = textOf(spec, status)
  if (text === '' || contentTypeOf(headers) !== undefined) return { status, headers, text }
  return { status, headers: { ...headers, 'content-type': 'application/json' }, text }
}

/** Statuses whose answers have no body. */
export const EMPTY_STATUSES: readonly number[] = [204, 205, 304]

function textOf({ body, headers = {} }: FaultSpec, status: number): string {
  const isText = !isJson(contentTypeOf(headers))
  if (body !== undefined) return isText ? String(body) : encodeJson(body)
  if (status < 400) return ''
  const phrase = STATUS_CODES[status] ?? `HTTP ${status}`
  return isText ? phrase : encodeJson({ detail: phrase })
}

/** The content type among headers; undefined when there is none. */
export function contentTypeOf(headers: Readonly<Record<string, string>>): string | undefined {
  return Object.entries(headers).find(([name]) => name.toLowerCase() === 'content-type')?.[1]
}

/** The first half of a JSON text, made so that it is none. */
export function truncateJson(text: string): string {
  // Half of a surrogate pair could not be sent.
  const half = text.slice(0, text.length >> 1).replace(/[\ud800-\udbff]$/, '')
  // Half of a number is one, too, and blanks may follow a whole text; but no JSON ends so.
  return isParsable(half) ? `${half}-` : half
}

function isParsable(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}
