import type {
  Collection,
  CollectionDefinition,
  Contents,
  LogDefinition,
  OpenedOrganization,
  StoredRecord,
} from '../store/types.ts'
import { apiKeys } from './api-keys.ts'
import { attachments } from './attachments.ts'
import { auditLog } from './audit-log.ts'
import { automations } from './automations.ts'
import { blueprints } from './blueprints.ts'
import { builds } from './builds.ts'
import { codeScanFindings } from './code-scan-findings.ts'
import { codeScanProfiles } from './code-scan-profiles.ts'
import { codeScans } from './code-scans.ts'
import { folders } from './folders.ts'
import { gitConnections } from './git-connections.ts'
import { gitPermissions } from './git-permissions.ts'
import { idpGroups } from './idp-groups.ts'
import { knowledge } from './knowledge.ts'
import { playbooks } from './playbooks.ts'
import { prReviews } from './pr-reviews.ts'
import { repositoryIndexes } from './repository-indexes.ts'
import type { Resource } from './resource.ts'
import { schedules } from './schedules.ts'
import { secrets } from './secrets.ts'
import { serviceUsers } from './service-users.ts'
import { sessions } from './sessions.ts'
import { settings } from './settings.ts'
import { users } from './users.ts'

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
  settings,
  gitConnections,
  gitPermissions,
  repositoryIndexes,
  blueprints,
  builds,
  users,
  idpGroups,
  apiKeys,
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
export function byKind<Values>(value: (kind: ResourceKind) => unknown): Values {
  return Object.fromEntries(resourceEntries.map(([kind]): [string, unknown] => [kind, value(kind)])) as Values
}

/**
 * Returns the collections of an organization. Each is created at its first use, since most organizations use few of them, and many
 * organizations are never written to.
 */
export function collectionsOf(opened: OpenedOrganization): Collections {
  return new LazyCollections(opened) as unknown as Collections
}

class LazyCollections {
  readonly #opened: OpenedOrganization

  static {
    for (const kind of collectionKinds) {
      Object.defineProperty(LazyCollections.prototype, kind, {
        get(this: LazyCollections) {
          return this.#open(kind)
        },
      })
    }
  }

  constructor(opened: OpenedOrganization) {
    this.#opened = opened
  }

  #open(kind: CollectionKind): unknown {
    const value = this.#opened.collection<StoredRecord>(collections[kind])
    Object.defineProperty(this, kind, { value, configurable: true })
    return value
  }
}

/** The record lists of an organization without records. */
export const NO_RECORDS: RecordsState = byKind(() => [])

/** The shapes of records in a state document, by the names of their lists. */
export type ListDocuments = {
  readonly [Kind in ResourceKind as (typeof resources)[Kind]['name']]: (typeof resources)[Kind]['document']
}

/** Returns all records of an organization as the store takes them. */
export function contentsOf(records: RecordsState): Contents[] {
  return resourceEntries.map(([kind, definition]) => ({ definition, records: records[kind] }))
}
