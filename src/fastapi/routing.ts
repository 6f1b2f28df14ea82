import { percentDecode, quote } from './percent.ts'

/** The characters that Starlette's URL leaves alone when it quotes a path again. */
const REDIRECT_SAFE = ":/%#?=@[]!$&'()*+,;"

/** A target that Fastify's own router matches as Starlette would: no escapes, no empty segments, nothing odd. */
const PLAIN_TARGET = /^(?:\/[A-Za-z0-9._~-]+)+(?:\?|$)/

/** What there is at a path, for a method that Fastify's router found nothing for. */
export type Resolution =
  | { readonly kind: 'not-found' }
  | { readonly kind: 'method-not-allowed'; readonly allow: string }
  | { readonly kind: 'redirect'; readonly location: string }

/** A route's path as FastAPI writes it, of how Fastify does: `/v1/secrets/{secret_id}` of `/v1/secrets/:secret_id`. */
export function pathTemplate(path: string): string {
  return path.replaceAll(/:(\w+)/g, '{$1}')
}

interface Route {
  readonly methods: readonly string[]
  readonly pattern: RegExp
  /** Puts parameters into the route's path, percent-encoded. */
  readonly build: (values: readonly string[]) => string
}

/**
 * Starlette's routing over the routes of a Fastify application: the path is percent-decoded once before it is matched,
 * routes are tried in the order of their registration, and what matches nothing becomes 405, 307 or 404.
 */
export class StarletteRoutes {
  readonly #routes: Route[] = []

  /** Adds a route, with its path as Fastify writes it (`/v1/secrets/:secret_id`). */
  add(methods: readonly string[], path: string): void {
    const segments = path.split('/')
    const source = segments.map((part) => (part.startsWith(':') ? '([^/]+)' : escapeRegExp(part))).join('/')
    this.#routes.push({
      methods,
      // Python's `$` also matches before a newline at the end, so `/v1/secrets%0A` is the list.
      pattern: new RegExp(`^${source}\\n?$`),
      build: (values) => {
        let next = 0
        return segments
          .map((part) => (part.startsWith(':') ? encodeURIComponent(values[next++] as string) : part))
          .join('/')
      },
    })
  }

  /**
   * The target that makes Fastify's router find what Starlette would find for `target`. One that Starlette finds nothing
   * for becomes a target that no route has.
   */
  rewrite(method: string, target: string): string {
    if (PLAIN_TARGET.test(target)) return target
    const { path, query } = splitTarget(target)
    for (const { methods, pattern, build } of this.#routes) {
      const match = methods.includes(method) ? pattern.exec(path) : null
      if (match !== null) return build(match.slice(1)) + query
    }
    return UNMATCHABLE_PATH + query
  }

  /** What to answer where no route took the request. `host` is the Host header, for the redirect's address. */
  resolve(target: string, origin: string): Resolution {
    const { path, query } = splitTarget(target)
    const route = this.#find(path)
    if (route !== undefined) return { kind: 'method-not-allowed', allow: route.methods.join(', ') }
    const bare = path.replace(/\/+$/, '')
    if (bare === path || bare === '' || this.#find(bare) === undefined) return { kind: 'not-found' }
    return { kind: 'redirect', location: origin + quote(bare, REDIRECT_SAFE) + (query === '?' ? '' : query) }
  }

  #find(path: string): Route | undefined {
    return this.#routes.find(({ pattern }) => pattern.test(path))
  }
}

/** A path of a segment that no route can have: a blank is always percent-encoded in what Fastify's router sees. */
const UNMATCHABLE_PATH = '/ '

/** The decoded path and the raw query (with its question mark) of a request target. */
function splitTarget(target: string): { path: string; query: string } {
  const mark = target.indexOf('?')
  const raw = mark === -1 ? target : target.slice(0, mark)
  // The absolute form (`GET http://host/path`), which RFC 9112 asks every server to take.
  const path = raw.startsWith('/') ? raw : raw.replace(/^https?:\/\/[^/]*/i, '')
  return { path: percentDecode(path), query: mark === -1 ? '' : target.slice(mark) }
}

function escapeRegExp(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
}
