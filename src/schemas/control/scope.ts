import { type Static, type TObject, type TProperties, Type } from '@sinclair/typebox'

/** A typing error in a control call must not be a silent nothing, so unknown members are errors. */
export function StrictObject<Properties extends TProperties>(properties: Properties): TObject<Properties> {
  return Type.Object(properties, { additionalProperties: false })
}

/** The longest id of an organization, in characters: each is kept many times over. */
export const ORG_ID_MAX = 200

/** The organization that a control call acts on; without it, all. */
export const OrgId = Type.Optional(Type.String({ minLength: 1, maxLength: ORG_ID_MAX }))

/** The body of a control call that acts on all, or on one organization alone. */
export const OrgScope = StrictObject({ org_id: OrgId })
/** {@link OrgScope} */
export type OrgScope = Static<typeof OrgScope>

/** The same where it need not be given. */
export const OptionalOrgScope = Type.Union([OrgScope, Type.Null()])

/** The query of a control call that reads or removes. */
export const OrgQuery = Type.Object({ org_id: OrgId })
/** {@link OrgQuery} */
export type OrgQuery = Static<typeof OrgQuery>
