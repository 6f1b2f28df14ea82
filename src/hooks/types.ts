import type { IncomingMessage, ServerResponse } from 'node:http'
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { FastifyBaseLogger, FastifyInstance, RawServerDefault } from 'fastify'
import type { KeyRegistry } from '../auth/keys.ts'
import type { Principal } from '../auth/principal.ts'
import type { Organization, Organizations } from '../organization/organizations.ts'

declare module 'fastify' {
  interface FastifyInstance {
    /** The valid keys. Only routes of v3 have them. */
    keys: KeyRegistry
    /** All organizations. Only routes of v3 have them, for the operations of the enterprise. */
    organizations: Organizations
  }
  interface FastifyRequest {
    /** The authenticated principal. The authentication hook sets it before any handler runs. */
    principal: Principal
    /** The organization of the principal. It is set together with `principal`. */
    organization: Organization
  }
}

/** The Fastify instance that route plugins receive. Its schemas are TypeBox. */
export type ApiInstance = FastifyInstance<
  RawServerDefault,
  IncomingMessage,
  ServerResponse,
  FastifyBaseLogger,
  TypeBoxTypeProvider
>
