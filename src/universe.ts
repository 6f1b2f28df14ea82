import type { Clock } from './clock.ts'
import type { Ids } from './ids.ts'
import { type SecretRecord, secrets } from './store/records.ts'
import type { Collection, Store } from './store/types.ts'

/** Everything behind one organisation. A request reaches nothing but the universe of its principal. */
export interface Universe {
  readonly orgId: string
  readonly clock: Clock
  readonly ids: Ids
  readonly secrets: Collection<SecretRecord>
}

/** The universes of one server, each made when it is first asked for. */
export interface Universes {
  of(orgId: string): Universe
}

/** Universes over a store. */
export function createUniverses(services: { store: Store; clock: Clock; ids: Ids }): Universes {
  const universes = new Map<string, Universe>()
  return {
    of(orgId) {
      let universe = universes.get(orgId)
      if (universe === undefined) {
        const { store, clock, ids } = services
        universe = { orgId, clock, ids, secrets: store.collection(orgId, secrets) }
        universes.set(orgId, universe)
      }
      return universe
    },
  }
}
