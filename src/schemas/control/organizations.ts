import { type Static, Type } from '@sinclair/typebox'
import { OrgId, StrictObject } from './scope.ts'

/** The name of a new organization. Default: its id. */
export const NewOrganization = StrictObject({
  name: Type.Optional(Type.String({ minLength: 1, maxLength: 200 })),
})
/** {@link NewOrganization} */
export type NewOrganization = Static<typeof NewOrganization>

/** A key of a user, and one of a service user. */
const KeyPair = { personal: Type.String(), service: Type.String() }

/** A created organization and its keys: those of v1, and below `v3` a personal access token and a key of a service user. */
export const Organization = Type.Object(
  { org_id: Type.String(), keys: Type.Object({ ...KeyPair, v3: Type.Object(KeyPair) }) },
  { $id: 'Organization', title: 'Organization' },
)
/** {@link Organization} */
export type Organization = Static<typeof Organization>

/** A key to revoke. */
export const RevokedKey = StrictObject({ org_id: OrgId, key: Type.String({ minLength: 1 }) })
/** {@link RevokedKey} */
export type RevokedKey = Static<typeof RevokedKey>
