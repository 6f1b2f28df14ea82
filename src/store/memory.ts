import { ChangeFeed } from '../base/changes.ts'
import { EventFeed } from '../events/feed.ts'
import { isLog, recordsIn, sizeOfAll } from './contents.ts'
import { MemoryLog } from './log.ts'
import { MemoryCollection } from './memory-collection.ts'
import type { CollectionOwner } from './owner.ts'
import { ORGANIZATION_BYTES, OrganizationQuota, StoreQuota } from './store-quota.ts'
import type { Contents, OpenedOrganization, Store, StoredRecord, StoredRows, StoreLimits } from './types.ts'

/** Creates a store in the memory of this process. */
export function memoryStore(limits?: StoreLimits): Store {
  const shared = new StoreQuota(limits)
  const events = new EventFeed()
  const changes = new ChangeFeed()
  const organizations = new Map<string, StoredOrganization>()
  const newOrganization = (orgId: string): StoredOrganization => {
    return { orgId, events, changes, contents: new Map(), quota: new OrganizationQuota(shared) }
  }
  const organizationOf = (orgId: string): StoredOrganization => {
    const known = organizations.get(orgId)
    if (known !== undefined) return known
    const organization = newOrganization(orgId)
    organization.quota.attach()
    organizations.set(orgId, organization)
    return organization
  }
  const has = (orgId: string) => organizations.get(orgId)?.quota.isClaimed ?? false
  const remove = (orgId: string) => {
    const organization = organizations.get(orgId)
    if (organization === undefined) return
    markAll(organization)
    organization.quota.detach()
    organizations.delete(orgId)
  }
  return {
    quota: shared,
    events,
    changes,
    rows: rowsOf(organizations, organizationOf),
    has,
    bytesOf: (orgId) => organizations.get(orgId)?.quota.bytes ?? 0,
    claim(orgId) {
      if (has(orgId)) return
      shared.ensure(ORGANIZATION_BYTES)
      organizationOf(orgId).quota.claim()
    },
    open: (orgId) => opened(organizationOf(orgId)),
    async replace(orgId, contents, bytes = sizeOfAll(contents)) {
      const organization = newOrganization(orgId)
      for (const content of contents) {
        organization.contents.set(content.definition.name, filled(content, organization))
      }
      remove(orgId)
      organization.quota.attach().record(recordsIn(contents), bytes - ORGANIZATION_BYTES)
      organizations.set(orgId, organization)
      markAll(organization)
    },
    async remove(orgId) {
      remove(orgId)
    },
  }
}

function opened(organization: StoredOrganization): OpenedOrganization {
  const { contents } = organization
  const keep = (name: string, create: () => unknown): never => {
    const content = contents.get(name) ?? (create() as AnyContent)
    contents.set(name, content)
    // There is one definition per name, so the content has its record type.
    return content as never
  }
  return {
    collection: (definition) => keep(definition.name, () => new MemoryCollection(definition, organization)),
    log: (definition) => keep(definition.name, () => new MemoryLog(definition, organization)),
  }
}

function filled({ definition, records }: Contents, owner: StoredOrganization): AnyContent {
  const content = isLog(definition)
    ? new MemoryLog(definition, owner)
    : new MemoryCollection(definition, owner)
  content.fill(records)
  return content
}

interface StoredOrganization extends CollectionOwner {
  /** Collections and logs by name. */
  readonly contents: Map<string, AnyContent>
}

/** The records of one kind, without their type. */
type AnyContent = MemoryCollection<StoredRecord> | MemoryLog<StoredRecord>

/** Tracks a change of everything in an organization. */
function markAll({ orgId, contents, changes: { tracker } }: StoredOrganization): void {
  if (tracker === undefined) return
  for (const [name, content] of contents) for (const id of content.ids()) tracker.mark(name, orgId, id)
}

function rowsOf(
  organizations: Map<string, StoredOrganization>,
  organizationOf: (orgId: string) => StoredOrganization,
): StoredRows {
  return {
    get(orgId, { name }, id) {
      const content = organizations.get(orgId)?.contents.get(name)
      if (content === undefined || content instanceof MemoryCollection) return content?.positioned(id)
      const record = content.at(Number(id))
      return record && { record, position: Number(id) }
    },
    put(orgId, definition, { record, position }) {
      const { collection, log } = opened(organizationOf(orgId))
      const content = isLog(definition) ? log(definition) : collection(definition)
      ;(content as AnyContent).put(record, position)
    },
    remove(orgId, { name }, id) {
      const content = organizations.get(orgId)?.contents.get(name)
      if (content instanceof MemoryCollection) content.drop(id)
      else content?.dropUpTo(Number(id))
    },
    claim: (orgId) => organizationOf(orgId).quota.claim(),
    clear() {
      for (const { quota } of organizations.values()) quota.detach()
      organizations.clear()
    },
  }
}
