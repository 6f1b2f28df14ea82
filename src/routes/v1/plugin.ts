import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { type AuthOptions, authenticate } from '../../hooks/authenticate.ts'
import { v1Routes } from './index.ts'

/** The plugin of API v1. Every route requires a v1 key. */
export const v1: FastifyPluginAsyncTypebox<AuthOptions> = async (app, options) => {
  app.addHook('preValidation', authenticate(options))
  for (const routes of v1Routes) await routes(app)
}
