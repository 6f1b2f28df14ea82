import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { FastifyReply, FastifyRequest, FastifySchema } from 'fastify'
import type { KeyRegistry } from '../../auth/keys.ts'
import { HttpException } from '../../fastapi/errors.ts'
import { type LazyRoute, LazyRoutes } from '../../fastapi/lazy-routes.ts'
import { authenticateV3 } from '../../hooks/authenticate.ts'
import type { Organizations } from '../../organization/organizations.ts'
import { BODIES, OPERATIONS, type OperationName } from '../../schemas/v3/contract.ts'
import { commandStatusRoute } from './command-status.ts'
import type { V3Route, V3Routes } from './types.ts'

/** The prefixes of the third generation, whose errors are problem details. */
export const V3_PREFIXES = ['/v3/', '/v3beta1/'] as const

/** The operations of the third generation. Their schemas and handlers are loaded at their first request. */
export const v3LazyRoutes = () =>
  new LazyRoutes(V3_PREFIXES, () => [...OPERATIONS.map(lazyRoute), commandStatusRoute])

function lazyRoute(name: OperationName): LazyRoute {
  const [method, path] = name.split(' ') as [string, string]
  let schema: Promise<FastifySchema> | undefined
  return {
    method,
    path,
    body: BODIES[name],
    loadSchema: () => (schema ??= loadSchema(name)),
    handle: (request, reply) =>
      routes === undefined
        ? loadRoutes().then(() => answer(name, request, reply))
        : answer(name, request, reply),
  }
}

async function loadSchema(name: OperationName): Promise<FastifySchema> {
  return (await import('../../schemas/v3/requests.ts')).requestSchema(name)
}

/** An implementation without the types of its requests. */
type Implementation = Pick<V3Route<OperationName>, 'permission'> & {
  handle(request: FastifyRequest, reply: FastifyReply): Promise<unknown>
}

/** Loaded at the first request. Kept, since even the import of a loaded module takes microseconds. */
let routes: V3Routes | undefined

async function loadRoutes(): Promise<V3Routes> {
  routes = (await import('./index.ts')).v3Routes
  return routes
}

/** Returns the implementation of an operation. The types of its request are those that validation has ensured. */
function implementation(name: OperationName): Implementation | undefined {
  return routes?.[name] as Implementation | undefined
}

function answer(name: OperationName, request: FastifyRequest, reply: FastifyReply): Promise<unknown> {
  const route = implementation(name)
  if (route !== undefined) return route.handle(request, reply)
  return Promise.reject(new HttpException(501, `fake-devin does not implement ${name} yet`))
}

/** The third generation of the API. */
export const v3: FastifyPluginAsyncTypebox<{ keys: KeyRegistry; organizations: Organizations }> = async (
  app,
  options,
) => {
  app.decorate('keys', options.keys)
  app.addHook('preValidation', authenticateV3(options.keys, options.organizations, permissionOf))
  for (const prefix of V3_PREFIXES) {
    app.route({
      method: ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'],
      url: `${prefix}*`,
      config: { lazyRoutes: true },
      handler: (request: FastifyRequest, reply: FastifyReply) =>
        (request.lazyRoute as LazyRoute).handle(request, reply),
    })
  }
}

async function permissionOf({ lazyRoute }: FastifyRequest): Promise<string | readonly string[] | null> {
  const { method, path } = lazyRoute as LazyRoute
  await loadRoutes()
  return implementation(`${method} ${path}` as OperationName)?.permission ?? null
}
