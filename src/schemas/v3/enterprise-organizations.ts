import { unixSeconds } from '../../base/clock.ts'
import type { SettingsRecord } from '../../resources/settings.ts'
import type { OrganizationResponse } from './contract.ts'

/** Returns the wire form of an organization. */
export function organizationResponse({
  organization: { orgId, name },
  settings,
}: {
  readonly organization: { readonly orgId: string; readonly name: string }
  readonly settings: SettingsRecord
}): OrganizationResponse {
  return {
    org_id: orgId,
    name,
    created_at: unixSeconds(settings.createdAt),
    updated_at: unixSeconds(settings.updatedAt),
    max_cycle_acu_limit: settings.maxCycleAcuLimit,
    max_session_acu_limit: settings.maxSessionAcuLimit,
  }
}
