import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import type { FastifyInstance, RouteOptions } from 'fastify'
import { buildApp } from '../src/app.ts'

/** Every route of the application, in the order of registration, as the vendor writes them: `DELETE /v1/secrets/{secret_id}`. */
export async function registeredRoutes(): Promise<string[]> {
  const routes: string[] = []
  const note = ({ method, url }: RouteOptions) => {
    for (const name of [method].flat()) routes.push(`${name} ${url.replaceAll(/:(\w+)/g, '{$1}')}`)
  }
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
