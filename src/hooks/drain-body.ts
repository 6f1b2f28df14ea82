import type { FastifyRequest } from 'fastify'
import { parseLongBody, readBody } from '../fastapi/body.ts'
import { bodyFormOf } from '../fastapi/request.ts'
import { isShared } from './recorded-route.ts'

/** The maximum sizes of bodies, in bytes. */
export interface BodyLimits {
  readonly json: number
  readonly form: number
}

/** The outcome of reading a body: `aborted` if the client disconnected before its end. */
export type DrainResult = 'whole' | 'too-long' | 'aborted'

/**
 * Reads the body of a request whose handler does not run, so that the next request on the connection starts at the right byte. If the
 * route reads JSON, the body is kept for the journal.
 */
export async function drainBody(request: FastifyRequest, limits: BodyLimits): Promise<DrainResult> {
  const { raw } = request
  const { headers } = raw
  if (headers['content-length'] === undefined && headers['transfer-encoding'] === undefined) return 'whole'
  const form = bodyOf(request)
  try {
    const bytes = await readBody(raw, form === 'form' ? limits.form : limits.json)
    if (form === 'json' && (await canBeParsed(headers['content-type'], bytes))) request.sentBody = bytes
    return 'whole'
  } catch {
    // `destroyed` is also true for a request that was received completely.
    return raw.errored === null ? 'too-long' : 'aborted'
  }
}

/** Returns the form of the body that the route of a request reads; undefined if it reads none. */
function bodyOf({ is404, lazyRoute, routeOptions }: FastifyRequest): 'json' | 'form' | undefined {
  return is404 || isShared(routeOptions) ? lazyRoute?.body : bodyFormOf(routeOptions.schema)
}

/** Returns whether a body can be parsed. The journal shows no others, with or without faults. */
async function canBeParsed(contentType: string | undefined, bytes: Uint8Array): Promise<boolean> {
  try {
    await parseLongBody(contentType, bytes)
    return true
  } catch {
    return false
  }
}
