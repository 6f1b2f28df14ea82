import type { OutgoingHttpHeaders } from 'node:http'
import { Readable } from 'node:stream'
import { URL } from '../base/builtins.ts'
import { failed } from './destination.ts'
import { fetchClasses } from './native-fetch.ts'

/** One request of a redirect chain. */
export interface Hop {
  readonly url: URL
  readonly method: string
  readonly headers: Iterable<[name: string, value: string]>
  /** A stream for a body that cannot be sent twice. */
  readonly body: Buffer | Readable | undefined
}

const REDIRECT_STATUSES = [301, 302, 303, 307, 308]

/** Headers that describe the body and are dropped with it. */
const BODY_HEADERS = [
  'content-encoding',
  'content-language',
  'content-length',
  'content-location',
  'content-type',
]

/** Headers that another origin must not see. */
const PRIVATE_HEADERS = ['authorization', 'cookie', 'host', 'proxy-authorization']

/** Returns where a redirect leads; undefined for other answers. */
export function redirectTarget(status: number, { location }: OutgoingHttpHeaders): string | undefined {
  return REDIRECT_STATUSES.includes(status) ? location?.toString() : undefined
}

/** Returns the request that follows a redirect, by the Fetch standard. Throws TypeError if it cannot be followed. */
export function redirected({ url, method, headers, body }: Hop, status: number, location: string): Hop {
  if (!URL.canParse(location, url.href))
    throw failed(new Error('the location of a redirect is not a valid URL'))
  const target = new URL(location, url)
  if (status !== 303 && body instanceof Readable) {
    throw failed(new Error('a redirect cannot be followed with a body that cannot be sent twice'))
  }
  const { Headers } = fetchClasses()
  const kept = new Headers([...headers])
  if (target.origin !== url.origin) for (const name of PRIVATE_HEADERS) kept.delete(name)
  const becomesGet = status === 303 ? !['GET', 'HEAD'].includes(method) : status < 303 && method === 'POST'
  if (!becomesGet) return { url: target, method, headers: kept, body }
  for (const name of BODY_HEADERS) kept.delete(name)
  return { url: target, method: 'GET', headers: kept, body: undefined }
}
