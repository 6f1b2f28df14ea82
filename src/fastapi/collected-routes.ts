import type {
  FastifyContextConfig,
  FastifyReply,
  FastifyRequest,
  FastifySchema,
  RouteShorthandOptions,
} from 'fastify'
import type { LazyRoute } from './lazy-routes.ts'
import { bodyFormOf } from './request.ts'
import { pathTemplate } from './routing.ts'

/** A lazy route that a plugin has registered. */
export interface CollectedRoute extends LazyRoute {
  readonly schema: FastifySchema
  readonly config: FastifyContextConfig & { readonly shape?: unknown }
}

type Handler = (request: FastifyRequest, reply: FastifyReply) => Promise<unknown>

/** A method, such as `get`, of the application that {@link collectRoutes} passes to a plugin. */
type Registration = (path: string, options: RouteShorthandOptions, handler: Handler) => void

/**
 * Returns the routes that plugins register, without registering them with Fastify. The plugins may only call `get`, `post`, `put` and
 * `delete`, with a schema and a handler that returns a promise, and before they await anything.
 */
export function collectRoutes<App>(plugins: readonly ((app: App) => Promise<void>)[]): CollectedRoute[] {
  const routes: CollectedRoute[] = []
  const adder =
    (method: string): Registration =>
    (path, { schema = {}, config = {} }, handle) => {
      routes.push({
        method,
        path: pathTemplate(path),
        body: bodyFormOf(schema),
        schema,
        config,
        jsonLimit: config.jsonLimit,
        schemaFor: config.schemaFor,
        loadSchema: async () => schema,
        handle,
      })
    }
  const app = { get: adder('GET'), post: adder('POST'), put: adder('PUT'), delete: adder('DELETE') }
  for (const plugin of plugins) void plugin(app as unknown as App)
  return routes
}
