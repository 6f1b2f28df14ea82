import type { Principal } from '../auth/principal.ts'
import type { CodeScanFindingRecord } from '../resources/code-scan-findings.ts'
import type { CodeScanProfileRecord, ScanType } from '../resources/code-scan-profiles.ts'
import type { CodeScanRecord, CodeScanStatus } from '../resources/code-scans.ts'
import { found, Impossible, NotFound, plainBody } from './errors.ts'
import type { Organization } from './organizations.ts'

/** The fields of a new code scan. */
export interface NewCodeScan {
  readonly repoName: string
  readonly host: string | null
  readonly profileId: string | null
  /** Default: that of the profile, or else `security`. */
  readonly scanType: ScanType | null
  readonly commitSha: string | null
}

/** The time until a scan is picked up, in microseconds. */
const PICKED_UP_MICROS = 10_000_000

/** The time until a scan is completed, in microseconds. */
const COMPLETED_MICROS = 300_000_000

/** Returns the state of a scan, which follows from its age unless a seed has set it. */
export function codeScanStatus(
  { clock }: Pick<Organization, 'clock'>,
  { status, createdAt }: CodeScanRecord,
): CodeScanStatus {
  if (status !== null) return status
  const age = clock.now() - createdAt
  if (clock.instant || age >= COMPLETED_MICROS) return 'completed'
  return age < PICKED_UP_MICROS ? 'pending' : 'running'
}

/** Starts a scan. Throws {@link NotFound} for an unknown profile, and {@link Impossible} if the scan type does not fit it. */
export async function startCodeScan(
  organization: Organization,
  principal: Principal,
  { repoName, host, profileId, scanType, commitSha }: NewCodeScan,
): Promise<CodeScanRecord> {
  const { codeScans, ids, clock, auditLog } = organization
  const profile = profileId === null ? null : await getCodeScanProfile(organization, profileId)
  const scan: CodeScanRecord = {
    id: `scan-${ids.hex()}`,
    repoName: repoName.toWellFormed(),
    host: host?.toWellFormed() ?? null,
    scanType: checkedType(scanType, profile),
    commitSha: commitSha?.toWellFormed() ?? null,
    profile: assigned(profile),
    status: null,
    autoScan: null,
    createdAt: clock.now(),
    createdBy: principal.actor,
  }
  await codeScans.insert(scan)
  auditLog.write(principal, 'start_code_scan', scan.id)
  return scan
}

function checkedType(scanType: ScanType | null, profile: CodeScanProfileRecord | null): ScanType {
  if (profile === null) {
    if (scanType === null || scanType === 'security') return 'security'
    throw new Impossible(`A scan of the type ${scanType} needs a profile`)
  }
  if (profile.mode === 'ingest') throw new Impossible('A profile of the mode ingest needs an ingestion scan')
  if (scanType === null || scanType === profile.scanType) return profile.scanType
  throw new Impossible(`The profile is for scans of the type ${profile.scanType}`)
}

function assigned(profile: CodeScanProfileRecord | null): CodeScanRecord['profile'] {
  return profile === null ? null : { id: profile.id, name: profile.name }
}

/** Returns a scan. Throws {@link NotFound}. */
export async function getCodeScan({ codeScans }: Organization, id: string): Promise<CodeScanRecord> {
  return found(await codeScans.get(id), 'code_scan')
}

/** Returns a profile. Throws {@link NotFound}. */
export async function getCodeScanProfile(
  { codeScanProfiles }: Organization,
  id: string,
): Promise<CodeScanProfileRecord> {
  return found(await codeScanProfiles.get(id), 'code_scan_profile')
}

/** Assigns a profile to a scan, or none. Throws {@link NotFound} for an unknown scan or profile. */
export async function reassignProfile(
  organization: Organization,
  principal: Principal,
  id: string,
  profileId: string | null,
): Promise<CodeScanRecord> {
  await getCodeScan(organization, id)
  const profile = profileId === null ? null : await getCodeScanProfile(organization, profileId)
  const scan = await organization.codeScans.update(id, (before) => ({
    ...before,
    profile: assigned(profile),
    scanType: profile?.scanType ?? before.scanType,
  }))
  const changed = found(scan, 'code_scan')
  organization.auditLog.write(principal, 'update_code_scan_profile', changed.id)
  return changed
}

/** Stores the settings of a scan's Auto Scan. Throws {@link NotFound}, and {@link Impossible} for settings beyond plain JSON. */
export async function scheduleAutoScan(
  { codeScans, auditLog }: Organization,
  principal: Principal,
  id: string,
  settings: Readonly<Record<string, unknown>>,
): Promise<CodeScanRecord> {
  const autoScan = plainBody(settings) as CodeScanRecord['autoScan']
  const changed = found(await codeScans.update(id, (before) => ({ ...before, autoScan })), 'code_scan')
  auditLog.write(principal, 'schedule_auto_scan', changed.id)
  return changed
}

/** Where and when a finding was reported. */
export interface Reported {
  readonly scanId: string
  /** Microseconds since the epoch. */
  readonly createdAt: number
}

/**
 * Returns a function that tells where a finding was reported; undefined if no scan has yet. A finding without a scan is reported
 * by the newest completed scan of its repository, at its completion.
 */
export async function reportedFindings(
  organization: Organization,
): Promise<(finding: CodeScanFindingRecord) => Reported | undefined> {
  const newest = new Map<string, Reported>()
  for (const scan of await organization.codeScans.list()) {
    if (codeScanStatus(organization, scan) !== 'completed') continue
    const duration = scan.status === null && !organization.clock.instant ? COMPLETED_MICROS : 0
    newest.set(scan.repoName, { scanId: scan.id, createdAt: scan.createdAt + duration })
  }
  return ({ scanId, repoName, createdAt }) => (scanId === null ? newest.get(repoName) : { scanId, createdAt })
}
