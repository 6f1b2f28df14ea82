import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { KeyRegistry } from '../../auth/keys.ts'
import { authenticate } from '../../hooks/authenticate.ts'
import type { Organizations } from '../../organization/organizations.ts'
import { v1Routes } from './index.ts'

/** The plugin of API v1. Every route requires a v1 key. */
export const v1: FastifyPluginAsyncTypebox<{ keys: KeyRegistry; organizations: Organizations }> = async (
  app,
  options,
) => {
  app.addHook('preValidation', authenticate(options.keys, options.organizations))
  for (const routes of v1Routes) await routes(app)
}
