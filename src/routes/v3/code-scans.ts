import { DAY_MICROS } from '../../base/periods.ts'
import { HttpException } from '../../fastapi/errors.ts'
import { QueryParameters } from '../../fastapi/query.ts'
import { codeScanMetrics } from '../../organization/code-scan-metrics.ts'
import {
  codeScanStatus,
  getCodeScan,
  getCodeScanProfile,
  type Reported,
  reassignProfile,
  reportedFindings,
  scheduleAutoScan,
  startCodeScan,
} from '../../organization/code-scans.ts'
import type { Organization } from '../../organization/organizations.ts'
import type { CodeScanFindingRecord } from '../../resources/code-scan-findings.ts'
import { SCAN_TYPES, type ScanType } from '../../resources/code-scan-profiles.ts'
import type { CodeScanRecord } from '../../resources/code-scans.ts'
import {
  autoScanResponse,
  codeScanMetricsResponse,
  codeScanResponse,
  findingResponse,
  profileResponse,
  profileSummaryResponse,
} from '../../schemas/v3/code-scans.ts'
import { cursorPage } from './pages.ts'
import { timeRange } from './time-range.ts'
import type { V3Routes } from './types.ts'

/** The code scans of an organization. The contract describes neither their bodies nor the filters of the lists. */
export const codeScansRoutes = {
  // POST /v3/organizations/{org_id}/code-scans
  'POST /v3/organizations/{org_id}/code-scans': {
    permission: 'UseCodeScans',
    handle: async ({ organization, principal, body }) => {
      const repoName = optionalText(body, 'repo_name')
      if (repoName === null) throw invalid('repo_name', 'Field required')
      const scan = await startCodeScan(organization, principal, {
        repoName,
        host: optionalText(body, 'host'),
        profileId: optionalText(body, 'profile_id'),
        scanType: scanTypeOf(optionalText(body, 'scan_type')),
        commitSha: optionalText(body, 'commit_sha'),
      })
      return showScan(organization, scan)
    },
  },

  // GET /v3/organizations/{org_id}/code-scans/findings
  'GET /v3/organizations/{org_id}/code-scans/findings': {
    permission: 'ViewCodeScans',
    handle: async ({ organization, query, originalUrl }) => {
      const reported = await reportedFindings(organization)
      const isSelected = findingFilter(QueryParameters.in(originalUrl))
      return cursorPage({
        list: 'code-scan-findings',
        organization,
        records: organization.codeScanFindings,
        query,
        order: 'newest',
        where: (finding) => isSelected(finding, reported(finding)?.scanId),
        // Only reported findings are selected.
        show: (finding) => findingResponse(finding, reported(finding) as Reported),
      })
    },
  },

  // GET /v3/organizations/{org_id}/code-scans/metrics
  'GET /v3/organizations/{org_id}/code-scans/metrics': {
    permission: 'ViewCodeScans',
    handle: async ({ organization, query }) => {
      const range = timeRange(query)
      if (range.after >= range.before) throw new HttpException(400, 'time_after must be before time_before')
      if (range.before - range.after > METRICS_SPAN_MAX_MICROS) {
        throw new HttpException(400, 'The time range must be 100 days or less')
      }
      return codeScanMetricsResponse(await codeScanMetrics(organization, range))
    },
  },

  // GET /v3/organizations/{org_id}/code-scans/profiles
  'GET /v3/organizations/{org_id}/code-scans/profiles': {
    permission: 'ViewCodeScans',
    handle: async ({ organization, query }) =>
      cursorPage({
        list: 'code-scan-profiles',
        organization,
        records: organization.codeScanProfiles,
        query,
        order: 'newest',
        show: (profile) => profileSummaryResponse(profile, organization.orgId),
      }),
  },

  // GET /v3/organizations/{org_id}/code-scans/profiles/{profile_id}
  'GET /v3/organizations/{org_id}/code-scans/profiles/{profile_id}': {
    permission: 'ViewCodeScans',
    handle: async ({ organization, params }) =>
      profileResponse(await getCodeScanProfile(organization, params.profile_id), organization.orgId),
  },

  // GET /v3/organizations/{org_id}/code-scans/{scan_id}
  'GET /v3/organizations/{org_id}/code-scans/{scan_id}': {
    permission: 'ViewCodeScans',
    handle: async ({ organization, params, originalUrl }) =>
      // The vendor's reference has GET …/code-scans/scans, which lists the scans. The contract has it as the scan with that id.
      params.scan_id === 'scans'
        ? listScans(organization, QueryParameters.in(originalUrl))
        : showScan(organization, await getCodeScan(organization, params.scan_id)),
  },

  // POST /v3/organizations/{org_id}/code-scans/{scan_id}/auto-scan
  'POST /v3/organizations/{org_id}/code-scans/{scan_id}/auto-scan': {
    permission: 'UseCodeScans',
    handle: async ({ organization, principal, params, body }) => {
      const scan = await scheduleAutoScan(organization, principal, params.scan_id, body)
      return autoScanResponse(scan, codeScanStatus(organization, scan), organization.orgId)
    },
  },

  // PUT /v3/organizations/{org_id}/code-scans/{scan_id}/profile
  'PUT /v3/organizations/{org_id}/code-scans/{scan_id}/profile': {
    permission: 'UseCodeScans',
    handle: async ({ organization, principal, params, body }) => {
      if (!Object.hasOwn(body, 'profile_id')) throw invalid('profile_id', 'Field required')
      const profileId = optionalText(body, 'profile_id')
      return showScan(organization, await reassignProfile(organization, principal, params.scan_id, profileId))
    },
  },
} satisfies V3Routes

