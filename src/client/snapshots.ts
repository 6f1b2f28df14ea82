import type { OrgQuery } from '../schemas/control/scope.ts'
import type { Snapshot, SnapshotDiff, SnapshotList } from '../schemas/control/snapshots.ts'
import type { Control } from './control.ts'

/** States with names. Those of an organization have names of their own. */
export class Snapshots {
  readonly #control: Control

  constructor(control: Control) {
    this.#control = control
  }

  /** Keeps the state as it is now, in the place of one of the same name. */
  async take(name: string, query: OrgQuery = {}): Promise<Snapshot> {
    return this.#control.call('POST /_fake/snapshots', { body: this.#control.scoped({ ...query, name }) })
  }

  /** The kept ones. */
  async list(query: OrgQuery = {}): Promise<SnapshotList> {
    return this.#control.call('GET /_fake/snapshots', { query: this.#control.scoped(query) })
  }

  /** Goes back to one. */
  async restore(name: string, query: OrgQuery = {}): Promise<void> {
    return this.#control.call('POST /_fake/snapshots/{name}/restore', {
      parameters: { name },
      body: this.#control.scoped(query),
    })
  }

  /** What has changed since, record by record. */
  async diff(name: string, query: OrgQuery = {}): Promise<SnapshotDiff> {
    return this.#control.call('GET /_fake/snapshots/{name}/diff', {
      parameters: { name },
      query: this.#control.scoped(query),
    })
  }

  /** Forgets one. */
  async delete(name: string, query: OrgQuery = {}): Promise<void> {
    return this.#control.call('DELETE /_fake/snapshots/{name}', {
      parameters: { name },
      query: this.#control.scoped(query),
    })
  }
}
