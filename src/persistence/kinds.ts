import type { KeyRegistry } from '../auth/keys.ts'
import type { Organizations } from '../organization/organizations.ts'
import { resourceEntries } from '../resources/index.ts'
import type { StateService } from '../state/service.ts'
import type { Snapshots } from '../state/snapshots.ts'
import type { Store } from '../store/types.ts'
import { faultRows, retryRows } from './faults.ts'
import { requestRows, tallyRows } from './journal.ts'
import { keyRows } from './keys.ts'
import { deletedOrganizationRows, organizationRows, serverRow } from './organizations.ts'
import { recordRows } from './records.ts'
import type { RowKind } from './row-kind.ts'
import { ScenarioPool } from './scenario-pool.ts'
import { scenarioRows } from './scenarios.ts'
import { baselineRow, snapshotRows } from './snapshots.ts'

/** Everything of a server that is kept in a database. */
export interface StoredServices {
  readonly store: Store
  readonly organizations: Organizations
  readonly keys: KeyRegistry
  readonly stateService: StateService
  readonly snapshots: Snapshots
}

/** Returns all kinds of rows in the order in which they are written: what others refer to comes first. */
export function rowKinds({ store, organizations, keys, stateService, snapshots }: StoredServices): RowKind[] {
  const scenarios = new ScenarioPool()
  return [
    serverRow(organizations),
    organizationRows(organizations, store),
    deletedOrganizationRows(organizations),
    keyRows(keys),
    scenarioRows(organizations.scenarios, scenarios),
    ...resourceEntries.map(([, resource]) => recordRows(resource, { store, organizations, scenarios })),
    faultRows(organizations),
    retryRows(organizations),
    requestRows(organizations.journals),
    tallyRows(organizations.journals),
    snapshotRows(snapshots, scenarios),
    baselineRow(stateService, scenarios),
  ]
}
