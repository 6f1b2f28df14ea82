import type { FastifyRequest, preValidationHookHandler } from 'fastify'
import { bearerKey } from '../auth/credentials.ts'
import type { KeyRing } from '../auth/keys.ts'
import type { Principal } from '../auth/principal.ts'
import type { Universes } from '../organization/organizations.ts'
import { unauthenticated, unauthorized } from '../routes/v1/errors.ts'

/**
 * The hook that finds out who asks. It runs after the body was parsed and before anything is validated, which is where
 * FastAPI runs a dependency.
 */
export function authenticate(keys: KeyRing, universes: Universes): preValidationHookHandler {
  return (request, _reply, done) => {
    const { authorization } = request.raw.headers
    const principal = keys.holderOf(authorization)
    if (principal === undefined) {
      return done(bearerKey(authorization) === undefined ? unauthenticated() : unauthorized())
    }
    request.principal = principal
    request.universe = universes.visit(principal.orgId)
    done()
  }
}

/** Whose key a request brings, whether its route looks at it or not; undefined for no key, or a bad one. */
export function keyHolder(keys: KeyRing, { raw }: Pick<FastifyRequest, 'raw'>): Principal | undefined {
  return keys.holderOf(raw.headers.authorization)
}
