import { OpenError, UnavailableError } from '../database/types.ts'
import type { StoredServices } from '../persistence/kinds.ts'
import type { Replica } from '../persistence/replica.ts'
import { MEMORY } from '../settings/flag-values.ts'
import { StartError } from '../settings/start-error.ts'

/** Opens the store of a server. Resolves with undefined for the memory of the process, for which no code is loaded. Rejects with a StartError. */
export async function openStore(location: string, services: StoredServices): Promise<Replica | undefined> {
  if (location === MEMORY) return undefined
  const { openReplica } = await import('../persistence/open.ts')
  return openReplica(location, services).catch(refuseStore)
}

/** Throws a StartError for a store that cannot be used, and any other error as it is. */
export function refuseStore(error: unknown): never {
  if (error instanceof OpenError || error instanceof UnavailableError) {
    throw new StartError(`cannot use the store: ${error.message}`)
  }
  throw error
}
