import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { ApiInstance } from '../../hooks/types.ts'
import { automationControlRoutes } from './automations.ts'
import { callRoutes } from './calls.ts'
import { certificateRoutes } from './certificate.ts'
import { clockRoutes } from './clock.ts'
import { describeRoutes } from './describe.ts'
import { eventRoutes } from './events.ts'
import { faultRoutes } from './faults.ts'
import { guardControl } from './guard.ts'
import { healthRoutes } from './health.ts'
import { organizationRoutes } from './organizations.ts'
import { pageRoutes } from './page.ts'
import { requestRoutes } from './requests.ts'
import { scenarioRoutes } from './scenarios.ts'
import type { ControlOptions } from './scope.ts'
import { sessionControlRoutes } from './sessions.ts'
import { snapshotRoutes } from './snapshots.ts'
import { stateRoutes } from './state.ts'
import { refuseUnknownQuery, withSuggestions } from './unknown-members.ts'

/** The route plugins of the control plane. */
export const controlRoutes: readonly ((app: ApiInstance, options: ControlOptions) => Promise<void>)[] = [
  healthRoutes,
  certificateRoutes,
  clockRoutes,
  scenarioRoutes,
  sessionControlRoutes,
  automationControlRoutes,
  stateRoutes,
  snapshotRoutes,
  organizationRoutes,
  requestRoutes,
  faultRoutes,
  eventRoutes,
  callRoutes,
]

/**
 * The maximum size of a control call's body, in bytes. Its checks are more expensive than those of other bodies, and run in a single
 * turn of the event loop. The response of a fault alone can have a mebibyte.
 */
export const CONTROL_JSON_MAX = 2_097_152

/** The path of the only call whose body has no such limit. */
const STATE_PATH = '/_fake/state'

/** The plugin of the control plane, `/_fake/`, for tests, the command line and the library. */
export const control: FastifyPluginAsyncTypebox<
  Omit<ControlOptions, 'tokenRequired'> & { token?: string; pageFolder?: string }
> = async (app, { token, pageFolder, ...services }) => {
  const options = { ...services, tokenRequired: token !== undefined }
  app.addHook('onRoute', (route) => {
    if (route.url !== STATE_PATH) route.config = { ...route.config, jsonLimit: CONTROL_JSON_MAX }
  })
  app.addHook('onRequest', guardControl(token))
  app.addHook('preValidation', refuseUnknownQuery)
  // Not with the route: those are also registered on the application that a document is built from, which is closed afterwards.
  app.addHook('preClose', async () => services.organizations.events.close())
  app.setErrorHandler((error, request) => {
    throw withSuggestions(error, request)
  })
  for (const routes of controlRoutes) await routes(app, options)
  await describeRoutes(app, { ...options, routes: controlRoutes })
  await pageRoutes(app, { pageFolder })
}
