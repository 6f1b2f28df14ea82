import type { CodeScanFindingRecord } from '../resources/code-scan-findings.ts'
import type { TimeRange } from '../simulation/consumption.ts'
import { type DatedPullRequest, datedPullRequests } from '../simulation/pull-requests.ts'
import { reportedFindings } from './code-scans.ts'
import type { Organization } from './organizations.ts'
import { sessionId } from './sessions.ts'

/** The results of the scans of a time range. Durations are in microseconds, or null without pull requests. */
export interface CodeScanMetrics {
  readonly scans: number
  readonly repositories: number
  /** The open findings by severity. */
  readonly open: Readonly<Record<CodeScanFindingRecord['severity'], number>>
  /** The pull requests that remediate findings, by state. */
  readonly pullRequests: Readonly<Record<DatedPullRequest['state'], number>>
  readonly averageOpen: number | null
  readonly averageToMerge: number | null
}

/** Returns the results of the scans that were started in a time range. */
export async function codeScanMetrics(
  organization: Organization,
  { after, before }: TimeRange,
): Promise<CodeScanMetrics> {
  const scans = await organization.codeScans.list({
    where: ({ createdAt }) => createdAt >= after && createdAt < before,
  })
  const scanIds = new Set(scans.map((scan) => scan.id))
  const reported = await reportedFindings(organization)
  const findings = await organization.codeScanFindings.list({
    where: (finding) => scanIds.has(reported(finding)?.scanId ?? ''),
  })
  const open = { critical: 0, high: 0, medium: 0, low: 0 }
  for (const { status, severity } of findings) if (status === 'open') open[severity]++
  const pullRequests = await remediations(organization, findings)
  const states = { open: 0, merged: 0, closed: 0 }
  for (const { state } of pullRequests) states[state]++
  const now = organization.clock.now()
  const age = ({ openedAt, settledAt }: DatedPullRequest) => (settledAt ?? now) - openedAt
  return {
    scans: scans.length,
    repositories: new Set(scans.map((scan) => scan.repoName)).size,
    open,
    pullRequests: states,
    averageOpen: average(pullRequests.map(age)),
    averageToMerge: average(pullRequests.filter(({ state }) => state === 'merged').map(age)),
  }
}

/** Returns the pull requests of findings, each once. One that no session has opened counts as open since its finding was created. */
async function remediations(
  { sessions, clock }: Organization,
  findings: readonly CodeScanFindingRecord[],
): Promise<DatedPullRequest[]> {
  const byUrl = new Map<string, DatedPullRequest>()
  for (const { prUrl: url, sessionId: id, createdAt: openedAt } of findings) {
    if (url === null || byUrl.has(url)) continue
    const session = id === null ? undefined : await sessions.get(sessionId(id))
    const dated = session === undefined ? [] : datedPullRequests(session, clock.now(), clock.instant)
    const known = dated.find((one) => one.url === url)
    byUrl.set(url, known ?? { url, state: 'open', openedAt, settledAt: null })
  }
  return [...byUrl.values()]
}

function average(durations: readonly number[]): number | null {
  if (durations.length === 0) return null
  return durations.reduce((sum, duration) => sum + duration, 0) / durations.length
}
