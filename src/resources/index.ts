import type { Collection, CollectionDefinition, LogDefinition, Store, StoredRecord } from '../store/types.ts'
import { attachments } from './attachments.ts'
import { auditLog } from './audit-log.ts'
import { automations } from './automations.ts'
import { codeScanFindings } from './code-scan-findings.ts'
import { codeScanProfiles } from './code-scan-profiles.ts'
import { codeScans } from './code-scans.ts'
import { folders } from './folders.ts'
import { knowledge } from './knowledge.ts'
import { playbooks } from './playbooks.ts'
import { prReviews } from './pr-reviews.ts'
import type { Resource } from './resource.ts'
import { schedules } from './schedules.ts'
import { secrets } from './secrets.ts'
import { serviceUsers } from './service-users.ts'
import { sessions } from './sessions.ts'

/** The kinds of records with a collection, in the order of state documents. Each becomes a member of `Organization`. */
export const collections = {
  secrets,
  sessions,
  attachments,
  knowledge,
  folders,
  playbooks,
  serviceUsers,
  prReviews,
  codeScanProfiles,
  codeScans,
  codeScanFindings,
  schedules,
  automations,
} as const

/** All kinds of records of an organization. Store, state documents, seeds, snapshots and diffs follow from this list. */
export const resources = { ...collections, auditLog } as const

/** A kind of record. */
export type ResourceKind = keyof typeof resources
/** A kind of record that is kept in a collection. */
export type CollectionKind = keyof typeof collections

/** The record type of a kind. */
export type RecordOf<Kind extends ResourceKind> = Awaited<
  ReturnType<(typeof resources)[Kind]['decodeAll']>
>[number]

/** The collections of an organization. */
export type Collections = { readonly [Kind in CollectionKind]: Collection<RecordOf<Kind>> }

/** All records of an organization, each kind in the order of insertion. */
export type RecordsState = { readonly [Kind in ResourceKind]: readonly RecordOf<Kind>[] }

/** A declaration without the types of its records and documents, for code that treats all kinds alike. */
export type AnyResource = Resource & (CollectionDefinition<StoredRecord> | LogDefinition<StoredRecord>)

/** All declarations by kind. */
export const resourceEntries = Object.entries(resources) as readonly [ResourceKind, AnyResource][]

const collectionKinds = Object.keys(collections) as CollectionKind[]

/** Returns an object of one value per kind. `Values` is its type, which `value` must produce. */
export function byKind<Values>(value: (kind: ResourceKind, resource: AnyResource) => unknown): Values {
  return Object.fromEntries(
    resourceEntries.map(([kind, resource]): [string, unknown] => [kind, value(kind, resource)]),
  ) as Values
}

/** Returns the collections of an organization. */
export function collectionsOf(store: Store, orgId: string): Collections {
  return Object.fromEntries(
    collectionKinds.map((kind): [string, unknown] => [
      kind,
      store.collection<StoredRecord>(orgId, collections[kind]),
    ]),
  ) as Collections
}

/** The record lists of an organization without records. */
export const NO_RECORDS: RecordsState = byKind(() => [])

/** The shapes of records in a state document, by the names of their lists. */
export type ListDocuments = {
  readonly [Kind in ResourceKind as (typeof resources)[Kind]['name']]: (typeof resources)[Kind]['document']
}
