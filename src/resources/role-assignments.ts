import { type Static, Type } from '@sinclair/typebox'
import { type RoleAssignment, roleOf } from '../auth/roles.ts'
import { Nullable } from '../schemas/types.ts'
import type { DocumentReader } from './document-reader.ts'
import { Id, StrictObject } from './resource.ts'

// What the documents of members have in common: users, service users, and groups of an identity provider.

/** The roles. Default: that of a member. */
export const RoleAssignments = Type.Optional(
  Type.Array(
    StrictObject({
      /** The id of the role. */
      role_id: Id,
      /** The organization in which it applies; null for the enterprise. Default: null. */
      org_id: Type.Optional(Nullable(Id)),
    }),
  ),
)

/** Returns the roles of a document; without any, the role `otherwise`. */
export function decodeRoles(
  assignments: Static<typeof RoleAssignments> | undefined,
  otherwise: readonly RoleAssignment[],
  reader: DocumentReader,
): readonly RoleAssignment[] {
  if (assignments === undefined) return otherwise
  const seen = new Map<string, string>()
  return reader.each('role_assignments', assignments, ({ role_id: roleId, org_id: orgId = null }) => {
    requireRole(roleId, orgId, reader)
    reader.requireUnique(seen, `${orgId}`, 'org_id')
    return { roleId, orgId }
  })
}

/** Rejects a role that does not exist, and one of the enterprise in an organization or vice versa. */
export function requireRole(roleId: string, orgId: string | null, reader: DocumentReader): void {
  const level = orgId === null ? 'enterprise' : 'org'
  if (roleOf(roleId)?.level === level) return
  reader.reject(['role_id'], `not a role of ${orgId === null ? 'the enterprise' : 'an organization'}`)
}

/** Returns the document of roles. */
export function encodeRoles(roles: readonly RoleAssignment[]): Record<string, unknown>[] {
  return roles.map(({ roleId, orgId }) => ({ role_id: roleId, org_id: orgId }))
}
