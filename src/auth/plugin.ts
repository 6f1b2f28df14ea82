import type { preValidationHookHandler } from 'fastify'
import { unauthenticated, unauthorized } from '../errors.ts'
import type { Universes } from '../universe.ts'
import { bearerKey } from './credentials.ts'
import type { KeyRing } from './keys.ts'

/**
 * The hook that finds out who asks. It runs after the body was parsed and before anything is validated, which is where
 * FastAPI runs a dependency.
 */
export function authenticate(keys: KeyRing, universes: Universes): preValidationHookHandler {
  return (request, _reply, done) => {
    const key = bearerKey(request.raw.headers.authorization)
    if (key === undefined) return done(unauthenticated())
    const principal = keys.principalOf(key)
    if (principal === undefined) return done(unauthorized())
    request.principal = principal
    request.universe = universes.visit(principal.orgId)
    done()
  }
}
