import { openDatabase } from '../database/open.ts'
import { rowKinds, type StoredServices } from './kinds.ts'
import { Replica } from './replica.ts'

/**
 * Opens the database in which a server keeps its state, which `start` of the replica reads. Rejects with an OpenError, or with an UnavailableError.
 */
export async function openReplica(location: string, services: StoredServices): Promise<Replica> {
  const { changes, events } = services.store
  const database = await openDatabase(location)
  return new Replica({ database, kinds: rowKinds(services), changes, events })
}
