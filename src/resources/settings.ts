import { Type } from '@sinclair/typebox'
import { formatInstant } from '../base/clock.ts'
import { isNetwork } from '../fastapi/networks.ts'
import { Nullable } from '../schemas/types.ts'
import type { StoredRecord } from '../store/types.ts'
import { createdAtOf, defineResource, MaybeText, RecordId, StrictObject, Text, Time } from './resource.ts'

/** A group of organizations that share a limit. */
export interface OrganizationGroup {
  readonly orgIds: readonly string[]
  /** The maximum number of ACUs of the group in a billing cycle; null for no limit. */
  readonly maxCycleAcus: number | null
}

/**
 * The settings of an organization, or of the enterprise. There is at most one record, which the first change creates. Members that
 * concern only the enterprise are empty in organizations, and vice versa.
 */
export interface SettingsRecord extends StoredRecord {
  readonly id: typeof SETTINGS_ID
  /** Microseconds since the epoch. */
  readonly createdAt: number
  /** Microseconds since the epoch. */
  readonly updatedAt: number
  /** The maximum number of ACUs in a billing cycle, as it is set with the organization; null for no limit. */
  readonly maxCycleAcuLimit: number | null
  /** The maximum number of ACUs of a session; null for no limit. */
  readonly maxSessionAcuLimit: number | null
  /** The maximum number of ACUs in a billing cycle, as it is set on its own; null for no limit. */
  readonly cycleAcuLimit: number | null
  /** The tags that the enterprise has registered for the sessions of the organization. */
  readonly allowedTags: readonly string[]
  readonly defaultTag: string | null
  /** The CIDR ranges from which the enterprise may be used; empty for everywhere. */
  readonly ipRanges: readonly string[]
  /** The groups of organizations by name. */
  readonly groups: Readonly<Record<string, OrganizationGroup>>
}

/** The id of the only record of settings. */
export const SETTINGS_ID = 'settings'

/** The maximum number of IP ranges. The vendor publishes none. */
export const IP_RANGES_MAX = 1_000

/** The maximum number of tags that can be allowed. The vendor publishes none. */
export const ALLOWED_TAGS_MAX = 1_000

/** The maximum number of groups, and of organizations in them. The vendor publishes none. */
export const GROUPED_ORGANIZATIONS_MAX = 10_000

/** Returns the reason why groups cannot be: an organization in two of them, or too many; undefined without one. */
export function flawOfGroups(groups: Readonly<Record<string, OrganizationGroup>>): string | undefined {
  const orgIds = Object.values(groups).flatMap((group) => group.orgIds)
  if (orgIds.length + Object.keys(groups).length > GROUPED_ORGANIZATIONS_MAX) {
    return `There can be at most ${GROUPED_ORGANIZATIONS_MAX} groups and organizations in them`
  }
  const seen = new Set<string>()
  for (const orgId of orgIds) {
    if (seen.has(orgId)) return `Organization ${orgId} is in more than one group`
    seen.add(orgId)
  }
  return undefined
}

/** The maximum number of ACUs of a session in an organization that is created without one. */
export const DEFAULT_SESSION_ACU_LIMIT = 100

const Limit = Type.Optional(Nullable(Type.Number()))
const Texts = (maxItems: number) => Type.Optional(Type.Array(Text, { maxItems }))

/** The settings: at most one entry. */
export const settings = defineResource({
  name: 'settings',
  document: StrictObject({
    id: RecordId,
    /** The maximum number of ACUs in a billing cycle, as it is set with the organization; null for no limit. Default: null. */
    max_cycle_acu_limit: Limit,
    /** The maximum number of ACUs of a session; null for no limit. Default: null. */
    max_session_acu_limit: Limit,
    /** The maximum number of ACUs in a billing cycle, as it is set on its own; null for no limit. Default: null. */
    cycle_acu_limit: Limit,
    /** The tags that the enterprise allows for the sessions of the organization. Default: none. */
    allowed_tags: Texts(ALLOWED_TAGS_MAX),
    /** The tag of sessions that get no other, one of `allowed_tags`; null for none. Default: null. */
    default_tag: MaybeText,
    /** The CIDR ranges from which the enterprise may be used; empty for everywhere. Default: empty. */
    ip_ranges: Texts(IP_RANGES_MAX),
    /** The groups of organizations that share a limit, by name. Default: none. */
    groups: Type.Optional(
      Type.Record(
        Type.String(),
        StrictObject({
          /** The organizations of the group. */
          org_ids: Type.Array(Text),
          /** The maximum number of ACUs of the group in a billing cycle; null for no limit. Default: null. */
          max_cycle_acus: Limit,
        }),
      ),
    ),
    created_at: Time,
    updated_at: Time,
  }),
  encode: (record: SettingsRecord) => ({
    id: record.id,
    max_cycle_acu_limit: record.maxCycleAcuLimit,
    max_session_acu_limit: record.maxSessionAcuLimit,
    cycle_acu_limit: record.cycleAcuLimit,
    allowed_tags: record.allowedTags,
    default_tag: record.defaultTag,
    ip_ranges: record.ipRanges,
    groups: Object.fromEntries(
      Object.entries(record.groups).map(([name, { orgIds, maxCycleAcus }]) => [
        name,
        { org_ids: orgIds, max_cycle_acus: maxCycleAcus },
      ]),
    ),
    created_at: formatInstant(record.createdAt),
    updated_at: formatInstant(record.updatedAt),
  }),
  decode: (document, defaults, reader): SettingsRecord => {
    if ((document.id ?? SETTINGS_ID) !== SETTINGS_ID) reader.reject(['id'], `must be "${SETTINGS_ID}"`)
    const createdAt = createdAtOf(document, defaults, reader)
    const groups = Object.fromEntries(
      Object.entries(document.groups ?? {}).map(
        ([name, { org_ids: orgIds, max_cycle_acus: maxCycleAcus = null }]) => [
          name,
          { orgIds, maxCycleAcus },
        ],
      ),
    )
    const allowedTags = [...new Set(document.allowed_tags)].sort()
    const defaultTag = document.default_tag ?? null
    const flaw = flawOfGroups(groups)
    if (flaw !== undefined) reader.reject(['groups'], flaw)
    if (defaultTag !== null && !allowedTags.includes(defaultTag)) {
      reader.reject(['default_tag'], 'must be one of allowed_tags')
    }
    reader.each('ip_ranges', document.ip_ranges, (range) => {
      if (!isNetwork(range)) reader.reject([], 'neither an IP address nor a network')
    })
    return {
      id: SETTINGS_ID,
      createdAt,
      updatedAt: reader.instant(['updated_at'], document.updated_at, createdAt),
      maxCycleAcuLimit: document.max_cycle_acu_limit ?? null,
      maxSessionAcuLimit: document.max_session_acu_limit ?? null,
      cycleAcuLimit: document.cycle_acu_limit ?? null,
      allowedTags,
      defaultTag,
      ipRanges: document.ip_ranges ?? [],
      groups,
    }
  },
})
