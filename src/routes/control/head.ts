import type { FastifyInstance } from 'fastify'

/**
 * Answers HEAD wherever the control plane answers GET, since probes of readiness ask by either (`wget --spider`, wait-on). The API itself
 * answers 405 to HEAD, as FastAPI does. To be called before the dialect is registered, which has to know all methods of a route.
 */
export function exposeHead(app: FastifyInstance): void {
  app.addHook('onRoute', (route) => {
    if (route.method === 'GET' && route.url.startsWith('/_fake/')) route.method = ['GET', 'HEAD']
  })
}
