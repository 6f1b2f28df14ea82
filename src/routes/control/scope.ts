import { type Static, type TObject, type TProperties, Type } from '@sinclair/typebox'
import type { KeyRing } from '../../auth/keys.ts'
import type { AdjustableClock } from '../../clock.ts'
import type { StateKeeper } from '../../state/keeper.ts'
import type { Snapshots } from '../../state/snapshots.ts'
import type { Universe, Universes } from '../../universe.ts'

/** A typing error in a control call must not be a silent nothing, so unknown members are errors. */
export function StrictObject<Properties extends TProperties>(properties: Properties): TObject<Properties> {
  return Type.Object(properties, { additionalProperties: false })
}

/** The organisation that a control call acts on; without it, all. */
export const OrgId = Type.Optional(Type.String({ minLength: 1 }))

/** The query of a control call that reads. */
export const OrgQuery = Type.Object({ org_id: OrgId })
/** {@link OrgQuery} */
export type OrgQuery = Static<typeof OrgQuery>

/** The universes that a call acts on. */
export function scopeOf(universes: Universes, orgId: string | undefined): Universe[] {
  return orgId === undefined ? universes.all() : [universes.of(orgId)]
}

/** The clocks that a call acts on: without an organisation also the one that new universes start with. */
export function clocksOf(universes: Universes, orgId: string | undefined): AdjustableClock[] {
  const clocks = scopeOf(universes, orgId).map(({ clock }) => clock)
  return orgId === undefined ? [universes.clock, ...clocks] : clocks
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
