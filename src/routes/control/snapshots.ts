import { Type } from '@sinclair/typebox'
import { sendJson, sendNothing } from '../../fastapi/answer.ts'
import { HttpException } from '../../fastapi/errors.ts'
import { sendTexts } from '../../fastapi/long-answer.ts'
import type { ApiInstance } from '../../hooks/types.ts'
import { ErrorResponse } from '../../schemas/control/errors.ts'
import { OptionalOrgScope, OrgQuery } from '../../schemas/control/scope.ts'
import { NewSnapshot, Snapshot, SnapshotDiff, SnapshotList } from '../../schemas/control/snapshots.ts'
import { HTTPValidationError } from '../../schemas/errors.ts'
import { SNAPSHOTS_MAX } from '../../state/snapshots.ts'
import { type ControlOptions, orgOf } from './scope.ts'

const SnapshotPath = Type.Object({ name: Type.String() })

/** Registers the snapshot routes. */
export async function snapshotRoutes(
  app: ApiInstance,
  { organizations, snapshots }: ControlOptions,
): Promise<void> {
  const publish = (action: 'created' | 'deleted', orgId: string | undefined, id: string) =>
    organizations.events.live?.publish({ kind: 'snapshots', org_id: orgId ?? null, action, id })

  // GET /_fake/snapshots
  app.get(
    '/_fake/snapshots',
    {
      schema: {
        operationId: 'list_snapshots',
        summary: 'List all snapshots, or those of one organization',
        querystring: OrgQuery,
        response: { 200: SnapshotList, 422: HTTPValidationError },
      },
    },
    async ({ query }) => ({
      snapshots: snapshots.list(query.org_id).map(({ name, orgId }) => ({ name, org_id: orgId ?? null })),
    }),
  )

  // POST /_fake/snapshots
  app.post(
    '/_fake/snapshots',
    {
      schema: {
        operationId: 'take_snapshot',
        summary: 'Take a snapshot',
        body: NewSnapshot,
        response: { 201: Snapshot, 409: ErrorResponse, 422: HTTPValidationError, 507: ErrorResponse },
      },
    },
    async ({ body: { name, org_id } }, reply) => {
      const taken = await snapshots.take(name, org_id)
      if (!taken) throw new HttpException(409, `There are ${SNAPSHOTS_MAX} snapshots; delete one first`)
      publish('created', org_id, name)
      return sendJson(reply, 201, { name, org_id: org_id ?? null })
    },
  )

  // POST /_fake/snapshots/{name}/restore
  app.post(
    '/_fake/snapshots/:name/restore',
    {
      schema: {
        operationId: 'restore_snapshot',
        summary: 'Restore a snapshot, or its part of one organization',
        params: SnapshotPath,
        body: OptionalOrgScope,
        response: { 204: Type.Null(), 404: ErrorResponse, 422: HTTPValidationError },
      },
    },
    async ({ params, body }, reply) => {
      if (!(await snapshots.restore(params.name, body?.org_id))) throw unknownSnapshot()
      return sendNothing(reply)
    },
  )

  // GET /_fake/snapshots/{name}/diff
  app.get(
    '/_fake/snapshots/:name/diff',
    {
      schema: {
        operationId: 'diff_snapshot',
        summary: 'Compare a snapshot with the current state, record by record',
        params: SnapshotPath,
        querystring: OrgQuery,
        response: { 200: SnapshotDiff, 404: ErrorResponse, 422: HTTPValidationError },
      },
    },
    async ({ params, query }, reply) => {
      const organizations = await snapshots.diff(params.name, query.org_id)
      if (organizations === undefined) throw unknownSnapshot()
      const { diffTexts } = await import('../../state/diff.ts')
      return sendTexts(reply, diffTexts(organizations))
    },
  )

  // DELETE /_fake/snapshots/{name}
  app.delete(
    '/_fake/snapshots/:name',
    {
      schema: {
        operationId: 'delete_snapshot',
        summary: 'Delete a snapshot',
        params: SnapshotPath,
        querystring: OrgQuery,
        body: OptionalOrgScope,
        response: { 204: Type.Null(), 404: ErrorResponse, 422: HTTPValidationError },
      },
    },
    async ({ params, query, body }, reply) => {
      const orgId = orgOf(query, body)
      if (!snapshots.delete(params.name, orgId)) throw unknownSnapshot()
      publish('deleted', orgId, params.name)
      return sendNothing(reply)
    },
  )
}

function unknownSnapshot(): HttpException {
  return new HttpException(404, 'Snapshot not found')
}
