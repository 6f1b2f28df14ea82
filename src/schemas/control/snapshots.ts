import { type Static, Type } from '@sinclair/typebox'
import { AnyObject, Nullable } from '../types.ts'
import { OrgId, StrictObject } from './scope.ts'

/** The name of a snapshot. It is a path segment, so it cannot be `.` or `..`, which clients resolve. */
const SnapshotName = Type.String({ maxLength: 200, pattern: '^(?!\\.{1,2}$)[^/]+$' })

/** A snapshot to take of one organization or of all. Each organization has its own names. */
export const NewSnapshot = StrictObject({ name: SnapshotName, org_id: OrgId })
/** {@link NewSnapshot} */
export type NewSnapshot = Static<typeof NewSnapshot>

/** A snapshot. */
export const Snapshot = Type.Object(
  {
    /** Its name. */
    name: Type.String(),
    /** The organization that it saves; null for all. */
    org_id: Nullable(Type.String()),
  },
  { $id: 'Snapshot', title: 'Snapshot' },
)
/** {@link Snapshot} */
export type Snapshot = Static<typeof Snapshot>

/** The list of snapshots. */
export const SnapshotList = Type.Object({
  /** The snapshots. */
  snapshots: Type.Array(Snapshot),
})
/** {@link SnapshotList} */
export type SnapshotList = Static<typeof SnapshotList>

/** The changes of the records of one kind, in the form of the state document. A changed record lists its members before and after. */
const KindDiff = Type.Object(
  {
    /** The records that were added. */
    added: Type.Array(AnyObject()),
    /** The records that were removed. */
    removed: Type.Array(AnyObject()),
    /** The records that were changed. */
    changed: Type.Array(
      Type.Object({
        /** The id of the record. */
        id: Type.String(),
        /** The changed members by name. */
        changes: Type.Record(
          Type.String(),
          Type.Object({
            /** The value in the snapshot; absent if there was none. */
            before: Type.Unknown(),
            /** The value now; absent if there is none. */
            after: Type.Unknown(),
          }),
        ),
      }),
    ),
  },
  { $id: 'KindDiff', title: 'KindDiff' },
)
/** {@link KindDiff} */
export type KindDiff = Static<typeof KindDiff>

/** The changes of the records of one organization, by kind. Kinds without changes are omitted. */
const OrganizationDiff = Type.Object({
  /** The organization. */
  org_id: Type.String(),
  /** The changes by the names of the lists in state documents. */
  records: Type.Record(Type.String(), KindDiff),
})
/** {@link OrganizationDiff} */
export type OrganizationDiff = Static<typeof OrganizationDiff>

/** The changes since a snapshot. Organizations without changes are omitted. */
export const SnapshotDiff = Type.Object(
  {
    /** Whether anything has changed. */
    changed: Type.Boolean(),
    /** The organizations with changes. */
    organizations: Type.Array(OrganizationDiff),
  },
  { $id: 'SnapshotDiff', title: 'SnapshotDiff' },
)
/** {@link SnapshotDiff} */
export type SnapshotDiff = Static<typeof SnapshotDiff>
