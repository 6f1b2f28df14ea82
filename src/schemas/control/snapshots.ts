import { type Static, Type } from '@sinclair/typebox'
import { AnyObject, Nullable } from '../types.ts'
import { OrgId, StrictObject } from './scope.ts'

/** The name of a snapshot. It stands in paths, whose dots clients resolve. */
const SnapshotName = Type.String({ maxLength: 200, pattern: '^(?!\\.{1,2}$)[^/]+$' })

/** A state to keep: of all, or of one organization, whose names are its own. */
export const NewSnapshot = StrictObject({ name: SnapshotName, org_id: OrgId })
/** {@link NewSnapshot} */
export type NewSnapshot = Static<typeof NewSnapshot>

/** A kept state. */
export const Snapshot = Type.Object(
  { name: Type.String(), org_id: Nullable(Type.String()) },
  { $id: 'Snapshot', title: 'Snapshot' },
)
/** {@link Snapshot} */
export type Snapshot = Static<typeof Snapshot>

/** The kept states. */
export const SnapshotList = Type.Object({ snapshots: Type.Array(Snapshot) })
/** {@link SnapshotList} */
export type SnapshotList = Static<typeof SnapshotList>

/** What became of the records of one kind, as the state document has them; of changed ones each member before and after. */
const KindDiff = Type.Object(
  {
    added: Type.Array(AnyObject()),
    removed: Type.Array(AnyObject()),
    changed: Type.Array(
      Type.Object({
        id: Type.String(),
        changes: Type.Record(Type.String(), Type.Object({ before: Type.Unknown(), after: Type.Unknown() })),
      }),
    ),
  },
  { $id: 'KindDiff', title: 'KindDiff' },
)
/** {@link KindDiff} */
export type KindDiff = Static<typeof KindDiff>

/** What became of the records of one organization, by kind; kinds without a change are left out. */
const OrganizationDiff = Type.Object({
  org_id: Type.String(),
  records: Type.Record(Type.String(), KindDiff),
})
/** {@link OrganizationDiff} */
export type OrganizationDiff = Static<typeof OrganizationDiff>

/** What has changed since a snapshot; organizations without a change are left out. */
export const SnapshotDiff = Type.Object(
  { changed: Type.Boolean(), organizations: Type.Array(OrganizationDiff) },
  { $id: 'SnapshotDiff', title: 'SnapshotDiff' },
)
/** {@link SnapshotDiff} */
export type SnapshotDiff = Static<typeof SnapshotDiff>
