import { collectRoutes } from '../../fastapi/collected-routes.ts'
import type { LazyRoute } from '../../fastapi/lazy-routes.ts'
import type { ApiInstance } from '../../hooks/types.ts'
import { answerRoutes } from './answers.ts'
import { automationControlRoutes } from './automations.ts'
import { callRoutes } from './calls.ts'
import { certificateRoutes } from './certificate.ts'
import { clockRoutes } from './clock.ts'
import { describeRoutes } from './describe.ts'
import { eventRoutes } from './events.ts'
import { faultRoutes } from './faults.ts'
import { healthRoutes } from './health.ts'
import { organizationRoutes } from './organizations.ts'
import { pageRoutes } from './page.ts'
import { requestRoutes } from './requests.ts'
import { scenarioRoutes } from './scenarios.ts'
import type { ControlOptions } from './scope.ts'
import { sessionControlRoutes } from './sessions.ts'
import { snapshotRoutes } from './snapshots.ts'
import { stateRoutes } from './state.ts'

/** The route plugins of the control plane. */
const PLUGINS: readonly ((app: ApiInstance, options: ControlOptions) => Promise<void>)[] = [
  healthRoutes,
  certificateRoutes,
  clockRoutes,
  answerRoutes,
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

/** The path of the only call without this limit. */
const STATE_PATH = '/_fake/state'

/** Returns the routes of the control plane and of the page. */
export function controlRoutes(
  options: ControlOptions & { readonly pageFolder?: string | undefined },
): LazyRoute[] {
  const collected = collectRoutes<ApiInstance>([
    ...PLUGINS.map((routes) => (app: ApiInstance) => routes(app, options)),
    (app) => describeRoutes(app, { ...options, routes: PLUGINS }),
    (app) => pageRoutes(app, options),
  ])
  const limited = collected.map((route) =>
    route.path === STATE_PATH ? route : { ...route, jsonLimit: CONTROL_JSON_MAX },
  )
  return limited.flatMap((route) => (route.method === 'GET' ? withHead(route) : [route])).flatMap(withRoot)
}

/** Adds `/` as a second path of the page. Only requests of browsers reach it; see `isBrowserAtRoot`. */
function withRoot(route: LazyRoute): LazyRoute[] {
  return route.path === '/_fake' ? [route, { ...route, path: '/' }] : [route]
}

/**
 * Adds HEAD, because some readiness probes send HEAD (`wget --spider`, wait-on). The API itself answers 405 to HEAD, as FastAPI does.
 */
function withHead(route: LazyRoute): LazyRoute[] {
  const both = { ...route, allow: 'GET, HEAD' }
  return [both, { ...both, method: 'HEAD' }]
}
