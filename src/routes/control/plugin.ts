import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { ApiInstance } from '../../hooks/types.ts'
import { certificateRoutes } from './certificate.ts'
import { clockRoutes } from './clock.ts'
import { describeRoutes } from './describe.ts'
import { faultRoutes } from './faults.ts'
import { guardControl } from './guard.ts'
import { healthRoutes } from './health.ts'
import { organizationRoutes } from './organizations.ts'
import { requestRoutes } from './requests.ts'
import { scenarioRoutes } from './scenarios.ts'
import type { ControlOptions } from './scope.ts'
import { sessionControlRoutes } from './sessions.ts'
import { snapshotRoutes } from './snapshots.ts'
import { stateRoutes } from './state.ts'
import { refuseUnknownQuery, withSuggestions } from './unknown-members.ts'

/** The topics of the control plane. */
export const controlRoutes: readonly ((app: ApiInstance, options: ControlOptions) => Promise<void>)[] = [
  healthRoutes,
  certificateRoutes,
  clockRoutes,
  scenarioRoutes,
  sessionControlRoutes,
  stateRoutes,
  snapshotRoutes,
  organizationRoutes,
  requestRoutes,
  faultRoutes,
]

/**
 * The longest body of a control call, in bytes: it is looked at more closely than others, and at one go. The answer of a fault
 * alone may have a mebibyte.
 */
export const CONTROL_JSON_MAX = 2_097_152

/** The path of the one call that takes a document of any length. */
const STATE = '/_fake/state'

/** How tests, the command line and the library look behind the scenes and pull strings: everything under `/_fake/`. */
export const control: FastifyPluginAsyncTypebox<ControlOptions & { token?: string }> = async (
  app,
  { token, ...options },
) => {
  app.addHook('onRoute', (route) => {
    if (route.url !== STATE) route.config = { ...route.config, jsonLimit: CONTROL_JSON_MAX }
  })
  app.addHook('onRequest', guardControl(token))
  app.addHook('preValidation', refuseUnknownQuery)
  app.setErrorHandler((error, request) => {
    throw withSuggestions(error, request)
  })
  for (const routes of controlRoutes) await routes(app, options)
  await describeRoutes(app, { ...options, routes: controlRoutes })
}
