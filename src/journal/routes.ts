import type { RecordedRoute } from './journal.ts'

/** Finds a route by its method and its path, which may be a template. */
export type FindRoute = (method: string, path: string) => RecordedRoute | undefined

/** The routes of a server. */
export class RecordedRoutes {
  readonly #registered = new Map<string, RecordedRoute>()
  #findOther: FindRoute | undefined

  /** Adds a route, which is found by its template. */
  add(route: RecordedRoute): void {
    this.#registered.set(`${route.method} ${route.template}`, route)
  }

  /** Sets the function that finds routes that were not added. */
  findOthersBy(find: FindRoute): void {
    this.#findOther = find
  }

  /** Returns the route that a method and a path name; null if there is none. */
  find(method = '', path = ''): RecordedRoute | null {
    return this.#registered.get(`${method} ${path}`) ?? this.#findOther?.(method, path) ?? null
  }
}
