import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import type { FastifyInstance, RouteOptions } from 'fastify'
import { buildApp } from '../src/app.ts'
import { pathTemplate } from '../src/fastapi/routing.ts'

/** Every route of the application, in the order of registration, as the vendor writes them: `DELETE /v1/secrets/{secret_id}`. */
export async function registeredRoutes(): Promise<string[]> {
  return (await routeOptions()).flatMap(({ method, url }) =>
    // HEAD comes with GET in the control plane, as `exposeHead` says.
    [method]
      .flat()
      .filter((name) => name !== 'HEAD')
      .map((name) => `${name} ${pathTemplate(url)}`),
  )
}

/** What every route of the application is registered with, in that order. */
export async function routeOptions(): Promise<RouteOptions[]> {
  const routes: RouteOptions[] = []
  const note = (route: RouteOptions) => void routes.push(route)
  const hook = (message: unknown) => {
    const { fastify } = message as { fastify: FastifyInstance }
    fastify.addHook('onRoute', note)
  }
  // Fastify's own channel: a hook that is added to a finished application would come too late.
  subscribe('fastify.initialization', hook)
  const app = await buildApp()
  unsubscribe('fastify.initialization', hook)
  await app.close()
  return routes
}
