import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { FastifyReply, FastifyRequest, FastifySchema } from 'fastify'
import type { Answers } from '../../answers/answers.ts'
import { type LazyRoute, LazyRoutes, sharedRoute } from '../../fastapi/lazy-routes.ts'
import { type AuthOptions, authenticateV3, type RequiredPermission } from '../../hooks/authenticate.ts'
import { NotFound } from '../../organization/errors.ts'
import { BODIES, OPERATIONS, type OperationName } from '../../schemas/v3/contract.ts'
import { commandStatusRoute } from './command-status.ts'
import type { V3Route } from './types.ts'

/** The prefixes of the third generation, whose errors are problem details. */
export const V3_PREFIXES = ['/v3/', '/v3beta1/'] as const

/** Matches the paths below these prefixes. */
export const V3_PATHS = /^\/v3(?:beta1)?\//

/** The operations of the third generation. Their schemas and handlers are loaded at their first request. */
export const v3LazyRoutes = () =>
  new LazyRoutes({
    paths: V3_PATHS,
    sharedPath: '/v3/-',
    load: () => {
      const documented = OPERATIONS.map(lazyRoute)
      return [...documented, commandStatusRoute, ...documented.flatMap(aliasOf)]
    },
  })

/** The parameter whose value may contain slashes: `owner/name`. */
const PATH_PARAMETER = 'repository_path'

/** The route of an operation. */
interface OperationRoute extends LazyRoute {
  readonly operation: OperationName
}

/** Returns the copy below `/v3beta1` of a route below `/v3`, if it is one: the beta prefix still serves operations that were released since. */
function aliasOf(route: OperationRoute): OperationRoute[] {
  const [released, beta] = V3_PREFIXES
  return route.path.startsWith(released) ? [{ ...route, path: route.path.replace(released, beta) }] : []
}

function lazyRoute(name: OperationName): OperationRoute {
  const [method, path] = name.split(' ') as [string, string]
  let schema: Promise<FastifySchema> | undefined
  let implementation: Implementation | undefined
  const handle: LazyRoute['handle'] = (request, reply) => {
    if (implementation !== undefined) return implementation.handle(request, reply)
    return loadImplementations().then((loaded) => {
      implementation = loaded[name]
      return implementation.handle(request, reply)
    })
  }
  const handleInOrganization: LazyRoute['handle'] = async (request, reply) => {
    requireOrganization(request)
    return handle(request, reply)
  }
  return {
    operation: name,
    method,
    path,
    pathParameter: PATH_PARAMETER,
    body: BODIES[name],
    loadSchema: () => (schema ??= loadSchema(name)),
    handle: needsOrganization(path) ? handleInOrganization : handle,
  }
}

/**
 * Returns whether an operation of the enterprise concerns something in an organization, which must exist. Audit logs answer differently for
 * an unknown one.
 */
function needsOrganization(path: string): boolean {
  return path.startsWith('/v3/enterprise/') && path.includes('{org_id}') && !path.endsWith('/audit-logs')
}

/** Throws {@link NotFound} if the enterprise does not have the organization in the path. */
function requireOrganization({ params, server }: FastifyRequest): void {
  const { org_id: orgId } = params as { readonly org_id: string }
  if (server.organizations.inEnterprise(orgId) === undefined) throw new NotFound('organization')
}

async function loadSchema(name: OperationName): Promise<FastifySchema> {
  return (await import('../../schemas/v3/requests.ts')).requestSchema(name)
}

/** An implementation without the types of its requests, which are those that validation has ensured. */
type Implementation = Pick<V3Route<OperationName>, 'permission'> & {
  handle(request: FastifyRequest, reply: FastifyReply): Promise<unknown>
}

type Implementations = Readonly<Record<OperationName, Implementation>>

/** Loaded at the first request. Kept, since even the import of a loaded module takes microseconds. */
let implementations: Promise<Implementations> | undefined

function loadImplementations(): Promise<Implementations> {
  implementations ??= import('./index.ts').then(({ v3Routes }) => v3Routes as Implementations)
  return implementations
}

/** The third generation of the API. */
export const v3: FastifyPluginAsyncTypebox<AuthOptions & { readonly lazyRoutes: LazyRoutes }> = async (
  app,
  options,
) => {
  app.decorate('keys', options.keys)
  app.decorate('organizations', options.organizations)
  app.route(sharedRoute(options.lazyRoutes, authenticateV3(options, permissionOf)))
}

async function permissionOf({ lazyRoute, organization }: FastifyRequest): Promise<RequiredPermission> {
  const { operation } = lazyRoute as Partial<OperationRoute>
  if (operation === undefined) return null
  return (
    openPermission(operation, organization.answers) ?? (await loadImplementations())[operation].permission
  )
}

/** Returns the permission of an operation if a non-default answer to an open question has changed it. */
function openPermission(operation: OperationName, answers: Answers): RequiredPermission | undefined {
  if (operation === 'GET /v3/self' && answers.is('v3-self-permission', 'ReadAccountMeta'))
    return 'ReadAccountMeta'
  const isCreation = operation === 'POST /v3/organizations/{org_id}/sessions'
  if (isCreation && answers.is('v3-create-session-permission', 'UseDevinSessions')) {
    return ['ManageOrgSessions', 'UseDevinSessions']
  }
  return undefined
}
