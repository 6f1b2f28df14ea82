import type { FastifyRequest } from 'fastify'
import { parseLongBody, readBody } from '../fastapi/body.ts'
import { isForm } from '../fastapi/request.ts'

/** The longest bodies that are read, in bytes. */
export interface BodyLimits {
  readonly json: number
  readonly form: number
}

/** What became of a body: `gone` where the client hung up before its end. */
export type Received = 'whole' | 'too-long' | 'gone'

/**
 * Takes in the body of a request whose route has no turn, so that the next request on the connection is found where it begins;
 * and has the journal show it, if its route would have read it as JSON.
 */
export async function drainBody(request: FastifyRequest, limits: BodyLimits): Promise<Received> {
  const { raw } = request
  const { headers } = raw
  if (headers['content-length'] === undefined && headers['transfer-encoding'] === undefined) return 'whole'
  const schema = request.is404 ? undefined : request.routeOptions.schema
  const hasForm = schema !== undefined && isForm(schema)
  try {
    const bytes = await readBody(raw, hasForm ? limits.form : limits.json)
    if (schema?.body !== undefined && !hasForm && (await canBeParsed(headers['content-type'], bytes))) {
      request.sentBody = bytes
    }
    return 'whole'
  } catch {
    // A request whose last bytes have come is destroyed as well.
    return raw.errored === null ? 'too-long' : 'gone'
  }
}

/** The journal shows no other bodies, be they struck or not. */
async function canBeParsed(contentType: string | undefined, bytes: Uint8Array): Promise<boolean> {
  try {
    await parseLongBody(contentType, bytes)
    return true
  } catch {
    return false
  }
}
