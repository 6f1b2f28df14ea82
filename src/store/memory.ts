import { isLog, recordsIn, sizeOfAll } from './contents.ts'
import { MemoryLog } from './log.ts'
import { MemoryCollection } from './memory-collection.ts'
import { ORGANIZATION_BYTES, OrganizationQuota, StoreQuota } from './store-quota.ts'
import type { Contents, OpenedOrganization, Store, StoreLimits } from './types.ts'

/** Creates a store in the memory of this process. */
export function memoryStore(limits?: StoreLimits): Store {
  const shared = new StoreQuota(limits)
  const organizations = new Map<string, StoredOrganization>()
  const organizationOf = (orgId: string): StoredOrganization => {
    const organization = organizations.get(orgId) ?? {
      contents: new Map(),
      quota: new OrganizationQuota(shared).attach(),
    }
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
    bytesOf,
    claim(orgId) {
      if (bytesOf(orgId) > 0) return
      shared.ensure(ORGANIZATION_BYTES)
      organizationOf(orgId).quota.claim()
    },
    sizeOf: sizeOfAll,
    open: (orgId) => opened(organizationOf(orgId)),
    async replace(orgId, contents, bytes = sizeOfAll(contents)) {
      const organization: StoredOrganization = { contents: new Map(), quota: new OrganizationQuota(shared) }
      for (const content of contents) {
        organization.contents.set(content.definition.name, filled(content, organization.quota))
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

function opened({ contents, quota }: StoredOrganization): OpenedOrganization {
  const keep = <C>(name: string, create: () => C): C => {
    const content = contents.get(name) ?? create()
    contents.set(name, content)
    // There is one definition per name, so the content has its record type.
    return content as C
  }
  return {
    collection: (definition) => keep(definition.name, () => new MemoryCollection(definition, quota)),
    log: (definition) => keep(definition.name, () => new MemoryLog(definition, quota)),
  }
}

function filled({ definition, records }: Contents, quota: OrganizationQuota): unknown {
  const content = isLog(definition)
    ? new MemoryLog(definition, quota)
    : new MemoryCollection(definition, quota)
  content.fill(records)
  return content
}

interface StoredOrganization {
  /** Collections and logs by name. */
  readonly contents: Map<string, unknown>
  readonly quota: OrganizationQuota
}
