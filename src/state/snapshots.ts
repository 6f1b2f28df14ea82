import type { UniverseDiff } from './diff.ts'
import type { StateKeeper } from './keeper.ts'
import type { ServerState } from './types.ts'

/** A kept state. */
export interface Snapshot {
  readonly name: string
  /** The organisation it is of; undefined for all. */
  readonly orgId: string | undefined
  readonly state: ServerState
}

/** How many snapshots are kept. */
export const SNAPSHOTS_MAX = 100

/** States with names, kept in memory. */
export class Snapshots {
  readonly #keeper: StateKeeper
  readonly #snapshots = new Map<string, Snapshot>()

  constructor(keeper: StateKeeper) {
    this.#keeper = keeper
  }

  /** Keeps the state as it is now, in the place of a snapshot of the same name. False when there are too many. */
  async take(name: string, orgId: string | undefined): Promise<boolean> {
    const state = await this.#keeper.capture(orgId)
    if (!this.#snapshots.has(name) && this.#snapshots.size >= SNAPSHOTS_MAX) return false
    this.#snapshots.set(name, { name, orgId, state })
    return true
  }

  /** The kept ones, in the order in which they were first taken. */
  list(): Snapshot[] {
    return [...this.#snapshots.values()]
  }

  /** Goes back to a snapshot. False when there is none of that name. */
  async restore(name: string): Promise<boolean> {
    const snapshot = this.#snapshots.get(name)
    if (snapshot === undefined) return false
    await this.#keeper.restore(snapshot.state, snapshot.orgId)
    return true
  }

  /** What has changed since; undefined when there is none of that name. */
  async diff(name: string): Promise<UniverseDiff[] | undefined> {
    const snapshot = this.#snapshots.get(name)
    if (snapshot === undefined) return undefined
    const { diffStates } = await import('./diff.ts')
    return diffStates(snapshot.state, await this.#keeper.capture(snapshot.orgId))
  }

  /** True when there was one of that name and is no more. */
  delete(name: string): boolean {
    return this.#snapshots.delete(name)
  }
}
