import type {
  NewOrganization,
  Organization as OrganizationAnswer,
  OrganizationList,
  OrganizationsQuery,
} from '../schemas/control/organizations.ts'
import type { Control } from './control.ts'
import { type Controls, controlsFor } from './controls.ts'
import type { Fetch } from './fetch.ts'

/** An isolated organization on a shared server. Clients select it with its keys alone. */
export interface Organization extends Controls {
  /** The base URL for a client, which is that of the server. */
  readonly url: string
  /** A personal v1 key. */
  readonly key: string
  /** A v3 key of a service user. */
  readonly v3Key: string
  /** A personal key (`apk_user_…`) and a service key (`apk_…`) of v1; below `v3` those of v3 (`cog_…`); and `keys.revoke`. */
  readonly keys: Controls['keys'] & OrganizationAnswer['keys']
  /** Its id, which is part of paths in v3. */
  readonly orgId: string
  /** The `fetch` of the fake. It adds no key, so it serves every organization. */
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

  /** Creates an empty organization with its own records, clock, ids, scenarios, requests and snapshots. */
  async create(organization: NewOrganization = {}): Promise<Organization> {
    const made = await this.#control.call<OrganizationAnswer>('POST /_fake/organizations', {
      body: organization,
    })
    const { org_id: orgId, keys } = made
    const controls = this.of(orgId)
    return {
      ...controls,
      url: this.#control.access.url,
      key: keys.personal,
      v3Key: keys.v3.service,
      keys: Object.assign(controls.keys, keys),
      orgId,
      fetch: this.#fetch,
    }
  }

  /** Lists the organizations, with their keys if `reveal` is true, and tells whether keys are strict and the control plane needs a token. */
  async list(query: OrganizationsQuery = {}): Promise<OrganizationList> {
    return this.#control.call('GET /_fake/organizations', { query })
  }

  /**
   * Returns the controls of an organization. Sends no request, so it need not exist. Throws TypeError without an id, since calls would apply to all
   * organizations.
   */
  of(orgId: string): Controls {
    // Callers may not use TypeScript, and may write `org_id` for `orgId`.
    if (typeof orgId !== 'string' || orgId === '') {
      throw new TypeError(`the id of an organization must be a string, not ${JSON.stringify(orgId)}`)
    }
    return controlsFor(this.#control.of(orgId))
  }
}
