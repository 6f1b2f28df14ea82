import { Type } from '@sinclair/typebox'
import { formatInstant } from '../base/clock.ts'
import { Nullable, StringEnum } from '../schemas/types.ts'
import type { StoredRecord } from '../store/types.ts'
import { createdAtOf, defineResource, Id, MaybeText, RecordId, StrictObject, Text, Time } from './resource.ts'

/** The severities of findings, highest first. */
const SEVERITIES = ['critical', 'high', 'medium', 'low'] as const

/** A place in the code that supports a finding. */
export interface ReferenceSnippet {
  readonly commentary: string | null
  readonly end_line: number
  readonly file_path: string
  readonly start_line: number
  readonly code: string | null
}

/** A finding of a code scan. The fake analyzes no code, so findings come from seeds and state documents only. */
export interface CodeScanFindingRecord extends StoredRecord {
  /** The scan that reported it; null for the newest completed scan of the repository. */
  readonly scanId: string | null
  /** `owner/repo` */
  readonly repoName: string
  readonly severity: (typeof SEVERITIES)[number]
  readonly status: 'open' | 'dismissed' | 'resolved'
  readonly title: string | null
  readonly category: string | null
  readonly description: string | null
  readonly recommendation: string | null
  readonly note: string | null
  readonly codeOwners: readonly string[]
  readonly snippets: readonly ReferenceSnippet[]
  readonly relatedIds: readonly string[]
  /** The session that remediated it. */
  readonly sessionId: string | null
  /** The session that ran the scan. */
  readonly orchestratorId: string | null
  /** The pull request that remediates it. */
  readonly prUrl: string | null
  /** Microseconds since the epoch. */
  readonly createdAt: number
}

const Line = Type.Integer({ minimum: 0, maximum: 1e9 })
const Texts = Type.Optional(Type.Array(Text))

/** The findings of code scans. */
export const codeScanFindings = defineResource({
  name: 'code_scan_findings',
  document: StrictObject({
    id: RecordId,
    /** The scan that reported it; null for the newest completed one of the repository. Default: null. */
    scan_id: Type.Optional(Nullable(Id)),
    /** The repository: `owner/repo`. */
    repo_name: Text,
    /** How severe it is. Default: `medium`. */
    severity: Type.Optional(StringEnum(SEVERITIES)),
    /** Whether it is still to be dealt with. Default: `open`. */
    status: Type.Optional(StringEnum(['open', 'dismissed', 'resolved'])),
    /** The title. Default: null. */
    title: MaybeText,
    /** The category. Default: null. */
    category: MaybeText,
    /** What was found. Default: null. */
    description: MaybeText,
    /** What to do about it. Default: null. */
    recommendation: MaybeText,
    /** A note of a user. Default: null. */
    note: MaybeText,
    /** The owners of the code. Default: none. */
    code_owners: Texts,
    /** The places in the code that support it. Default: none. */
    reference_snippets: Type.Optional(
      Type.Array(
        StrictObject({
          /** What the place shows. Default: null. */
          commentary: MaybeText,
          /** The last line. */
          end_line: Line,
          /** The path of the file. */
          file_path: Text,
          /** The first line. */
          start_line: Line,
          /** The code. Default: null. */
          code: MaybeText,
        }),
      ),
    ),
    /** The ids of related findings. Default: none. */
    related_finding_ids: Texts,
    /** The session that remediated it; null for none. Default: null. */
    session_id: MaybeText,
    /** The session that ran the scan; null if it is not known. Default: null. */
    orchestrator_session_id: MaybeText,
    /** The URL of the pull request that remediates it; null for none. Default: null. */
    pr_url: MaybeText,
    created_at: Time,
  }),
  encode: (finding: CodeScanFindingRecord) => ({
    id: finding.id,
    scan_id: finding.scanId,
    repo_name: finding.repoName,
    severity: finding.severity,
    status: finding.status,
    title: finding.title,
    category: finding.category,
    description: finding.description,
    recommendation: finding.recommendation,
    note: finding.note,
    code_owners: finding.codeOwners,
    reference_snippets: finding.snippets,
    related_finding_ids: finding.relatedIds,
    session_id: finding.sessionId,
    orchestrator_session_id: finding.orchestratorId,
    pr_url: finding.prUrl,
    created_at: formatInstant(finding.createdAt),
  }),
  decode: (finding, defaults, reader) => ({
    id: finding.id ?? `finding-${defaults.ids.hex()}`,
    scanId: finding.scan_id ?? null,
    repoName: finding.repo_name,
    severity: finding.severity ?? 'medium',
    status: finding.status ?? 'open',
    title: finding.title ?? null,
    category: finding.category ?? null,
    description: finding.description ?? null,
    recommendation: finding.recommendation ?? null,
    note: finding.note ?? null,
    codeOwners: finding.code_owners ?? [],
    snippets: (finding.reference_snippets ?? []).map(({ commentary = null, code = null, ...snippet }) => ({
      commentary,
      end_line: snippet.end_line,
      file_path: snippet.file_path,
      start_line: snippet.start_line,
      code,
    })),
    relatedIds: finding.related_finding_ids ?? [],
    sessionId: finding.session_id ?? null,
    orchestratorId: finding.orchestrator_session_id ?? null,
    prUrl: finding.pr_url ?? null,
    createdAt: createdAtOf(finding, defaults, reader),
  }),
})
