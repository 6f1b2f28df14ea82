import { Type } from '@sinclair/typebox'
import { ApiError } from '../../errors.ts'
import { HTTPValidationError } from '../../schemas/v1/errors.ts'
import { Nullable } from '../../schemas/v1/types.ts'
import { SNAPSHOTS_MAX } from '../../state/snapshots.ts'
import type { ApiInstance } from '../types.ts'
import { type ControlOptions, OrgId, StrictObject } from './scope.ts'

const SnapshotPath = Type.Object({ name: Type.String() })
/** It stands in paths, whose dots clients resolve. */
const SnapshotName = Type.String({ maxLength: 200, pattern: '^(?!\\.{1,2}$)[^/]+$' })
const NewSnapshot = StrictObject({ name: SnapshotName, org_id: OrgId })
const Snapshot = Type.Object(
  { name: Type.String(), org_id: Nullable(Type.String()) },
  { $id: 'Snapshot', title: 'Snapshot' },
)
const Diff = Type.Object(
  { changed: Type.Boolean(), organizations: Type.Array(Type.Unknown()) },
  { $id: 'SnapshotDiff', title: 'SnapshotDiff' },
)

/** States with names. */
export async function snapshotRoutes(app: ApiInstance, { snapshots }: ControlOptions): Promise<void> {
  // GET /_fake/snapshots
  app.get(
    '/_fake/snapshots',
    {
      schema: {
        operationId: 'list_snapshots',
        summary: 'The kept states',
        response: { 200: Type.Object({ snapshots: Type.Array(Snapshot) }) },
      },
    },
    async () => ({ snapshots: snapshots.list().map(({ name, orgId }) => ({ name, org_id: orgId ?? null })) }),
  )

  // POST /_fake/snapshots
  app.post(
    '/_fake/snapshots',
    {
      schema: {
        operationId: 'take_snapshot',
        summary: 'Keep the state as it is now under a name',
        body: NewSnapshot,
        response: { 201: Snapshot, 422: HTTPValidationError },
      },
    },
    async ({ body: { name, org_id } }, reply) => {
      const taken = await snapshots.take(name, org_id)
      if (!taken) throw new ApiError(409, `There are ${SNAPSHOTS_MAX} snapshots; delete one first`)
      return reply.code(201).send({ name, org_id: org_id ?? null })
    },
  )

  // POST /_fake/snapshots/{name}/restore
  app.post(
    '/_fake/snapshots/:name/restore',
    {
      schema: {
        operationId: 'restore_snapshot',
        summary: 'Go back to a kept state',
        params: SnapshotPath,
        response: { 204: Type.Null() },
      },
    },
    async ({ params }, reply) => {
      if (!(await snapshots.restore(params.name))) throw unknownSnapshot()
      return reply.code(204).send(null)
    },
  )

  // GET /_fake/snapshots/{name}/diff
  app.get(
    '/_fake/snapshots/:name/diff',
    {
      schema: {
        operationId: 'diff_snapshot',
        summary: 'What has changed since, record by record',
        params: SnapshotPath,
        response: { 200: Diff },
      },
    },
    async ({ params }) => {
      const organizations = await snapshots.diff(params.name)
      if (organizations === undefined) throw unknownSnapshot()
      return { changed: organizations.length > 0, organizations }
    },
  )

  // DELETE /_fake/snapshots/{name}
  app.delete(
    '/_fake/snapshots/:name',
    {
      schema: {
        operationId: 'delete_snapshot',
        summary: 'Forget a kept state',
        params: SnapshotPath,
        response: { 204: Type.Null() },
      },
    },
    async ({ params }, reply) => {
      if (!snapshots.delete(params.name)) throw unknownSnapshot()
      return reply.code(204).send(null)
    },
  )
}

function unknownSnapshot(): ApiError {
  return new ApiError(404, 'Snapshot not found')
}
