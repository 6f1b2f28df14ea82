import { isIP } from 'node:net'
import type { FastifyRequest, onRequestHookHandler } from 'fastify'
import { bearerKey } from '../../auth/credentials.ts'
import { isSameSecret } from '../../base/same-secret.ts'
import { isJson } from '../../fastapi/body.ts'
import { HttpException } from '../../fastapi/errors.ts'

/**
 * The routes without access control: the health check; the certificate, which clients need before any other call; and the files of the
 * page, which are the same on every server and ask for the token before they call anything else.
 */
export const PUBLIC_ROUTES = new Set([
  '/_fake/health',
  '/_fake/ca.pem',
  '/_fake',
  '/_fake/',
  '/_fake/docs',
  '/_fake/assets/{file}',
  // Only a browser's request for the page has this path here.
  '/',
])

/**
 * Returns a hook that protects the control plane from web pages in the developer's browser. Such a page can reach localhost, even as
 * same-origin if its own host name resolves to 127.0.0.1 (DNS rebinding). If there is a token, every call requires it.
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
  if (PUBLIC_ROUTES.has(String(request.lazyRoute?.path))) return undefined
  const given = bearerKey(headers.authorization)
  if (token !== undefined && !isSameSecret(given ?? '', token)) {
    return new HttpException(
      401,
      given === undefined
        ? 'The control plane requires the token of --control-token: send Authorization: Bearer TOKEN'
        : 'The token is not that of --control-token',
    )
  }
  // With a token, any Host is accepted.
  if (token === undefined && !isTrustedName(hostname(request.host))) {
    return new HttpException(
      403,
      'The control plane is not served under this Host; use localhost, an IP address or --control-token',
    )
  }
  if (isForeign(headers.origin, request.host) || headers['sec-fetch-site'] === 'cross-site') {
    return new HttpException(403, 'The control plane refuses requests from other origins')
  }
  if (headers['content-type'] !== undefined && !isJson(headers['content-type'])) {
    return new HttpException(415, 'The control plane takes JSON: send Content-Type: application/json')
  }
  return undefined
}

/** Returns whether an origin is not the host's, under either scheme: the forwarded headers of a TLS proxy may not be trusted. */
function isForeign(origin: string | undefined, host: string): boolean {
  return (
    origin !== undefined && !['http', 'https'].some((scheme) => originOf(`${scheme}://${host}`) === origin)
  )
}

/** Returns the origin of a URL without the default port, which some proxies add to the Host. Returns undefined for an invalid URL. */
function originOf(address: string): string | undefined {
  return URL.canParse(address) ? new URL(address).origin : undefined
}

/** Returns a host in lower case, without its port and brackets. */
function hostname(host: string): string {
  return host
    .replace(/:\d+$/, '')
    .replace(/^\[(.*)\]$/, '$1')
    .toLowerCase()
}

/**
 * Returns whether a third party cannot own the name: IP addresses, api.devin.ai, names of one label (of containers and machines
 * nearby), and suffixes reserved for private use.
 */
function isTrustedName(name: string): boolean {
  if (isIP(name) !== 0 || name === 'api.devin.ai') return true
  return !name.includes('.') || /\.(?:localhost|local|internal|test|home\.arpa)$/.test(name)
}
