import type { OrgQuery } from '../schemas/control/scope.ts'
import type { StateQuery } from '../schemas/control/state.ts'
import type { StateDocument } from '../state/schema.ts'
import type { Control } from './control.ts'

/** The whole state as one document, in the format of a seed. */
export class State {
  readonly #control: Control

  constructor(control: Control) {
    this.#control = control
  }

  /** Returns the document. Includes keys and the values of secrets if `reveal` is true. */
  async get(query: StateQuery = {}): Promise<StateDocument> {
    return this.#control.call('GET /_fake/state', { query: this.#control.scoped(query) })
  }

  /** Replaces the whole state, or that of one organization, with a document. An invalid one (422) changes nothing. */
  async put(document: StateDocument, query: OrgQuery = {}): Promise<void> {
    return this.#control.call('PUT /_fake/state', { body: document, query: this.#control.scoped(query) })
  }
}
