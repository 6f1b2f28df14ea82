import type { OrgQuery } from '../schemas/control/scope.ts'
import type { Snapshot, SnapshotDiff, SnapshotList } from '../schemas/control/snapshots.ts'
import type { Control } from './control.ts'

/** Named states. Each organization has its own names. */
export class Snapshots {
  readonly #control: Control

  constructor(control: Control) {
    this.#control = control
  }

  /** Saves the current state, replacing a snapshot of the same name. Rejects with FakeDevinError (409) beyond 100 snapshots. */
  async take(name: string, query: OrgQuery = {}): Promise<Snapshot> {
    return this.#control.call('POST /_fake/snapshots', { body: this.#control.scoped({ ...query, name }) })
  }

  /** Lists the snapshots. */
  async list(query: OrgQuery = {}): Promise<SnapshotList> {
    return this.#control.call('GET /_fake/snapshots', { query: this.#control.scoped(query) })
  }

  /** Restores a snapshot. Rejects with FakeDevinError (404) for an unknown name. */
  async restore(name: string, query: OrgQuery = {}): Promise<void> {
    return this.#control.call('POST /_fake/snapshots/{name}/restore', {
      parameters: { name },
      body: this.#control.scoped(query),
    })
  }

  /** Returns the changes since a snapshot, record by record. Rejects with FakeDevinError (404) for an unknown name. */
  async diff(name: string, query: OrgQuery = {}): Promise<SnapshotDiff> {
    return this.#control.call('GET /_fake/snapshots/{name}/diff', {
      parameters: { name },
      query: this.#control.scoped(query),
    })
  }

  /** Deletes a snapshot. Rejects with FakeDevinError (404) for an unknown name. */
  async delete(name: string, query: OrgQuery = {}): Promise<void> {
    return this.#control.call('DELETE /_fake/snapshots/{name}', {
      parameters: { name },
      query: this.#control.scoped(query),
    })
  }
}
