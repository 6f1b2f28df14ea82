import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import type { FastifyInstance, FastifySchema, RouteOptions } from 'fastify'
import { buildApp } from '../src/app.ts'
import { pathTemplate } from '../src/fastapi/routing.ts'
import { OPERATIONS } from '../src/schemas/v3/contract.ts'

/** A route of the application. */
export interface RegisteredRoute {
  readonly method: string
  /** The path as the vendor writes it: `/v1/secrets/{secret_id}`. */
  readonly path: string
  readonly schema: FastifySchema | undefined
}

/**
 * Returns the routes of the application in the order of registration, then the implemented v3 routes. Written as by the vendor:
 * `DELETE /v1/secrets/{secret_id}`.
 */
export async function registeredRoutes(): Promise<string[]> {
  const registered = (await allRoutes()).map(({ method, path }) => `${method} ${path}`)
  return [...registered, ...OPERATIONS]
}

/** Returns all routes but those of v3, in the order of registration. */
export async function allRoutes(): Promise<RegisteredRoute[]> {
  // Other tests of the process may start applications at the same time.
  const routes = new Map<FastifyInstance, RouteOptions[]>()
  const hook = (message: unknown) => {
    const { fastify } = message as { fastify: FastifyInstance }
    const own: RouteOptions[] = []
    routes.set(fastify, own)
    fastify.addHook('onRoute', (route) => void own.push(route))
  }
  // Uses Fastify's diagnostics channel, because a hook on a finished application would be too late.
  subscribe('fastify.initialization', hook)
  const app = await buildApp()
  unsubscribe('fastify.initialization', hook)
  await app.close()
  const all = await Promise.all((routes.get(app) as RouteOptions[]).map(routesOf))
  // Every GET of the control plane has a HEAD beside it, and `/` is the page for browsers only.
  return all.flat().filter(({ method, path }) => method !== 'HEAD' && path !== '/')
}

/** Returns the route, or those that share it. */
async function routesOf({ method, url, schema, config }: RouteOptions): Promise<RegisteredRoute[]> {
  const { lazyRoutes } = config ?? {}
  if (lazyRoutes === undefined)
    return [method].flat().map((name) => ({ method: name, path: pathTemplate(url), schema }))
  if (lazyRoutes.covers('/v3/')) return []
  await lazyRoutes.load()
  return Promise.all(
    lazyRoutes.loaded.map(async (route) => ({
      method: route.method,
      path: route.path,
      schema: await route.loadSchema(),
    })),
  )
}
