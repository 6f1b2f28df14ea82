import { ENTERPRISE_ID } from '../../auth/principal.ts'

/** Returns the members of a record that tell what it belongs to: an organization, or the enterprise, which has no id there. */
export function accessOf(orgId: string): { access_type: 'org' | 'enterprise'; org_id: string | null } {
  return orgId === ENTERPRISE_ID
    ? { access_type: 'enterprise', org_id: null }
    : { access_type: 'org', org_id: orgId }
}
