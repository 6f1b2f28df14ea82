import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import type { FastifyInstance, RouteOptions } from 'fastify'
import { buildApp } from '../src/app.ts'
import { pathTemplate } from '../src/fastapi/routing.ts'
import { OPERATIONS } from '../src/schemas/v3/contract.ts'

/**
 * Returns the routes of the application in the order of registration, then the implemented v3 routes. Written as by the vendor:
 * `DELETE /v1/secrets/{secret_id}`.
 */
export async function registeredRoutes(): Promise<string[]> {
  const registered = (await routeOptions())
    .filter(({ config }) => config?.lazyRoutes !== true)
    .flatMap(({ method, url }) =>
      // In the control plane, `exposeHead` adds HEAD to every GET.
      [method]
        .flat()
        .filter((name) => name !== 'HEAD')
        .map((name) => `${name} ${pathTemplate(url)}`),
    )
  return [...registered, ...OPERATIONS]
}

/** Returns the registration options of every route, in the same order. */
export async function routeOptions(): Promise<RouteOptions[]> {
  const routes: RouteOptions[] = []
  const note = (route: RouteOptions) => void routes.push(route)
  const hook = (message: unknown) => {
    const { fastify } = message as { fastify: FastifyInstance }
    fastify.addHook('onRoute', note)
  }
  // Uses Fastify's diagnostics channel, because a hook on a finished application would be too late.
  subscribe('fastify.initialization', hook)
  const app = await buildApp()
  unsubscribe('fastify.initialization', hook)
  await app.close()
  return routes
}
