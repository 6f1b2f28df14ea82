import type { LazyRoutes } from './lazy-routes.ts'
import { quote } from './percent.ts'
import { splitTarget, withoutEndSlashes } from './target.ts'

/** The characters that Starlette does not encode in the location of a redirect, with its query. */
const REDIRECT_SAFE = ":/%#?=@[]!$&'()*+,;"

/** Matches a target that Fastify's router handles like Starlette: only unreserved characters and no empty segments. */
const PLAIN_TARGET = /^(?:\/[A-Za-z0-9._~-]+)+(?:\?|$)/

/** The result of the lookup of a path for which Fastify's router found no route. */
export type Resolution =
  | { readonly kind: 'not-found' }
  | { readonly kind: 'method-not-allowed'; readonly allow: string }
  | { readonly kind: 'redirect'; readonly location: string }

/** Converts a route path from Fastify's format to FastAPI's: `/v1/secrets/:secret_id` becomes `/v1/secrets/{secret_id}`. */
export function pathTemplate(path: string): string {
  return path.replaceAll(/:(\w+)/g, '{$1}')
}

interface Route {
  readonly methods: string[]
  readonly path: string
  readonly pattern: RegExp
  /** Builds a path with percent-encoded parameters. */
  readonly build: (values: readonly string[]) => string
}

/**
 * Starlette's routing for the routes of a Fastify application. The path is percent-decoded once before matching, routes are tried in
 * registration order, and a request without a match becomes 405, 307 or 404.
 */
export class StarletteRoutes {
  readonly #routes: Route[] = []
  readonly #mounted: LazyRoutes[] = []

  /** Adds lazy routes. */
  mount(routes: LazyRoutes): void {
    this.#mounted.push(routes)
  }

  /** Returns the lazy routes that a decoded path or a rewritten target belongs to. */
  mountedAt(target: string): LazyRoutes | undefined {
    return this.#mounted.find((routes) => routes.covers(target))
  }

  /** Returns the paths of all routes as FastAPI writes them, when the lazy ones are loaded. */
  async templates(): Promise<string[]> {
    await Promise.all(this.#mounted.map((routes) => routes.load()))
    const own = this.#routes.map(({ path }) => pathTemplate(path))
    return [...own, ...this.#mounted.flatMap(({ loaded }) => loaded.map((route) => route.path))]
  }

  /** Adds a route. The path is in Fastify's format (`/v1/secrets/:secret_id`). */
  add(methods: readonly string[], path: string): void {
    // Fastify has another route for the HEAD of a GET, Starlette has one for both.
    const both = methods[0] === 'HEAD' ? this.#routes.find((route) => route.path === path) : undefined
    if (both !== undefined) return void both.methods.push('HEAD')
    const segments = path.split('/')
    const source = segments.map((part) => (part.startsWith(':') ? '([^/]+)' : escapeRegExp(part))).join('/')
    let pattern: RegExp | undefined
    this.#routes.push({
      methods: [...methods],
      path,
      // Python's `$` also matches before a newline at the end, so `/v1/secrets%0A` is the list.
      get pattern() {
        pattern ??= new RegExp(`^${source}\\n?$`)
        return pattern
      },
      build: (values) => {
        let next = 0
        return segments
          .map((part) => (part.startsWith(':') ? encodeURIComponent(values[next++] as string) : part))
          .join('/')
      },
    })
  }

  /**
   * Returns a target for which Fastify's router finds the route that Starlette finds for `target`. Returns a target without a route if
   * Starlette finds none.
   */
  rewrite(method: string, target: string): string {
    const { path, query } = splitTarget(target)
    const mounted = this.mountedAt(path)
    if (mounted !== undefined) return mounted.sharedPath + query
    if (PLAIN_TARGET.test(target)) return target
    for (const { methods, pattern, build } of this.#routes) {
      const match = methods.includes(method) ? pattern.exec(path) : null
      if (match !== null) return build(match.slice(1)) + query
    }
    return UNMATCHABLE_PATH + query
  }

  /** Returns the answer to a request without a route. A redirect location starts with `origin`. */
  resolve(target: string, origin: string): Resolution {
    const { path, query } = splitTarget(target)
    const allow = this.#methodsAt(path)
    if (allow !== undefined) return { kind: 'method-not-allowed', allow }
    const bare = withoutEndSlashes(path)
    if (bare === path || bare === '' || this.#methodsAt(bare) === undefined) return { kind: 'not-found' }
    const location = origin + quote(bare + (query === '?' ? '' : query), REDIRECT_SAFE)
    return { kind: 'redirect', location }
  }

  #methodsAt(path: string): string | undefined {
    const mounted = this.mountedAt(path)
    if (mounted !== undefined) return mounted.allowAt(path)
    return this.#routes.find(({ pattern }) => pattern.test(path))?.methods.join(', ')
  }
}

/** A path that no route can have, since Fastify's router sees spaces only percent-encoded. */
const UNMATCHABLE_PATH = '/ '

function escapeRegExp(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
}
