import { SETTINGS_ID, type SettingsRecord } from '../resources/settings.ts'
import { changeOrCreate } from './change-or-create.ts'
import type { Organization } from './organizations.ts'

/** Returns the settings of an organization, or of the enterprise. */
export async function settingsOf(organization: Organization): Promise<SettingsRecord> {
  return (await organization.settings.get(SETTINGS_ID)) ?? newSettings(organization)
}

/** Changes settings. `change` returns the members that change, and may throw to change nothing. */
export async function changeSettings(
  organization: Organization,
  change: (before: SettingsRecord) => Partial<SettingsRecord>,
): Promise<SettingsRecord> {
  const { settings, clock } = organization
  return changeOrCreate<SettingsRecord>(settings, newSettings(organization), (before) => ({
    ...before,
    ...change(before),
    updatedAt: clock.now(),
  }))
}

function newSettings({ openedAt }: Organization): SettingsRecord {
  return {
    id: SETTINGS_ID,
    createdAt: openedAt,
    updatedAt: openedAt,
    maxCycleAcuLimit: null,
    maxSessionAcuLimit: null,
    cycleAcuLimit: null,
    allowedTags: [],
    defaultTag: null,
    ipRanges: [],
    groups: {},
  }
}
