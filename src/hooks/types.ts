import type { IncomingMessage, ServerResponse } from 'node:http'
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { FastifyBaseLogger, FastifyInstance, RawServerDefault } from 'fastify'
import type { Principal } from '../auth/principal.ts'
import type { Organization } from '../organization/organizations.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** Who is asking; set by the auth hook before any handler runs. */
    principal: Principal
    /** All that this principal can reach; set together with it. */
    organization: Organization
  }
}

/** The Fastify instance a route plugin is given: its schemas are TypeBox. */
export type ApiInstance = FastifyInstance<
  RawServerDefault,
  IncomingMessage,
  ServerResponse,
  FastifyBaseLogger,
  TypeBoxTypeProvider
>