const METRICS_SPAN_MAX_MICROS = 100 * DAY_MICROS

const FIRST_DEFAULT = 100

function showScan(organization: Organization, scan: CodeScanRecord) {
  return codeScanResponse(scan, codeScanStatus(organization, scan), organization.orgId)
}

/** Returns a page of scans, newest first. */
async function listScans(organization: Organization, query: QueryParameters) {
  const repoName = query.last('repo_name')
  const first = Number(query.last('first') ?? FIRST_DEFAULT)
  return cursorPage({
    list: 'code-scans',
    organization,
    records: organization.codeScans,
    query: { after: query.last('after') ?? null, first: Number.isNaN(first) ? FIRST_DEFAULT : first },
    order: 'newest',
    where: (scan) => repoName === undefined || scan.repoName === repoName,
    show: (scan) => showScan(organization, scan),
  })
}

/** Returns a function that tells whether a query selects a finding that a scan has reported. */
function findingFilter(query: QueryParameters) {
  const scan = query.last('scan_id')
  const repoName = query.last('repo_name')
  const severities = query.all('severity')
  const statuses = query.all('status')
  return (finding: CodeScanFindingRecord, scanId: string | undefined): boolean =>
    scanId !== undefined &&
    (scan === undefined || scanId === scan) &&
    (repoName === undefined || finding.repoName === repoName) &&
    (severities.length === 0 || severities.includes(finding.severity)) &&
    (statuses.length === 0 || statuses.includes(finding.status))
}

/** Returns a member of a body that is a text; null if it is missing or null. */
function optionalText(body: Readonly<Record<string, unknown>>, name: string): string | null {
  const value = body[name]
  if (value === undefined || value === null) return null
  if (typeof value !== 'string' || value === '') throw invalid(name, 'Input should be a valid string')
  return value
}

function scanTypeOf(text: string | null): ScanType | null {
  const type = SCAN_TYPES.find((one) => one === text)
  if (text !== null && type === undefined)
    throw invalid('scan_type', `Input should be ${SCAN_TYPES.join(', ')}`)
  return type ?? null
}

/** Returns the 422 for a member of a body. It has no `errors`, because the contract takes any object. */
function invalid(name: string, reason: string): HttpException {
  return new HttpException(422, `${name}: ${reason}`)
}
