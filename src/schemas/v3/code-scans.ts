import { unixSeconds } from '../../base/clock.ts'
import type { CodeScanFindingRecord, ReferenceSnippet } from '../../resources/code-scan-findings.ts'
import { type CodeScanProfileRecord, GUIDED_STAGES } from '../../resources/code-scan-profiles.ts'
import type { CodeScanRecord, CodeScanStatus } from '../../resources/code-scans.ts'

// The contract does not describe these bodies. The vendor's reference and SDK do, from which the members are.

/** Returns the wire form of a scan in a state. */
export function codeScanResponse(scan: CodeScanRecord, status: CodeScanStatus, orgId: string) {
  return {
    created_at: unixSeconds(scan.createdAt),
    host: scan.host,
    org_id: orgId,
    profile: scan.profile === null ? null : { name: scan.profile.name, profile_id: scan.profile.id },
    repo_name: scan.repoName,
    scan_id: scan.id,
    status,
  }
}

/** Returns the wire form of a scan that has an Auto Scan. The vendor does not publish it. */
export function autoScanResponse(scan: CodeScanRecord, status: CodeScanStatus, orgId: string) {
  return { ...codeScanResponse(scan, status, orgId), auto_scan: scan.autoScan }
}

/** Returns the wire form of a profile in a list, without its guidance. */
export function profileSummaryResponse(profile: CodeScanProfileRecord, orgId: string) {
  return {
    created_at: unixSeconds(profile.createdAt),
    description: profile.description,
    mode: profile.mode,
    name: profile.name,
    org_id: profile.visibility === 'org' ? orgId : null,
    profile_id: profile.id,
    scan_type: profile.scanType,
    visibility: profile.visibility,
  }
}

/** Returns the wire form of a profile. */
export function profileResponse(profile: CodeScanProfileRecord, orgId: string) {
  return {
    ...profileSummaryResponse(profile, orgId),
    exclude_globs: profile.excludeGlobs,
    include_globs: profile.includeGlobs,
    ...Object.fromEntries(GUIDED_STAGES.map((stage) => [`${stage}_guidance`, profile.guidance[stage]])),
  }
}

/** The wire form of a finding. */
export interface CodeScanFindingResponse {
  readonly category: string | null
  readonly code_owners: readonly string[]
  readonly created_at: number
  readonly description: string | null
  readonly finding_id: string
  readonly note: string | null
  readonly orchestrator_session_id: string | null
  readonly pr_url: string | null
  readonly recommendation: string | null
  readonly reference_snippets: readonly ReferenceSnippet[]
  readonly related_finding_ids: readonly string[]
  readonly repo_name: string
  readonly scan_id: string
  readonly session_id: string | null
  readonly severity: CodeScanFindingRecord['severity']
  readonly status: CodeScanFindingRecord['status']
  readonly title: string | null
}

/** Returns the wire form of a finding that a scan has reported. */
export function findingResponse(
  finding: CodeScanFindingRecord,
  { scanId, createdAt }: { readonly scanId: string; readonly createdAt: number },
): CodeScanFindingResponse {
  return {
    category: finding.category,
    code_owners: finding.codeOwners,
    created_at: unixSeconds(createdAt),
    description: finding.description,
    finding_id: finding.id,
    note: finding.note,
    orchestrator_session_id: finding.orchestratorId,
    pr_url: finding.prUrl,
    recommendation: finding.recommendation,
    reference_snippets: finding.snippets,
    related_finding_ids: finding.relatedIds,
    repo_name: finding.repoName,
    scan_id: scanId,
    session_id: finding.sessionId,
    severity: finding.severity,
    status: finding.status,
    title: finding.title,
  }
}

/** What came of scans: their findings, and the pull requests that remediate them. Durations are in microseconds. */
interface Metrics {
  readonly scans: number
  readonly repositories: number
  readonly open: Readonly<Record<CodeScanFindingRecord['severity'], number>>
  readonly pullRequests: Readonly<Record<'open' | 'merged' | 'closed', number>>
  readonly averageOpen: number | null
  readonly averageToMerge: number | null
}

/** Returns the wire form of the metrics of scans. */
export function codeScanMetricsResponse({
  scans,
  repositories,
  open,
  pullRequests,
  averageOpen,
  averageToMerge,
}: Metrics) {
  const seconds = (duration: number | null) => (duration === null ? null : duration / 1_000_000)
  return {
    avg_pr_open_duration_seconds: seconds(averageOpen),
    avg_pr_time_to_merge_seconds: seconds(averageToMerge),
    open_critical_findings_count: open.critical,
    open_high_findings_count: open.high,
    open_low_findings_count: open.low,
    open_medium_findings_count: open.medium,
    prs_closed_count: pullRequests.closed,
    prs_created_count: pullRequests.open + pullRequests.merged + pullRequests.closed,
    prs_merged_count: pullRequests.merged,
    prs_open_count: pullRequests.open,
    repos_scanned_count: repositories,
    scans_count: scans,
  }
}
