/** A route with its path as FastAPI writes it: `/v3/organizations/{org_id}/secrets`. */
export interface TreeRoute {
  readonly method: string
  readonly path: string
}

/** A route that matches a request, with the decoded path parameters. */
export interface RouteMatch<Route> {
  readonly route: Route
  readonly params: Readonly<Record<string, string>>
}

interface Node<Route> {
  readonly children: Map<string, Node<Route>>
  parameter: Node<Route> | undefined
  /** By method, in the order of registration. */
  readonly routes: Map<string, Route>
}

/**
 * Many routes, found by the segments of a path. It matches like Starlette if literal segments are registered before parameters,
 * as they are here.
 */
export class RouteTree<Route extends TreeRoute> {
  readonly #root: Node<Route> = newNode()

  constructor(routes: Iterable<Route>) {
    for (const route of routes) this.#add(route)
  }

  #add(route: Route): void {
    let node = this.#root
    for (const segment of segmentsOf(route.path)) {
      if (segment.startsWith('{')) {
        node.parameter ??= newNode()
        node = node.parameter
      } else {
        const child = node.children.get(segment) ?? newNode<Route>()
        node.children.set(segment, child)
        node = child
      }
    }
    if (!node.routes.has(route.method)) node.routes.set(route.method, route)
  }

  /** Returns the route for a method and a decoded path. */
  match(method: string, path: string): RouteMatch<Route> | undefined {
    const values: string[] = []
    const has = ({ routes }: Node<Route>) => routes.has(method)
    const route = find(this.#root, segmentsOf(path), { has, values })?.routes.get(method)
    return route && { route, params: paramsOf(route.path, values) }
  }

  /** Returns the method of the first route at a decoded path, which Starlette names in the `Allow` header of a 405. */
  methodAt(path: string): string | undefined {
    const has = ({ routes }: Node<Route>) => routes.size > 0
    return find(this.#root, segmentsOf(path), { has, values: [] })?.routes.keys().next().value
  }
}

function newNode<Route>(): Node<Route> {
  return { children: new Map(), parameter: undefined, routes: new Map() }
}

function segmentsOf(path: string): string[] {
  return path.slice(1).split('/')
}

interface Search<Route> {
  /** Returns whether a node has what is searched for. */
  readonly has: (node: Node<Route>) => boolean
  /** The values of the parameters on the way to the node. */
  readonly values: string[]
}

/** Returns the first node at the end of the segments that fits. */
function find<Route>(
  node: Node<Route>,
  segments: readonly string[],
  search: Search<Route>,
  index = 0,
): Node<Route> | undefined {
  const segment = segments[index]
  if (segment === undefined) return search.has(node) ? node : undefined
  const isLast = index === segments.length - 1
  // Python's `$` also matches before a newline at the end.
  const child =
    node.children.get(segment) ?? (isLast ? node.children.get(segment.replace(/\n$/, '')) : undefined)
  const found = child && find(child, segments, search, index + 1)
  if (found !== undefined || node.parameter === undefined || segment === '') return found
  search.values.push(segment)
  const below = find(node.parameter, segments, search, index + 1)
  if (below === undefined) search.values.pop()
  return below
}

function paramsOf(path: string, values: readonly string[]): Record<string, string> {
  const params: Record<string, string> = {}
  let next = 0
  for (const segment of segmentsOf(path)) {
    if (segment.startsWith('{')) params[segment.slice(1, -1)] = values[next++] as string
  }
  return params
}
