import { Type } from '@sinclair/typebox'
import type { Actor } from '../auth/principal.ts'
import { formatInstant } from '../base/clock.ts'
import { AnyObject, Nullable, StringEnum } from '../schemas/types.ts'
import { type NotJsonError, toJson } from '../simulation/to-json.ts'
import type { StoredRecord } from '../store/types.ts'
import { SCAN_TYPES, type ScanType } from './code-scan-profiles.ts'
import type { DocumentReader } from './document-reader.ts'
import {
  createdAtOf,
  defineResource,
  Id,
  MaybeActor,
  MaybeText,
  RecordId,
  StrictObject,
  Text,
  Time,
} from './resource.ts'

/** The states of a code scan. */
const CODE_SCAN_STATUSES = [
  'waiting',
  'pending',
  'running',
  'awaiting_user_input',
  'completed',
  'failed',
  'cancelled',
] as const

/** The state of a code scan. */
export type CodeScanStatus = (typeof CODE_SCAN_STATUSES)[number]

/** A scan of a repository. */
export interface CodeScanRecord extends StoredRecord {
  /** `owner/repo` */
  readonly repoName: string
  /** The host of the repository. */
  readonly host: string | null
  readonly scanType: ScanType
  readonly commitSha: string | null
  /** The profile at the time it was assigned. */
  readonly profile: { readonly id: string; readonly name: string } | null
  /** The status that the scan keeps; null if it follows from the clock. */
  readonly status: CodeScanStatus | null
  /** The settings of its Auto Scan, as sent; null if there is none. */
  readonly autoScan: Readonly<Record<string, unknown>> | null
  /** Microseconds since the epoch. */
  readonly createdAt: number
  readonly createdBy: Actor | null
}

/** The code scans. */
export const codeScans = defineResource({
  name: 'code_scans',
  document: StrictObject({
    id: RecordId,
    /** The repository: `owner/repo`. */
    repo_name: Text,
    /** The host of the repository; null for none given. Default: null. */
    host: MaybeText,
    /** What it looks for. Default: `security`. */
    scan_type: Type.Optional(StringEnum(SCAN_TYPES)),
    /** The commit to scan; null for the newest. Default: null. */
    commit_sha: MaybeText,
    /** The profile at the time it was assigned; null for none. Default: null. */
    profile: Type.Optional(
      Nullable(
        StrictObject({
          /** Its id. */
          id: Id,
          /** Its name. */
          name: Text,
        }),
      ),
    ),
    /** The status that it keeps; null if it follows from the clock. Default: null. */
    status: Type.Optional(Nullable(StringEnum(CODE_SCAN_STATUSES))),
    /** The settings of its Auto Scan, as the API takes them; null for none. Default: null. */
    auto_scan: Type.Optional(Nullable(AnyObject())),
    created_at: Time,
    created_by: MaybeActor,
  }),
  encode: (scan: CodeScanRecord) => ({
    id: scan.id,
    repo_name: scan.repoName,
    host: scan.host,
    scan_type: scan.scanType,
    commit_sha: scan.commitSha,
    profile: scan.profile,
    status: scan.status,
    auto_scan: scan.autoScan,
    created_at: formatInstant(scan.createdAt),
    created_by: scan.createdBy,
  }),
  decode: (scan, defaults, reader) => ({
    id: scan.id ?? `scan-${defaults.ids.hex()}`,
    repoName: scan.repo_name,
    host: scan.host ?? null,
    scanType: scan.scan_type ?? 'security',
    commitSha: scan.commit_sha ?? null,
    profile: scan.profile ?? null,
    status: scan.status ?? null,
    autoScan: scan.auto_scan == null ? null : plainSettings(scan.auto_scan, reader),
    createdAt: createdAtOf(scan, defaults, reader),
    createdBy: scan.created_by ?? null,
  }),
})

function plainSettings(
  settings: Readonly<Record<string, unknown>>,
  reader: DocumentReader,
): Readonly<Record<string, unknown>> {
  try {
    return toJson(settings) as Record<string, unknown>
  } catch (error) {
    reader.reject(['auto_scan'], (error as NotJsonError).message)
    return {}
  }
}
