import type { OrgQuery } from '../schemas/control/scope.ts'
import type { Control } from './control.ts'

/** The API keys of clients. */
export class Keys {
  readonly #control: Control

  constructor(control: Control) {
    this.#control = control
  }

  /** Makes a key invalid from now on. Rejects with FakeDevinError (404) for a key that is not valid now. */
  async revoke(key: string, query: OrgQuery = {}): Promise<void> {
    return this.#control.call('POST /_fake/keys/revoke', { body: this.#control.scoped({ ...query, key }) })
  }
}
