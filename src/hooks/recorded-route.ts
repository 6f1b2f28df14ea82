import type { FastifyRequest, FastifySchema, RouteOptions } from 'fastify'
import type { LazyRoute } from '../fastapi/lazy-routes.ts'
import { pathTemplate } from '../fastapi/routing.ts'
import type { RecordedRoute } from '../journal/journal.ts'

/** A lazy route as journal and log see it. */
class RecordedLazyRoute implements RecordedRoute {
  readonly method: string
  readonly template: string
  schema: FastifySchema | undefined
  readonly #route: LazyRoute

  constructor(route: LazyRoute) {
    this.method = route.method
    this.template = route.path
    this.#route = route
  }

  async loadSchema(): Promise<void> {
    this.schema ??= await this.#route.loadSchema()
  }
}

const recordedLazyRoutes = new WeakMap<LazyRoute, RecordedRoute>()

/** Returns a lazy route in the form of the journal. It is always the same object, so that its schemas are loaded once. */
export function recordedLazyRoute(route: LazyRoute): RecordedRoute {
  const known = recordedLazyRoutes.get(route)
  if (known !== undefined) return known
  const recorded = new RecordedLazyRoute(route)
  recordedLazyRoutes.set(route, recorded)
  return recorded
}

/** Returns a registered route in the form of the journal. */
export function recordedRoute({ method, url, schema = {} }: RouteOptions): RecordedRoute {
  return { method: String(method), template: pathTemplate(url), schema }
}

/** Returns the route of a request in the form of the journal; null if no route matched. */
export function recordedRouteOf(request: FastifyRequest): RecordedRoute | null {
  const { lazyRoute, is404, routeOptions } = request
  if (lazyRoute !== undefined) return recordedLazyRoute(lazyRoute)
  return is404 || isShared(routeOptions) ? null : recordedRoute(routeOptions as RouteOptions)
}

/** Returns whether a route is the Fastify route that lazy routes share, which is not an operation itself. */
export function isShared({ config }: Pick<RouteOptions, 'config'>): boolean {
  return config?.lazyRoutes !== undefined
}
