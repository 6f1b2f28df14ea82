import type { FastifyReply, FastifyRequest, FastifySchema, RouteOptions } from 'fastify'
import { turnAfterValidation } from './body.ts'
import { compileRequest, type ValidateRequest } from './request.ts'
import { type RouteMatch, RouteTree, type TreeRoute } from './route-tree.ts'
import { pathOf } from './target.ts'

/** A route that Fastify does not know. Its schemas and handler may be loaded at its first request. */
export interface LazyRoute extends TreeRoute {
  /** The form of the request body; undefined if it has none. */
  readonly body: 'json' | 'form' | undefined
  /** The maximum body size, in bytes, if it is lower than that of all routes. */
  readonly jsonLimit?: number | undefined
  /** Returns the schemas to validate a request with, or throws to refuse it. Default: those of `loadSchema`. */
  readonly schemaFor?: ((request: FastifyRequest) => FastifySchema) | undefined
  /** Loads the schemas that requests are validated with. */
  loadSchema(): Promise<FastifySchema>
  /** Answers a validated request, like the handler of any other route. */
  handle(request: FastifyRequest, reply: FastifyReply): Promise<unknown>
}

/** The options of {@link LazyRoutes}. */
export interface LazyRoutesOptions {
  /** Matches the decoded paths of the routes. */
  readonly paths: RegExp
  /** The path of the route that Fastify knows. `paths` matches it, also with a query. */
  readonly sharedPath: string
  /** Returns the routes. It is called at the first request for one of them. */
  readonly load: () => readonly LazyRoute[] | Promise<readonly LazyRoute[]>
}

/**
 * Many routes behind a single Fastify route, which receives all their requests. Registering 240 routes with Fastify, and loading the code
 * behind them, would take longer than the rest of a start.
 */
export class LazyRoutes {
  readonly #options: LazyRoutesOptions
  readonly #validators = new Map<LazyRoute | FastifySchema, ValidateRequest>()
  #tree: RouteTree<LazyRoute> | undefined
  #loading: Promise<void> | undefined
  #loaded: readonly LazyRoute[] = []

  constructor(options: LazyRoutesOptions) {
    this.#options = options
  }

  /** The path of the route that Fastify knows. */
  get sharedPath(): string {
    return this.#options.sharedPath
  }

  /** The loaded routes. Empty before `load`. */
  get loaded(): readonly LazyRoute[] {
    return this.#loaded
  }

  /** Returns whether a decoded path, or a rewritten target, belongs to these routes. */
  covers(path: string): boolean {
    return this.#options.paths.test(path)
  }

  /** Loads the routes. Returns undefined if they are loaded by then. */
  load(): Promise<void> | undefined {
    if (this.#tree !== undefined) return undefined
    if (this.#loading !== undefined) return this.#loading
    const routes = this.#options.load()
    if (!(routes instanceof Promise)) return this.#add(routes)
    this.#loading = routes.then((loaded) => this.#add(loaded))
    return this.#loading
  }

  #add(routes: readonly LazyRoute[]): undefined {
    this.#tree = new RouteTree(routes)
    this.#loaded = routes
  }

  /**
   * Sets the route and the path parameters of a request. Returns false if there is no such route, or if the routes have yet to be
   * loaded.
   */
  assign(request: FastifyRequest): boolean {
    const match = this.#match(request.method, pathOf(request.originalUrl))
    if (match === undefined) return false
    request.lazyRoute = match.route
    request.params = match.params
    return true
  }

  /** Returns the route for a method and a decoded path or a template. */
  find(method: string, path: string): LazyRoute | undefined {
    return this.#match(method, path)?.route
  }

  /** Returns what the Allow header of a 405 names at a decoded path. */
  allowAt(path: string): string | undefined {
    void this.load()
    return this.#tree?.allowAt(path)
  }

  /** Validates a request, at once if the schemas of its route are loaded. Throws RequestValidationError. */
  validate(request: FastifyRequest): Promise<void> | undefined {
    const route = request.lazyRoute as LazyRoute
    const schema = route.schemaFor?.(request)
    const validate = this.#validators.get(schema ?? route)
    if (validate === undefined) return this.#loadAndValidate(request, schema)
    validate(request)
    return undefined
  }

  async #loadAndValidate(request: FastifyRequest, schema: FastifySchema | undefined): Promise<void> {
    const route = request.lazyRoute as LazyRoute
    const validate = compileRequest(schema ?? (await route.loadSchema()))
    this.#validators.set(schema ?? route, validate)
    validate(request)
  }

  #match(method: string, path: string): RouteMatch<LazyRoute> | undefined {
    void this.load()
    return this.#tree?.match(method, path)
  }
}

/** The methods of lazy routes. A request with any other method has no route. */
const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE']

/** Lets a request through, or throws or rejects to refuse it. Returns undefined if it need not wait. */
export type Admit = (request: FastifyRequest) => Promise<void> | undefined

/**
 * Returns the Fastify route that receives the requests of lazy routes. Its handler also authenticates with `admit` (default: lets every request
 * through) and validates, since each phase of hooks takes a seventieth of the time of a request.
 */
export function sharedRoute(lazyRoutes: LazyRoutes, admit: Admit = () => undefined): RouteOptions {
  return {
    method: METHODS,
    url: lazyRoutes.sharedPath,
    config: { lazyRoutes },
    handler: (request, reply) => {
      const { handle } = request.lazyRoute as LazyRoute
      const pending = admit(request)
      const ready =
        pending === undefined
          ? check(lazyRoutes, request, admit)
          : pending.then(() => check(lazyRoutes, request, admit))
      return ready === undefined ? handle(request, reply) : ready.then(() => handle(request, reply))
    },
  }
}

/** Validates a request. Returns undefined if its handler may run at once. Throws or rejects with RequestValidationError or an error of `admit`. */
function check(lazyRoutes: LazyRoutes, request: FastifyRequest, admit: Admit): Promise<void> | undefined {
  const validated = lazyRoutes.validate(request)
  return validated === undefined
    ? admitAfterTurn(request, admit)
    : validated.then(() => admitAfterTurn(request, admit))
}

/**
 * Lets other requests run after the validation of a long body. They may have revoked the key of this one or deleted its organization, so it is
 * admitted again.
 */
function admitAfterTurn(request: FastifyRequest, admit: Admit): Promise<void> | undefined {
  return turnAfterValidation(request)?.then(() => admit(request))
}
