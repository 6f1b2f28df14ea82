import type { Quota } from '../base/quota.ts'
import type { ServerState } from '../organization/state.ts'
import type { OrganizationDiff } from '../schemas/control/snapshots.ts'
import { Holdings } from './holdings.ts'
import type { StateService } from './service.ts'

/** A kept state. */
export interface Snapshot {
  readonly name: string
  /** The organization it is of; undefined for all. */
  readonly orgId: string | undefined
  readonly state: ServerState
}

/** How many snapshots are kept of one owner: an organization, or the server. */
export const SNAPSHOTS_MAX = 100

/**
 * States with names, kept in memory. Those of an organization have names of their own, so that tests which share a server
 * cannot take each other's. Where an organization is named, its snapshot is meant, else what one of all has of it; where none is
 * named, the one of all, else those of all organizations that have one.
 */
export class Snapshots {
  readonly #stateService: StateService
  /** By organization, with undefined for all, and by name. */
  readonly #snapshots = new Map<string | undefined, Map<string, Snapshot>>()

  readonly #holdings: Holdings

  /** What snapshots keep in memory counts in `quota`. */
  constructor(stateService: StateService, quota: Quota) {
    this.#stateService = stateService
    this.#holdings = new Holdings(quota)
  }

  /**
   * Keeps the state as it is now, in the place of a snapshot of the same name. False when there are too many. Throws
   * StoreFullError, and keeps the one that was there.
   */
  async take(name: string, orgId: string | undefined): Promise<boolean> {
    const state = await this.#stateService.capture(orgId)
    const owned = this.#snapshots.get(orgId) ?? new Map<string, Snapshot>()
    if (!owned.has(name) && owned.size >= SNAPSHOTS_MAX) return false
    this.#holdings.hold(state)
    const before = owned.get(name)
    if (before !== undefined) this.#holdings.release(before.state)
    this.#snapshots.set(orgId, owned.set(name, { name, orgId, state }))
    return true
  }

  /** The kept ones of all owners, or of one organization, in the order in which they were first taken. */
  list(orgId?: string): Snapshot[] {
    const owners = [...this.#snapshots].filter(([owner]) => orgId === undefined || owner === orgId)
    return owners.flatMap(([, owned]) => [...owned.values()])
  }

  /** Goes back to a snapshot. False when there is none of that name. */
  async restore(name: string, orgId?: string): Promise<boolean> {
    const found = this.#find(name, orgId)
    await Promise.all(
      found.map((snapshot) => this.#stateService.restore(snapshot.state, orgId ?? snapshot.orgId)),
    )
    return found.length > 0
  }

  /** What has changed since; undefined when there is none of that name. */
  async diff(name: string, orgId?: string): Promise<OrganizationDiff[] | undefined> {
    const found = this.#find(name, orgId)
    if (found.length === 0) return undefined
    const { diffStates } = await import('./diff.ts')
    const diffs = found.map(async ({ state, orgId: owner }) => {
      const now = await this.#stateService.capture(orgId ?? owner)
      const organizations = state.organizations.filter(
        (organization) => orgId === undefined || organization.orgId === orgId,
      )
      return diffStates({ ...state, organizations }, now)
    })
    return (await Promise.all(diffs)).flat()
  }

  /** True when there was one of that name and is no more. An organization's call leaves one of all alone. */
  delete(name: string, orgId?: string): boolean {
    const found = this.#find(name, orgId).filter(
      (snapshot) => orgId === undefined || snapshot.orgId === orgId,
    )
    for (const snapshot of found) this.#forget(snapshot)
    return found.length > 0
  }

  #forget({ name, orgId, state }: Snapshot): void {
    const owned = this.#snapshots.get(orgId)
    owned?.delete(name)
    if (owned?.size === 0) this.#snapshots.delete(orgId)
    this.#holdings.release(state)
  }

  #find(name: string, orgId: string | undefined): Snapshot[] {
    const own = this.#snapshots.get(orgId)?.get(name) ?? this.#snapshots.get(undefined)?.get(name)
    if (own !== undefined) return [own]
    return orgId === undefined ? this.list().filter((snapshot) => snapshot.name === name) : []
  }
}
