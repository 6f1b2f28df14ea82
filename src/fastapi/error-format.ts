import { STATUS_CODES } from 'node:http'
import type { FastifyRequest } from 'fastify'
import type { ValidationIssue } from './issue.ts'
import { encodeJson } from './json/encode.ts'
import { rememberLatest } from './remember-latest.ts'
import { pathOf } from './target.ts'

/** The content of an error response. */
export interface ErrorContent {
  readonly status: number
  readonly detail: unknown
  /** The issues of a failed validation. Default: the error is not one of validation. */
  readonly issues?: readonly ValidationIssue[]
  /** The decoded path of the request. */
  readonly path: string
}

/** The form of error bodies. */
export interface ErrorFormat {
  readonly contentType: string
  /** Returns the body as JSON. Throws if the issues quote input that cannot be encoded. */
  encode(error: ErrorContent): string
}

/** Encodes a body whose detail is a string. Encoding each one anew took a fiftieth of the time of a 404. */
const textBody = rememberLatest((detail) => encodeJson({ detail }))

/** FastAPI's own form: `{"detail": …}`, with the issues as the detail of a failed validation. */
export const detailFormat: ErrorFormat = {
  contentType: 'application/json',
  encode({ detail, issues }) {
    if (issues === undefined && typeof detail === 'string') return textBody(detail)
    return encodeJson({ detail: issues ?? detail })
  },
}

/** Returns the format of RFC 9457 with titles by status. The issues of a failed validation are in `errors`. */
export function problemFormatWith(titles: Readonly<Record<number, string | undefined>>): ErrorFormat {
  const encode = ({ status, detail, issues, path }: ErrorContent) =>
    encodeJson({
      type: 'about:blank',
      title: titles[status] ?? 'Unknown Error',
      status,
      detail: issues === undefined ? detail : 'Validation error',
      instance: path,
      ...(issues !== undefined && { errors: issues }),
    })
  return { contentType: 'application/problem+json', encode: rememberLatestError(encode) }
}

/**
 * Adds a cache of one entry for errors whose detail is a string, because clients often repeat a request. Encoding each error anew, and the
 * garbage collection of the separate bodies in the journal, took a twentieth of the time of a 403.
 */
function rememberLatestError(encode: (error: ErrorContent) => string): (error: ErrorContent) => string {
  let latest: { readonly error: ErrorContent; readonly body: string } | undefined
  return (error) => {
    if (error.issues !== undefined || typeof error.detail !== 'string') return encode(error)
    if (latest === undefined || !isSame(latest.error, error)) latest = { error, body: encode(error) }
    return latest.body
  }
}

function isSame(one: ErrorContent, other: ErrorContent): boolean {
  return one.status === other.status && one.detail === other.detail && one.path === other.path
}

/** The format of RFC 9457, `application/problem+json`, with the standard titles. */
export const problemFormat = problemFormatWith(STATUS_CODES)

/** Selects the form of an error. There is no request if Node could not parse it. */
export type SelectFormat = (error: ErrorContent, request: FastifyRequest | undefined) => ErrorFormat

/** Selects the form of error bodies by the path of a request. */
export class ErrorFormats {
  readonly #prefixes: readonly (readonly [prefix: string, select: SelectFormat])[]

  /** Paths that begin with a prefix get its format, all others `detailFormat`. */
  constructor(prefixes: Readonly<Record<string, ErrorFormat | SelectFormat>> = {}) {
    this.#prefixes = Object.entries(prefixes).map(([prefix, format]) => [
      prefix,
      typeof format === 'function' ? format : () => format,
    ])
  }

  /** Returns the content type and the body of an error answer. `target` is that of the request. */
  encode(
    target: string,
    error: Omit<ErrorContent, 'path'>,
    request?: FastifyRequest,
  ): { contentType: string; body: string } {
    const path = pathOf(target)
    const content = { ...error, path }
    const select = this.#prefixes.find(([prefix]) => path.startsWith(prefix))?.[1]
    const format = select === undefined ? detailFormat : select(content, request)
    return { contentType: format.contentType, body: format.encode(content) }
  }
}
