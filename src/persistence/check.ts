import { KeyRegistry } from '../auth/keys.ts'
import { systemClock } from '../base/clock.ts'
import { randomIds } from '../base/ids.ts'
import { openDatabase } from '../database/open.ts'
import type { DamagedRowError } from '../database/types.ts'
import { Organizations } from '../organization/organizations.ts'
import { damagedRecords } from '../state/damaged-records.ts'
import { StateService } from '../state/service.ts'
import { Snapshots } from '../state/snapshots.ts'
import { memoryStore } from '../store/memory.ts'
import { rowKinds, type StoredServices } from './kinds.ts'
import { PendingChanges } from './pending-changes.ts'

/**
 * Resolves with what is wrong with the contents of a store with the tables of this version, a phrase for each damaged row or record. Reads everything,
 * as a start does, and changes nothing. Rejects like `openReplica`.
 */
export async function damagesOf(location: string): Promise<string[]> {
  const services = newServices()
  const { stateService, snapshots } = services
  return [
    ...(await load(location, services)),
    ...damagedRecords(await stateService.capture()),
    ...within('the baseline', damagedRecords(stateService.baseline.state)),
    ...snapshots.list().flatMap(({ name, state }) => within(`the snapshot ${name}`, damagedRecords(state))),
  ]
}

/** Returns everything of a server that serves nothing. */
function newServices(): StoredServices {
  const store = memoryStore({ records: Number.POSITIVE_INFINITY, bytes: Number.POSITIVE_INFINITY })
  const organizations = new Organizations({ store, clock: systemClock(), ids: randomIds })
  const keys = new KeyRegistry()
  const stateService = new StateService({ organizations, keys })
  return { store, organizations, keys, stateService, snapshots: new Snapshots(stateService, organizations) }
}

/** Reads all rows of a store. Resolves with the damages of those that cannot be read. */
async function load(location: string, services: StoredServices): Promise<string[]> {
  const kinds = rowKinds(services)
  const rows = new PendingChanges(kinds)
  const damages: string[] = []
  const database = await openDatabase(location)
  try {
    await database.begin()
    const names = kinds.map(({ name }) => name)
    await database.load(names, (row) => {
      try {
        rows.write(row)
      } catch (error) {
        damages.push((error as DamagedRowError).damage)
      }
    })
    await database.rollback()
  } finally {
    await database.close()
  }
  return damages
}

function within(where: string, damages: Iterable<string>): string[] {
  return [...damages].map((damage) => `${where}: ${damage}`)
}
