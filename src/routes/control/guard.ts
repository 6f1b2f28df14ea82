import { timingSafeEqual } from 'node:crypto'
import { isIP } from 'node:net'
import type { FastifyRequest, onRequestHookHandler } from 'fastify'
import { bearerKey } from '../../auth/credentials.ts'
import { isJson } from '../../fastapi/body.ts'
import { HttpException } from '../../fastapi/errors.ts'

/** Routes that ask for no token: whether the server is up, and the certificate to trust before anything else. */
export const PUBLIC_ROUTES = new Set(['/_fake/health', '/_fake/ca.pem'])

/**
 * Keeps strangers from the control plane: a page in the developer's browser can reach localhost, and a name of its own that
 * resolves to 127.0.0.1 (DNS rebinding) would even make that same-origin. With a token, every call needs it.
 */
export function guardControl(token: string | undefined): onRequestHookHandler {
  return (request, _reply, done) => {
    const refusal = refusalOf(request, token)
    if (refusal === undefined) done()
    else done(refusal)
  }
}

function refusalOf(request: FastifyRequest, token: string | undefined): HttpException | undefined {
  const { headers } = request.raw
  if (PUBLIC_ROUTES.has(request.routeOptions.url as string)) return undefined
  if (token !== undefined && !isToken(bearerKey(headers.authorization), token))
    return new HttpException(401, 'Unauthorized')
  // Whoever knows the token is no stranger, whatever the server is called.
  if (token === undefined && !isOwnName(hostname(request.host))) {
    return new HttpException(
      403,
      'The control plane is not served under this Host; use localhost, an IP address or --control-token',
    )
  }
  if (isForeign(headers.origin, request.host) || headers['sec-fetch-site'] === 'cross-site') {
    return new HttpException(403, 'The control plane takes no requests from other origins')
  }
  if (headers['content-type'] !== undefined && !isJson(headers['content-type'])) {
    return new HttpException(415, 'The control plane takes JSON: send Content-Type: application/json')
  }
  return undefined
}

function isToken(given: string | undefined, token: string): boolean {
  const [one, other] = [Buffer.from(given ?? ''), Buffer.from(token)]
  return one.length === other.length && timingSafeEqual(one, other)
}

/** Either scheme will do: a proxy that ends TLS may be one whose forwarded headers do not count. */
function isForeign(origin: string | undefined, host: string): boolean {
  return (
    origin !== undefined && !['http', 'https'].some((scheme) => originOf(`${scheme}://${host}`) === origin)
  )
}

/** As a browser writes it: without the default port, which some proxies add to the Host. Undefined for what is no address. */
function originOf(address: string): string | undefined {
  return URL.canParse(address) ? new URL(address).origin : undefined
}

/** The host without its port. */
function hostname(host: string): string {
  return host
    .replace(/:\d+$/, '')
    .replace(/^\[(.*)\]$/, '$1')
    .toLowerCase()
}

/**
 * Names that no stranger can have: addresses, names of one label (of containers and machines nearby), and the endings that
 * are kept for private use.
 */
function isOwnName(name: string): boolean {
  if (isIP(name) !== 0 || name === 'api.devin.ai') return true
  return !name.includes('.') || /\.(?:localhost|local|internal|test|home\.arpa)$/.test(name)
}
