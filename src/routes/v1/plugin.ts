import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { KeyRing } from '../../auth/keys.ts'
import { authenticate } from '../../hooks/authenticate.ts'
import type { Universes } from '../../organization/organizations.ts'
import { v1Routes } from './index.ts'

/** The API's first version: every route of it behind a v1 key. */
export const v1: FastifyPluginAsyncTypebox<{ keys: KeyRing; universes: Universes }> = async (
  app,
  options,
) => {
  app.addHook('preValidation', authenticate(options.keys, options.universes))
  for (const routes of v1Routes) await routes(app)
}
