import type { FastifyRequest, preValidationHookHandler } from 'fastify'
import { bearerKey } from '../auth/credentials.ts'
import { AuthError } from '../auth/errors.ts'
import type { KeyRegistry } from '../auth/keys.ts'
import type { Principal } from '../auth/principal.ts'
import type { Organizations } from '../organization/organizations.ts'

/**
 * Returns the hook that authenticates a request. It runs after the body was parsed and before validation, as a dependency does in
 * FastAPI.
 */
export function authenticate(keys: KeyRegistry, organizations: Organizations): preValidationHookHandler {
  return (request, _reply, done) => {
    const { authorization } = request.raw.headers
    const principal = keys.authenticate(authorization)
    if (principal === undefined) {
      return done(new AuthError(bearerKey(authorization) === undefined ? 'missing' : 'refused'))
    }
    request.principal = principal
    request.organization = organizations.getEphemeral(principal.orgId)
    done()
  }
}

/** Returns the principal of the key in a request, even on routes without authentication. Returns undefined without a valid key. */
export function principalOfRequest(
  keys: KeyRegistry,
  { raw }: Pick<FastifyRequest, 'raw'>,
): Principal | undefined {
  return keys.authenticate(raw.headers.authorization)
}
