import type { NewOrganization, Organization as OrganizationAnswer } from '../schemas/control/organizations.ts'
import type { Control } from './control.ts'
import { type Controls, controlsFor } from './controls.ts'
import type { Fetch } from './fetch.ts'

/** A world of its own on a server that others share: clients get there by nothing but its keys. */
export interface Organization extends Controls {
  /** The base URL for a client, that of the server. */
  readonly url: string
  /** The key of a person. */
  readonly key: string
  /** A person's key (`apk_user_…`) and a service's (`apk_…`); with `keys.revoke`, as everywhere. */
  readonly keys: Controls['keys'] & OrganizationAnswer['keys']
  readonly orgId: string
  readonly fetch: Fetch
}

/** The organizations of a server. */
export class Organizations {
  readonly #control: Control
  readonly #fetch: Fetch

  constructor(control: Control, fetch: Fetch) {
    this.#control = control
    this.#fetch = fetch
  }

  /** Makes one with nothing in it: records, clock, ids, scenarios, requests and snapshots are its own. */
  async create(organization: NewOrganization = {}): Promise<Organization> {
    const made = await this.#control.call<OrganizationAnswer>('POST /_fake/organizations', {
      body: organization,
    })
    const { org_id: orgId, keys } = made
    const world = this.of(orgId)
    return {
      ...world,
      url: this.#control.access.url,
      key: keys.personal,
      keys: Object.assign(world.keys, keys),
      orgId,
      fetch: this.#fetch,
    }
  }

  /** What a test pulls of one that is there. */
  of(orgId: string): Controls {
    return controlsFor(this.#control.of(orgId))
  }
}
