import type { Organizations } from '../organization/organizations.ts'
import { recheckRuns } from '../organization/schedules.ts'
import type { AuditEntry } from '../resources/audit-log.ts'
import { automations } from '../resources/automations.ts'
import type { AnyResource } from '../resources/index.ts'
import { schedules } from '../resources/schedules.ts'
import type { SessionRecord } from '../resources/sessions.ts'
import { isLog } from '../store/contents.ts'
import type { Store, StoredRecord } from '../store/types.ts'
import { packBytes, unpackBytes } from './file-bytes.ts'
import type { RowKind } from './row-kind.ts'
import type { ScenarioPool } from './scenario-pool.ts'

/** Returns a record from its JSON form. Its scenario, if it has one, is shared. */
export function toRecord(data: unknown, scenarios: ScenarioPool): StoredRecord {
  const record = data as StoredRecord & Partial<Pick<SessionRecord, 'scenario'>>
  if (record.scenario === undefined) return record
  const shared: typeof record = { ...record, scenario: scenarios.share(record.scenario) }
  return shared
}

/** Returns the rows of the records, or of the entries of a log, of one kind. */
export function recordRows(
  resource: AnyResource,
  {
    store,
    organizations,
    scenarios,
  }: { readonly store: Store; readonly organizations: Organizations; readonly scenarios: ScenarioPool },
): RowKind {
  const { rows } = store
  const mayBeDue = resource === schedules || resource === automations
  return {
    name: resource.name,
    read(orgId, id) {
      const found = rows.get(orgId, resource, id)
      if (found === undefined) return undefined
      // Entries of the audit log get their ids when they are first read.
      if (isLog(resource)) organizations.find(orgId)?.auditLog.read(found.record as AuditEntry)
      return { position: found.position, ...packBytes(found.record) }
    },
    write(orgId, id, { position = 0, ...packed }) {
      const record = toRecord(unpackBytes(packed), scenarios)
      // The rows of a log are named by their positions.
      if (!isLog(resource) && record.id !== id) throw new Error('the record has another id than its row')
      rows.put(orgId, resource, { position, record })
      const organization = mayBeDue ? organizations.find(orgId) : undefined
      if (organization !== undefined) recheckRuns(organization)
    },
    // Nothing to recheck: a schedule that was removed is not due.
    remove: (orgId, id) => rows.remove(orgId, resource, id),
    clear: () => rows.clear(),
  }
}
