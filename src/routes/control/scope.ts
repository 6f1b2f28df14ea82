import type { KeyRegistry } from '../../auth/keys.ts'
import type { AdjustableClock } from '../../base/clock.ts'
import { RequestValidationError, valueError } from '../../fastapi/errors.ts'
import type { Organization, Organizations } from '../../organization/organizations.ts'
import type { OrgQuery, OrgScope } from '../../schemas/control/scope.ts'
import type { StateService } from '../../state/service.ts'
import type { Snapshots } from '../../state/snapshots.ts'

/** The organizations that a call finds something in: none for an organization that nobody has asked for, and none is made. */
export function organizationsInScope(
  organizations: Organizations,
  orgId: string | undefined,
): Organization[] {
  return orgId === undefined ? organizations.all() : [organizations.find(orgId) ?? []].flat()
}

/** The clocks that a call changes: without an organization also the one that new organizations start with. Throws StoreFullError. */
export function clocksOf(organizations: Organizations, orgId: string | undefined): AdjustableClock[] {
  if (orgId !== undefined) return [organizations.get(orgId).clock]
  return [organizations.clock, ...organizations.all().map(({ clock }) => clock)]
}

/** The organization of a call that may say it in its query or in its body. Throws RequestValidationError where they differ. */
export function orgOf(query: OrgQuery, body: OrgScope | null): string | undefined {
  const orgId = query.org_id ?? body?.org_id
  if (orgId === (body?.org_id ?? orgId)) return orgId
  throw new RequestValidationError([
    valueError(['body', 'org_id'], 'org_id differs from the query', body?.org_id),
  ])
}

/** What the control plane acts on. */
export interface ControlOptions {
  /** The CA that clients of this server are to trust, in PEM. Default: none was made. */
  readonly caPem?: string
  readonly organizations: Organizations
  readonly keys: KeyRegistry
  readonly stateService: StateService
  readonly snapshots: Snapshots
}
