import { openDatabase } from '../database/open.ts'
import { rowKinds, type StoredServices } from './kinds.ts'
import { Replica } from './replica.ts'

/**
 * Opens the database that stores the state of a server. `Replica.start` reads the state. Rejects with an OpenError or UnavailableError.
 */
export async function openReplica(location: string, services: StoredServices): Promise<Replica> {
  const { changes, events } = services.store
  const database = await openDatabase(location)
  return new Replica({ database, kinds: rowKinds(services), changes, events })
}
