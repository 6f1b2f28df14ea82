import { Type } from '@sinclair/typebox'
import { sendJson, sendNothing } from '../../fastapi/answer.ts'
import { HttpException, RequestValidationError } from '../../fastapi/errors.ts'
import type { Fault } from '../../faults/fault.ts'
import { FAULTS_MAX, type FaultList } from '../../faults/faults.ts'
import type { ApiInstance } from '../../hooks/types.ts'
import { ErrorResponse } from '../../schemas/control/errors.ts'
import { FaultSpec, FaultView } from '../../schemas/control/fault.ts'
import { FaultPath, FaultsResponse } from '../../schemas/control/faults.ts'
import { OptionalOrgScope, OrgQuery } from '../../schemas/control/scope.ts'
import { HTTPValidationError } from '../../schemas/errors.ts'
import { type ControlOptions, organizationsInScope, orgOf } from './scope.ts'

/** Registers the fault injection routes. */
export async function faultRoutes(app: ApiInstance, { organizations }: ControlOptions): Promise<void> {
  const { faults, events } = organizations
  const publish = (action: 'created' | 'deleted', orgId: string | null, id?: string) =>
    events.live?.publish({ kind: 'faults', org_id: orgId, action, ...(id !== undefined && { id }) })

  /** Returns any fault or, for an organization, one of its own or of `others`. Throws HttpException (404). */
  const faultOf = (id: string, orgId: string | undefined, others: readonly FaultList[] = []): Fault => {
    const own = organizationsInScope(organizations, orgId).map((organization) => organization.faults)
    const lists = orgId === undefined ? undefined : [...own, ...others]
    const fault = faults.get(id, lists)
    if (fault === undefined) throw new HttpException(404, 'Fault not found')
    return fault
  }

  // GET /_fake/faults
  app.get(
    '/_fake/faults',
    {
      schema: {
        operationId: 'list_faults',
        summary: 'List the faults in the order in which they are tried, with their counters',
        querystring: OrgQuery,
        response: { 200: FaultsResponse, 422: HTTPValidationError },
      },
    },
    async ({ query }) => {
      const own = organizationsInScope(organizations, query.org_id).flatMap((organization) =>
        organization.faults.list(),
      )
      return { faults: [...own, ...faults.global.list()].map((fault) => fault.show()) }
    },
  )

  // POST /_fake/faults
  app.post(
    '/_fake/faults',
    {
      schema: {
        operationId: 'add_fault',
        summary: 'Add a fault after the existing ones',
        body: FaultSpec,
        response: {
          201: FaultView,
          404: ErrorResponse,
          409: ErrorResponse,
          422: HTTPValidationError,
          507: ErrorResponse,
        },
      },
    },
    async ({ body }, reply) => {
      const { checkFault } = await import('../../faults/check.ts')
      const checked = checkFault(body)
      if ('issues' in checked) throw new RequestValidationError(checked.issues)
      const list = body.org_id === undefined ? faults.global : organizations.get(body.org_id).faults
      const fault = list.add(checked)
      if (fault === undefined)
        throw new HttpException(409, `There are ${FAULTS_MAX} faults; delete one first`)
      publish('created', body.org_id ?? null, fault.id)
      return sendJson(reply, 201, fault.show())
    },
  )

  // DELETE /_fake/faults
  app.delete(
    '/_fake/faults',
    {
      schema: {
        operationId: 'delete_faults',
        summary: 'Remove all faults, or those of one organization',
        querystring: OrgQuery,
        body: OptionalOrgScope,
        response: { 204: Type.Null(), 422: HTTPValidationError },
      },
    },
    async ({ query, body }, reply) => {
      const orgId = orgOf(query, body)
      for (const organization of organizationsInScope(organizations, orgId)) organization.faults.clear()
      if (orgId === undefined) faults.global.clear()
      publish('deleted', orgId ?? null)
      return sendNothing(reply)
    },
  )

  // GET /_fake/faults/{fault_id}
  app.get(
    '/_fake/faults/:fault_id',
    {
      schema: {
        operationId: 'get_fault',
        summary: 'Get a fault with its counters',
        params: FaultPath,
        querystring: OrgQuery,
        response: { 200: FaultView, 404: ErrorResponse, 422: HTTPValidationError },
      },
    },
    async ({ params, query }) => faultOf(params.fault_id, query.org_id, [faults.global]).show(),
  )

  // DELETE /_fake/faults/{fault_id}
  app.delete(
    '/_fake/faults/:fault_id',
    {
      schema: {
        operationId: 'delete_fault',
        summary: 'Remove a fault; requests already affected are not undone',
        params: FaultPath,
        querystring: OrgQuery,
        body: OptionalOrgScope,
        response: { 204: Type.Null(), 404: ErrorResponse, 422: HTTPValidationError },
      },
    },
    async ({ params, query, body }, reply) => {
      const fault = faultOf(params.fault_id, orgOf(query, body))
      faults.delete(fault)
      publish('deleted', fault.show().org_id, fault.id)
      return sendNothing(reply)
    },
  )
}
