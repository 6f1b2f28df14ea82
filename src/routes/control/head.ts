import type { FastifyInstance } from 'fastify'

/**
 * Adds HEAD to every GET route of the control plane, because some readiness probes send HEAD (`wget --spider`, wait-on). The API itself
 * answers 405 to HEAD, as FastAPI does. Must be called before the dialect is registered, which needs all methods of a route.
 */
export function exposeHead(app: FastifyInstance): void {
  app.addHook('onRoute', (route) => {
    if (route.method === 'GET' && /^\/_fake(?:\/|$)/.test(route.url)) route.method = ['GET', 'HEAD']
  })
}
