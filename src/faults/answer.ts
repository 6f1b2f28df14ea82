import { STATUS_CODES } from 'node:http'
import { isJson } from '../fastapi/body.ts'
import { encodeJson } from '../fastapi/json/encode.ts'
import type { FaultSpec } from '../schemas/control/fault.ts'

/** A response in place of the API's. */
export interface CannedResponse {
  readonly status: number
  /** Includes a content type if the text is not empty. */
  readonly headers: Readonly<Record<string, string>>
  readonly text: string
  /** The detail of an error. Each generation of the API puts it into its own error format, instead of `text`. */
  readonly detail?: string
}

/**
 * Returns the response of a fault with a status or a body. An error without a body, or whose body is only a `detail`, has the form of
 * the API's own errors. Throws UnencodableError if JSON cannot encode the body.
 */
export function cannedResponse(spec: FaultSpec): CannedResponse | undefined {
  const { status = 200, headers = {} } = spec
  if (spec.status === undefined && spec.body === undefined) return undefined
  const text = textOf(spec, status)
  if (text === '' || contentTypeOf(headers) !== undefined) return { status, headers, text }
  const detail = status < 400 ? undefined : detailOf(spec.body, status)
  return {
    status,
    headers: { ...headers, 'content-type': 'application/json' },
    text,
    ...(detail !== undefined && { detail }),
  }
}

/** Statuses whose responses have no body. */
export const EMPTY_STATUSES: readonly number[] = [204, 205, 304]

function textOf({ body, headers = {} }: FaultSpec, status: number): string {
  const isText = !isJson(contentTypeOf(headers))
  if (body !== undefined) return isText ? String(body) : encodeJson(body)
  if (status < 400) return ''
  const phrase = phraseOf(status)
  return isText ? phrase : encodeJson({ detail: phrase })
}

function phraseOf(status: number): string {
  return STATUS_CODES[status] ?? `HTTP ${status}`
}

/** Returns the detail of a missing body, or of a body without any other member. */
function detailOf(body: unknown, status: number): string | undefined {
  if (body === undefined) return phraseOf(status)
  const { detail, ...others } = Object(body) as { detail?: unknown }
  return typeof detail === 'string' && Object.keys(others).length === 0 ? detail : undefined
}

/** Returns the value of the content type header, or undefined if there is none. */
export function contentTypeOf(headers: Readonly<Record<string, string>>): string | undefined {
  return Object.entries(headers).find(([name]) => name.toLowerCase() === 'content-type')?.[1]
}

/** Returns the first half of a JSON text, which is never valid JSON. */
export function truncateJson(text: string): string {
  // A lone surrogate cannot be encoded as UTF-8.
  const half = text.slice(0, text.length >> 1).replace(/[\ud800-\udbff]$/, '')
  // Half of a number is valid, and so is a whole text with half of its trailing whitespace. A final `-` never is.
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
