import { type Static, type TObject, type TProperties, Type } from '@sinclair/typebox'
import { StringEnum } from '../types.ts'

/** Returns the schema of an object whose unknown members are errors, so that typos in control calls are reported. */
export function StrictObject<Properties extends TProperties>(properties: Properties): TObject<Properties> {
  return Type.Object(properties, { additionalProperties: false })
}

/** The maximum length of an organization id, in characters. Each id is stored many times. */
export const ORG_ID_MAX = 200

/** The organization that the call acts on. Default: all. */
export const OrgId = Type.Optional(Type.String({ minLength: 1, maxLength: ORG_ID_MAX }))

/** An HTTP method. */
export const Method = StringEnum(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])

/** The body of a control call that acts on one organization or on all. */
export const OrgScope = StrictObject({ org_id: OrgId })
/** {@link OrgScope} */
export type OrgScope = Static<typeof OrgScope>

/** The same body, if it is optional. */
export const OptionalOrgScope = Type.Union([OrgScope, Type.Null()])

/** The query of a control call that reads or deletes. */
export const OrgQuery = Type.Object({ org_id: OrgId })
/** {@link OrgQuery} */
export type OrgQuery = Static<typeof OrgQuery>
