import { Type } from '@sinclair/typebox'
import { formatInstant } from '../base/clock.ts'
import { StringEnum } from '../schemas/types.ts'
import type { StoredRecord } from '../store/types.ts'
import {
  createdAtOf,
  defineResource,
  MaybeText,
  MaybeTexts,
  RecordId,
  StrictObject,
  Text,
  Time,
} from './resource.ts'

/** What a code scan can look for. */
export const SCAN_TYPES = [
  'security',
  'performance',
  'db-queries',
  'test-coverage',
  'dead-code',
  'code-quality',
  'telemetry',
  'accessibility',
  'general',
  'migration-docs',
] as const

/** What a code scan looks for. */
export type ScanType = (typeof SCAN_TYPES)[number]

/** The stages of a scan for which a profile has a text of guidance, in the order of the wire form. */
export const GUIDED_STAGES = [
  'ingestion_source',
  'investigation',
  'post_ingestion',
  'remediation',
  'report',
  'threat_model',
  'triage',
  'validation',
] as const

/** A stage of a scan. */
export type GuidedStage = (typeof GUIDED_STAGES)[number]

/** A profile that a code scan can run under. The API of an organization cannot create one; a seed can. */
export interface CodeScanProfileRecord extends StoredRecord {
  readonly name: string
  readonly description: string | null
  readonly mode: 'discover' | 'ingest'
  readonly scanType: ScanType
  /** `account` if all organizations of the account share it. */
  readonly visibility: 'org' | 'account'
  readonly includeGlobs: readonly string[] | null
  readonly excludeGlobs: readonly string[] | null
  readonly guidance: Readonly<Record<GuidedStage, string | null>>
  /** Microseconds since the epoch. */
  readonly createdAt: number
}

/** The profiles that code scans can run under. */
export const codeScanProfiles = defineResource({
  name: 'code_scan_profiles',
  document: StrictObject({
    id: RecordId,
    /** The name. */
    name: Text,
    /** What it is for; null for nothing. Default: null. */
    description: MaybeText,
    /** Whether a scan looks for findings or takes them from elsewhere. Default: `discover`. */
    mode: Type.Optional(StringEnum(['discover', 'ingest'])),
    /** What a scan looks for. Default: `security`. */
    scan_type: Type.Optional(StringEnum(SCAN_TYPES)),
    /** Whether all organizations of the account share it. Default: `org`. */
    visibility: Type.Optional(StringEnum(['org', 'account'])),
    /** The files to scan; null for all. Default: null. */
    include_globs: MaybeTexts,
    /** The files to leave out; null for none. Default: null. */
    exclude_globs: MaybeTexts,
    /** Instructions for the stages of a scan. Default: none. */
    guidance: Type.Optional(
      StrictObject({
        /** For taking in the source. Default: null. */
        ingestion_source: MaybeText,
        /** For the investigation. Default: null. */
        investigation: MaybeText,
        /** For what follows on taking in the source. Default: null. */
        post_ingestion: MaybeText,
        /** For the remediation. Default: null. */
        remediation: MaybeText,
        /** For the report. Default: null. */
        report: MaybeText,
        /** For the threat model. Default: null. */
        threat_model: MaybeText,
        /** For the triage. Default: null. */
        triage: MaybeText,
        /** For the validation. Default: null. */
        validation: MaybeText,
      }),
    ),
    created_at: Time,
  }),
  encode: (profile: CodeScanProfileRecord) => ({
    id: profile.id,
    name: profile.name,
    description: profile.description,
    mode: profile.mode,
    scan_type: profile.scanType,
    visibility: profile.visibility,
    include_globs: profile.includeGlobs,
    exclude_globs: profile.excludeGlobs,
    guidance: profile.guidance,
    created_at: formatInstant(profile.createdAt),
  }),
  decode: (profile, defaults, reader) => ({
    id: profile.id ?? `csprof-${defaults.ids.hex()}`,
    name: profile.name,
    description: profile.description ?? null,
    mode: profile.mode ?? 'discover',
    scanType: profile.scan_type ?? 'security',
    visibility: profile.visibility ?? 'org',
    includeGlobs: profile.include_globs ?? null,
    excludeGlobs: profile.exclude_globs ?? null,
    guidance: byStage((stage) => profile.guidance?.[stage] ?? null),
    createdAt: createdAtOf(profile, defaults, reader),
  }),
})

function byStage<Value>(value: (stage: GuidedStage) => Value): Record<GuidedStage, Value> {
  return Object.fromEntries(GUIDED_STAGES.map((stage) => [stage, value(stage)])) as Record<GuidedStage, Value>
}
