import type { KeyRegistry } from '../../auth/keys.ts'
import type { AdjustableClock } from '../../base/clock.ts'
import { invalidValue } from '../../fastapi/errors.ts'
import type { Organization, Organizations } from '../../organization/organizations.ts'
import type { OrgQuery, OrgScope } from '../../schemas/control/scope.ts'
import type { StateService } from '../../state/service.ts'
import type { Snapshots } from '../../state/snapshots.ts'

/** Returns the organizations that a call reads: all, or one if it exists. Never creates an organization. */
export function organizationsInScope(
  organizations: Organizations,
  orgId: string | undefined,
): Organization[] {
  if (orgId === undefined) return organizations.all()
  const organization = organizations.find(orgId)
  return organization === undefined ? [] : [organization]
}

/** Returns an organization, or the server for all of them. An organization that does not exist yet will begin like the server. */
export function organizationOrServer(
  organizations: Organizations,
  orgId: string | undefined,
): Organization | Organizations {
  return (orgId === undefined ? undefined : organizations.find(orgId)) ?? organizations
}

/** Returns the clocks that a call changes: one, or all including the initial clock of new organizations. Throws NotFound and StoreFullError. */
export function clocksOf(organizations: Organizations, orgId: string | undefined): AdjustableClock[] {
  if (orgId !== undefined) return [organizations.get(orgId).clock]
  return [organizations.clock, ...organizations.all().map(({ clock }) => clock)]
}

/** Returns the organization of a call from its query or its body. Throws RequestValidationError if they differ. */
export function orgOf(query: OrgQuery, body: OrgScope | null): string | undefined {
  const orgId = query.org_id ?? body?.org_id
  if (orgId === (body?.org_id ?? orgId)) return orgId
  throw invalidValue(['body', 'org_id'], 'org_id differs from the query', body?.org_id)
}

/** The dependencies of the control plane. */
export interface ControlOptions {
  /** The CA that clients of this server must trust, in PEM. Default: no CA. */
  readonly caPem?: string
  /** Whether every control call needs a token. */
  readonly tokenRequired: boolean
  readonly organizations: Organizations
  readonly keys: KeyRegistry
  readonly stateService: StateService
  readonly snapshots: Snapshots
}
