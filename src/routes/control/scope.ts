import type { KeyRing } from '../../auth/keys.ts'
import type { AdjustableClock } from '../../base/clock.ts'
import { RequestValidationError, valueError } from '../../fastapi/errors.ts'
import type { Universe, Universes } from '../../organization/organizations.ts'
import type { OrgQuery, OrgScope } from '../../schemas/control/scope.ts'
import type { StateKeeper } from '../../state/service.ts'
import type { Snapshots } from '../../state/snapshots.ts'

/** The universes that a call finds something in: none for an organisation that nobody has asked for, and none is made. */
export function scopeOf(universes: Universes, orgId: string | undefined): Universe[] {
  return orgId === undefined ? universes.all() : [universes.find(orgId) ?? []].flat()
}

/** The clocks that a call changes: without an organisation also the one that new universes start with. Throws StoreFullError. */
export function clocksOf(universes: Universes, orgId: string | undefined): AdjustableClock[] {
  if (orgId !== undefined) return [universes.of(orgId).clock]
  return [universes.clock, ...universes.all().map(({ clock }) => clock)]
}

/** The organisation of a call that may say it in its query or in its body. Throws RequestValidationError where they differ. */
export function orgOf(query: OrgQuery, body: OrgScope | null): string | undefined {
  const orgId = query.org_id ?? body?.org_id
  if (orgId === (body?.org_id ?? orgId)) return orgId
  throw new RequestValidationError([
    valueError(['body', 'org_id'], 'the query says another one', body?.org_id),
  ])
}

/** What the control plane acts on. */
export interface ControlOptions {
  /** The CA that clients of this server are to trust, in PEM. Default: none was made. */
  readonly caPem?: string
  readonly universes: Universes
  readonly keys: KeyRing
  readonly keeper: StateKeeper
  readonly snapshots: Snapshots
}
