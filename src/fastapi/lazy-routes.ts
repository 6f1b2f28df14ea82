import type { FastifyReply, FastifyRequest, FastifySchema } from 'fastify'
import { compileRequest, type ValidateRequest } from './request.ts'
import { RouteTree, type TreeRoute } from './route-tree.ts'
import { pathOf } from './target.ts'

/** A route whose schemas and handler are loaded at its first request. */
export interface LazyRoute extends TreeRoute {
  /** The form of the request body; undefined if it has none. */
  readonly body: 'json' | 'form' | undefined
  /** Loads the schemas that requests are validated with. */
  loadSchema(): Promise<FastifySchema>
  /** Answers a validated request, like the handler of any other route. */
  handle(request: FastifyRequest, reply: FastifyReply): Promise<unknown>
}

/**
 * The routes under some prefixes. Fastify knows one route instead of them, to which all their requests are sent: registering 192
 * routes would take as long as the rest of a start.
 */
export class LazyRoutes {
  readonly #prefixes: readonly string[]
  /** The path of the route that Fastify knows. */
  readonly sharedPath: string
  readonly #routes: () => Iterable<LazyRoute>
  readonly #validators = new Map<LazyRoute, ValidateRequest>()
  #tree: RouteTree<LazyRoute> | undefined

  /** `routes` is called at the first request. Each prefix ends with a slash. */
  constructor(prefixes: readonly string[], routes: () => Iterable<LazyRoute>) {
    this.#prefixes = prefixes
    this.sharedPath = `${prefixes[0]}-`
    this.#routes = routes
  }

  /** Returns whether a decoded path is under one of the prefixes. */
  covers(path: string): boolean {
    return this.#prefixes.some((prefix) => path.startsWith(prefix))
  }

  /** Sets the route and the path parameters of a request. Returns false if there is no such route. */
  assign(request: FastifyRequest): boolean {
    const match = this.#loaded().match(request.method, pathOf(request.originalUrl))
    if (match === undefined) return false
    request.lazyRoute = match.route
    request.params = match.params
    return true
  }

  /** Returns the route for a method and a decoded path or a template. */
  find(method: string, path: string): LazyRoute | undefined {
    return this.#loaded().match(method, path)?.route
  }

  /** Returns the method of the first route at a decoded path. */
  methodAt(path: string): string | undefined {
    return this.#loaded().methodAt(path)
  }

  /** Validates a request, at once if the schemas of its route are loaded. Throws RequestValidationError. */
  validate(request: FastifyRequest): Promise<void> | undefined {
    const validate = this.#validators.get(request.lazyRoute as LazyRoute)
    if (validate === undefined) return this.#loadAndValidate(request)
    validate(request)
    return undefined
  }

  async #loadAndValidate(request: FastifyRequest): Promise<void> {
    const route = request.lazyRoute as LazyRoute
    const validate = compileRequest(await route.loadSchema())
    this.#validators.set(route, validate)
    validate(request)
  }

  #loaded(): RouteTree<LazyRoute> {
    this.#tree ??= new RouteTree(this.#routes())
    return this.#tree
  }
}
