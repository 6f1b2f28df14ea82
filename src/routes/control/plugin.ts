import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { LazyRoutes, sharedRoute } from '../../fastapi/lazy-routes.ts'
import { CONTROL_PATHS } from '../../journal/path-pattern.ts'
import { guardControl } from './guard.ts'
import type { ControlOptions } from './scope.ts'
import { refuseUnknownQuery, withSuggestions } from './unknown-members.ts'

/** The path of the Fastify route that receives all requests of the control plane. */
export const CONTROL_PATH = '/_fake/-'

/** The routes of the control plane, `/_fake/`, for tests, the command line and the library. */
export const controlLazyRoutes = (options: ControlOptions & { readonly pageFolder?: string | undefined }) =>
  new LazyRoutes({
    paths: CONTROL_PATHS,
    sharedPath: CONTROL_PATH,
    load: async () => (await import('./index.ts')).controlRoutes(options),
  })

/** The plugin of the control plane. */
export const control: FastifyPluginAsyncTypebox<
  Pick<ControlOptions, 'organizations'> & { readonly lazyRoutes: LazyRoutes; readonly token?: string }
> = async (app, { organizations, lazyRoutes, token }) => {
  app.addHook('onRequest', guardControl(token))
  app.addHook('preValidation', refuseUnknownQuery)
  app.addHook('preClose', async () => organizations.events.close())
  app.setErrorHandler((error, request) => {
    throw withSuggestions(error, request)
  })
  app.route(sharedRoute(lazyRoutes))
}
