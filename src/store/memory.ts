import { EventFeed } from '../events/feed.ts'
import { isLog, recordsIn, sizeOfAll } from './contents.ts'
import { MemoryLog } from './log.ts'
import { type CollectionOwner, MemoryCollection } from './memory-collection.ts'
import { ORGANIZATION_BYTES, OrganizationQuota, StoreQuota } from './store-quota.ts'
import type { Contents, OpenedOrganization, Store, StoreLimits } from './types.ts'

/** Creates a store in the memory of this process. */
export function memoryStore(limits?: StoreLimits): Store {
  const shared = new StoreQuota(limits)
  const events = new EventFeed()
  const organizations = new Map<string, StoredOrganization>()
  const newOrganization = (orgId: string): StoredOrganization => {
    return { orgId, events, contents: new Map(), quota: new OrganizationQuota(shared) }
  }
  const organizationOf = (orgId: string): StoredOrganization => {
    const known = organizations.get(orgId)
    if (known !== undefined) return known
    const organization = newOrganization(orgId)
    organization.quota.attach()
    organizations.set(orgId, organization)
    return organization
  }
  const bytesOf = (orgId: string) => organizations.get(orgId)?.quota.bytes ?? 0
  const remove = (orgId: string) => {
    organizations.get(orgId)?.quota.detach()
    organizations.delete(orgId)
  }
  return {
    quota: shared,
    events,
    bytesOf,
    claim(orgId) {
      if (bytesOf(orgId) > 0) return
      shared.ensure(ORGANIZATION_BYTES)
      organizationOf(orgId).quota.claim()
    },
    sizeOf: sizeOfAll,
    open: (orgId) => opened(organizationOf(orgId)),
    async replace(orgId, contents, bytes = sizeOfAll(contents)) {
      const organization = newOrganization(orgId)
      for (const content of contents) {
        organization.contents.set(content.definition.name, filled(content, organization))
      }
      remove(orgId)
      organization.quota.attach().record(recordsIn(contents), bytes - ORGANIZATION_BYTES)
      organizations.set(orgId, organization)
    },
    async remove(orgId) {
      remove(orgId)
    },
  }
}

function opened(organization: StoredOrganization): OpenedOrganization {
  const { contents, quota } = organization
  const keep = <C>(name: string, create: () => C): C => {
    const content = contents.get(name) ?? create()
    contents.set(name, content)
    // There is one definition per name, so the content has its record type.
    return content as C
  }
  return {
    collection: (definition) => keep(definition.name, () => new MemoryCollection(definition, organization)),
    log: (definition) => keep(definition.name, () => new MemoryLog(definition, quota)),
  }
}

function filled({ definition, records }: Contents, owner: StoredOrganization): unknown {
  const content = isLog(definition)
    ? new MemoryLog(definition, owner.quota)
    : new MemoryCollection(definition, owner)
  content.fill(records)
  return content
}

interface StoredOrganization extends CollectionOwner {
  /** Collections and logs by name. */
  readonly contents: Map<string, unknown>
}
