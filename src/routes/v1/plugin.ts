import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { collectRoutes } from '../../fastapi/collected-routes.ts'
import { LazyRoutes, sharedRoute } from '../../fastapi/lazy-routes.ts'
import { type AuthOptions, authenticate } from '../../hooks/authenticate.ts'
import { v1Routes } from './index.ts'

/** The operations of the first generation. */
export const v1LazyRoutes = () =>
  new LazyRoutes({
    paths: /^\/(?:v1|attachments)\//,
    sharedPath: '/v1/-',
    load: () => collectRoutes(v1Routes),
  })

/** The plugin of API v1. Every route requires a v1 key. */
export const v1: FastifyPluginAsyncTypebox<AuthOptions & { readonly lazyRoutes: LazyRoutes }> = async (
  app,
  { lazyRoutes, ...options },
) => {
  app.route(sharedRoute(lazyRoutes, authenticate(options)))
}
