import type { FastifyInstance } from 'fastify'
import { PATHS_OF_FAKE } from '../../journal/path-pattern.ts'

/**
 * Adds HEAD to the GET routes below `/_fake/` that Fastify knows, which are those of the storage: `withHead` does so for all others. Must be
 * called before the dialect is registered, which needs all methods of a route.
 */
export function exposeHead(app: FastifyInstance): void {
  app.addHook('onRoute', (route) => {
    if (route.method === 'GET' && PATHS_OF_FAKE.test(route.url)) route.method = ['GET', 'HEAD']
  })
}
