import { type Static, Type } from '@sinclair/typebox'
import { Defaulted, Nullable } from '../types.ts'
import { OrgId, StrictObject } from './scope.ts'

/** The name of a new organization. Default: its id. */
export const NewOrganization = StrictObject({
  /** The name. Default: the id. */
  name: Type.Optional(Type.String({ minLength: 1, maxLength: 200 })),
})
/** {@link NewOrganization} */
export type NewOrganization = Static<typeof NewOrganization>

/** A key of a user, and one of a service user. */
const KeyPair = {
  /** The key of a user. */
  personal: Type.String(),
  /** The key of a service user. */
  service: Type.String(),
}

/** A created organization and its keys: those of v1, and below `v3` a personal access token and a key of a service user. */
export const Organization = Type.Object(
  {
    /** The id of the organization. */
    org_id: Type.String(),
    /** Its keys. */
    keys: Type.Object({
      ...KeyPair,
      /** The keys of v3. */
      v3: Type.Object(KeyPair),
    }),
  },
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
    /** The organizations, and the enterprise. */
    organizations: Type.Array(
      Type.Object({
        /** `enterprise` for the enterprise itself. */
        org_id: Type.String(),
        /** The name. Default: the id. */
        name: Type.String(),
        /** The number of its sessions. */
        sessions: Type.Integer(),
        /** Whether keys that name no organization select it. */
        is_default: Type.Boolean(),
        /** Its registered keys, and without strict keys another valid one. Null unless they are revealed. */
        keys: Nullable(
          Type.Object({
            /** The keys of v1. */
            v1: Type.Array(Type.String()),
            /** The keys of v3. */
            v3: Type.Array(Type.String()),
          }),
        ),
      }),
    ),
    /** Whether only registered keys are valid. */
    strict_keys: Type.Boolean(),
    /** What the control plane says about the server. */
    control: Type.Object({
      /** Whether control calls need a token. */
      token_required: Type.Boolean(),
      /** The version of fake-devin. */
      version: Type.String(),
      /** The web app that the URLs of sessions lead to: `--app-url`, or the vendor's. */
      app_url: Type.String(),
    }),
  },
  { $id: 'OrganizationList', title: 'OrganizationList' },
)
/** {@link OrganizationList} */
export type OrganizationList = Static<typeof OrganizationList>
