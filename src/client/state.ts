import type { OrgQuery } from '../schemas/control/scope.ts'
import type { StateQuery } from '../schemas/control/state.ts'
import type { StateDocument } from '../state/schema.ts'
import type { Control } from './control.ts'

/** Everything as one document, in the format of a seed. */
export class State {
  readonly #control: Control

  constructor(control: Control) {
    this.#control = control
  }

  /** The document; with keys and the values of secrets when `reveal` is true. */
  async get(query: StateQuery = {}): Promise<StateDocument> {
    return this.#control.call('GET /_fake/state', { query: this.#control.scoped(query) })
  }

  /** Puts a document in the place of everything, or of one organization. */
  async put(document: StateDocument, query: OrgQuery = {}): Promise<void> {
    return this.#control.call('PUT /_fake/state', { body: document, query: this.#control.scoped(query) })
  }
}
