import type { FastifyRequest, preValidationHookHandler } from 'fastify'
import { bearerKey } from '../auth/credentials.ts'
import { AuthError } from '../auth/errors.ts'
import type { KeyRegistry } from '../auth/keys.ts'
import type { Principal } from '../auth/principal.ts'
import type { Organizations } from '../organization/organizations.ts'

/**
 * The hook that finds out who asks. It runs after the body was parsed and before anything is validated, which is where
 * FastAPI runs a dependency.
 */
export function authenticate(keys: KeyRegistry, organizations: Organizations): preValidationHookHandler {
  return (request, _reply, done) => {
    const { authorization } = request.raw.headers
    const principal = keys.holderOf(authorization)
    if (principal === undefined) {
      return done(new AuthError(bearerKey(authorization) === undefined ? 'missing' : 'refused'))
    }
    request.principal = principal
    request.organization = organizations.getEphemeral(principal.orgId)
    done()
  }
}

/** Whose key a request brings, whether its route looks at it or not; undefined for no key, or a bad one. */
export function principalOfRequest(
  keys: KeyRegistry,
  { raw }: Pick<FastifyRequest, 'raw'>,
): Principal | undefined {
  return keys.holderOf(raw.headers.authorization)
}
