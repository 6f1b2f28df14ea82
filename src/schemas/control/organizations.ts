import { type Static, Type } from '@sinclair/typebox'
import { Defaulted, Nullable } from '../types.ts'
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

/** The query of the list of organizations. */
export const OrganizationsQuery = Type.Object({
  /** Whether to show keys. */
  reveal: Defaulted(Type.Boolean({ default: false })),
})
/** {@link OrganizationsQuery} */
export type OrganizationsQuery = Partial<Static<typeof OrganizationsQuery>>

/** The organizations of a server, and how to reach them. */
export const OrganizationList = Type.Object(
  {
    organizations: Type.Array(
      Type.Object({
        /** `enterprise` for the enterprise itself. */
        org_id: Type.String(),
        name: Type.String(),
        /** The number of its sessions. */
        sessions: Type.Integer(),
        /** Whether keys that name no organization select it. */
        is_default: Type.Boolean(),
        /** Its registered keys, and without strict keys another valid one. Null unless they are revealed. */
        keys: Nullable(Type.Object({ v1: Type.Array(Type.String()), v3: Type.Array(Type.String()) })),
      }),
    ),
    /** Whether only registered keys are valid. */
    strict_keys: Type.Boolean(),
    control: Type.Object({
      /** Whether control calls need a token. */
      token_required: Type.Boolean(),
      version: Type.String(),
      /** The web app that the URLs of sessions lead to: `--app-url`, or the vendor's. */
      app_url: Type.String(),
    }),
  },
  { $id: 'OrganizationList', title: 'OrganizationList' },
)
/** {@link OrganizationList} */
export type OrganizationList = Static<typeof OrganizationList>
