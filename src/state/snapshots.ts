import type { ChangeFeed } from '../base/changes.ts'
import type { Quota } from '../base/quota.ts'
import type { ServerState } from '../organization/state.ts'
import type { OrganizationDiff } from '../schemas/control/snapshots.ts'
import { RetainedMemory } from './retained-memory.ts'
import type { StateService } from './service.ts'

/** A named state. */
export interface Snapshot {
  readonly name: string
  /** The organization it belongs to; undefined for the whole server. */
  readonly orgId: string | undefined
  readonly state: ServerState
  /** Orders all snapshots by the time at which they were first taken. */
  readonly position: number
}

/** The kind of the rows of snapshots. */
const KIND = 'snapshots'

/** The maximum number of snapshots per organization, and of the whole server. */
export const SNAPSHOTS_MAX = 100

/**
 * Named states. Each organization has its own names, so tests that share a server do not clash. With an org id, a name refers to the
 * organization's own snapshot, or else to its part of the server-wide one. Without an org id, it refers to the server-wide one, or else
 * to those of all organizations.
 */
export class Snapshots {
  readonly #stateService: StateService
  /** By organization (undefined for the whole server), then by name. */
  readonly #snapshots = new Map<string | undefined, Map<string, Snapshot>>()

  readonly #memory: RetainedMemory
  readonly #changes: ChangeFeed | undefined
  #lastPosition = 0

  /** The memory that snapshots retain counts towards `quota`, and `changes`, if given, tracks their changes. */
  constructor(
    stateService: StateService,
    { quota, changes }: { readonly quota: Quota; readonly changes?: ChangeFeed },
  ) {
    this.#stateService = stateService
    this.#memory = new RetainedMemory(quota)
    this.#changes = changes
  }

  /**
   * Takes a snapshot, replacing one of the same name. Returns false if there are too many. Throws StoreFullError and
   * changes nothing if it exceeds the quota.
   */
  async take(name: string, orgId: string | undefined): Promise<boolean> {
    const state = await this.#stateService.current(orgId)
    const owned = this.#snapshots.get(orgId) ?? new Map<string, Snapshot>()
    if (!owned.has(name) && owned.size >= SNAPSHOTS_MAX) return false
    this.#memory.retain(state)
    const before = owned.get(name)
    if (before !== undefined) this.#memory.release(before.state)
    const position = before?.position ?? this.#lastPosition + 1
    this.#lastPosition = Math.max(this.#lastPosition, position)
    this.#snapshots.set(orgId, owned.set(name, { name, orgId, state, position }))
    this.#mark({ name, orgId })
    return true
  }

  #mark({ name, orgId }: Pick<Snapshot, 'name' | 'orgId'>): void {
    this.#changes?.tracker?.mark(KIND, orgId ?? '', name)
  }

  /** Returns the snapshot of exactly this name and organization. */
  get(name: string, orgId: string | undefined): Snapshot | undefined {
    return this.#snapshots.get(orgId)?.get(name)
  }

  /** Adds a stored snapshot, or replaces the one with its name and organization, even beyond the limits. */
  put(snapshot: Snapshot): void {
    const { name, orgId, state } = snapshot
    this.drop(name, orgId)
    this.#memory.retain(state, { isUnlimited: true })
    this.#lastPosition = Math.max(this.#lastPosition, snapshot.position)
    this.#snapshots.set(orgId, (this.#snapshots.get(orgId) ?? new Map()).set(name, snapshot))
  }

  /** Removes a stored snapshot if it exists. */
  drop(name: string, orgId: string | undefined): void {
    const snapshot = this.get(name, orgId)
    if (snapshot !== undefined) this.#remove(snapshot)
  }

  /** Returns all snapshots, or those of one organization, in the order in which they were first taken. */
  list(orgId?: string): Snapshot[] {
    const owners = [...this.#snapshots].filter(([owner]) => orgId === undefined || owner === orgId)
    const snapshots = owners.flatMap(([, owned]) => [...owned.values()])
    return snapshots.sort((one, other) => one.position - other.position)
  }

  /** Restores a snapshot. Returns false if the name is unknown. */
  async restore(name: string, orgId?: string): Promise<boolean> {
    const found = this.#find(name, orgId)
    await Promise.all(
      found.map((snapshot) => this.#stateService.restore(snapshot.state, orgId ?? snapshot.orgId)),
    )
    return found.length > 0
  }

  /** Returns the changes since a snapshot, or undefined if the name is unknown. */
  async diff(name: string, orgId?: string): Promise<OrganizationDiff[] | undefined> {
    const found = this.#find(name, orgId)
    if (found.length === 0) return undefined
    const { diffStates } = await import('./diff.ts')
    const diffs = found.map(async ({ state, orgId: owner }) => {
      const now = await this.#stateService.current(orgId ?? owner)
      const organizations = state.organizations.filter(
        (organization) => orgId === undefined || organization.orgId === orgId,
      )
      return diffStates({ ...state, organizations }, now)
    })
    return (await Promise.all(diffs)).flat()
  }

  /** Deletes a snapshot. Returns false if the name is unknown. With an org id, server-wide snapshots are not deleted. */
  delete(name: string, orgId?: string): boolean {
    const found = this.#find(name, orgId).filter(
      (snapshot) => orgId === undefined || snapshot.orgId === orgId,
    )
    for (const snapshot of found) this.#remove(snapshot)
    return found.length > 0
  }

  #remove({ name, orgId, state }: Snapshot): void {
    const owned = this.#snapshots.get(orgId)
    owned?.delete(name)
    if (owned?.size === 0) this.#snapshots.delete(orgId)
    this.#memory.release(state)
    this.#mark({ name, orgId })
  }

  #find(name: string, orgId: string | undefined): Snapshot[] {
    const own = this.#snapshots.get(orgId)?.get(name) ?? this.#snapshots.get(undefined)?.get(name)
    if (own !== undefined) return [own]
    return orgId === undefined ? this.list().filter((snapshot) => snapshot.name === name) : []
  }
}
