import type { FidelityRow } from './row.ts'

const PREFIX = '/v3/organizations/{org_id}/code-scans'

/** The facts about code scans. */
export const v3CodeScans: readonly FidelityRow[] = [
  {
    operation: `POST ${PREFIX}`,
    what: 'the operation',
    value: 'takes `repo_name`, `host`, `profile_id`, `scan_type` and `commit_sha`, and answers with the scan',
    confidence: 'documented',
    source: 'v3/code-scans/organizations-code-scans-start; `CodeScanResponse` of the SDK',
  },
  {
    operation: `POST ${PREFIX}`,
    what: 'course of a scan',
    value:
      '`pending` for 10 s, then `running`, and `completed` after 300 s; the other states only if a seed says so',
    confidence: 'guess',
    source: 'the states, and that a scan starts as `waiting` or `pending`, are documented',
  },
  {
    operation: `POST ${PREFIX}`,
    what: 'answer to a scan type that does not fit the profile, or needs one',
    value: 'status 400, with the reason as `detail`',
    confidence: 'documented',
    source: 'v3/code-scans/organizations-code-scans-start',
  },
  {
    operation: `POST ${PREFIX}`,
    what: 'answer to an unknown profile',
    value: '404 with the `detail` `Code scan profile not found`',
    confidence: 'documented',
    source: 'v3/code-scans/organizations-code-scans-start has the status; the text is a guess',
  },
  {
    operation: `POST ${PREFIX}`,
    what: 'answer to a body without `repo_name`, or with members of other types',
    value: '422 without `errors`',
    confidence: 'guess',
    source: 'the contract at hand takes any object',
  },
  {
    operation: `GET ${PREFIX}/findings`,
    what: 'the operation',
    value:
      'lists findings, newest first, filtered by `scan_id`, `repo_name`, `severity` and `status`; `severity` and `status` may be repeated',
    confidence: 'documented',
    source: 'v3/code-scans/organizations-code-scans-findings; `CodeScanFindingResponse` of the SDK',
  },
  {
    operation: `GET ${PREFIX}/findings`,
    what: 'where findings come from',
    value:
      'seeds and state documents, never from an analysis; one without `scan_id` is reported by the newest completed scan of its repository',
    confidence: 'guess',
    source: 'a choice of the fake',
  },
  {
    operation: `GET ${PREFIX}/metrics`,
    what: 'the operation',
    value: 'counts the scans of a time range, their findings, and the pull requests that remediate them',
    confidence: 'documented',
    source: 'v3/code-scans/organizations-code-scans-metrics; `CodeScanMetricsResponse` of the SDK',
  },
  {
    operation: `GET ${PREFIX}/metrics`,
    what: 'answer to a range that is empty or longer than 100 days',
    value: 'status 400, with the reason as `detail`',
    confidence: 'documented',
    source: 'v3/code-scans/organizations-code-scans-metrics has the limits; the status is a guess',
  },
  {
    operation: `GET ${PREFIX}/profiles`,
    what: 'the operation',
    value: 'lists profiles without their guidance, newest first; only seeds create them',
    confidence: 'documented',
    source: 'v3/code-scans/organizations-code-scans-profiles; `CodeScanProfileSummaryResponse` of the SDK',
  },
  {
    operation: `GET ${PREFIX}/profiles/{profile_id}`,
    what: 'the operation',
    value: 'answers with the profile and its guidance, or 404',
    confidence: 'documented',
    source: 'v3/code-scans/organizations-code-scans-profile; `CodeScanProfileDetailResponse` of the SDK',
  },
  {
    operation: `GET ${PREFIX}/{scan_id}`,
    what: 'the operation',
    value: 'answers with the scan, or 404 with the `detail` `Code scan not found`',
    confidence: 'guess',
    source: 'the contract has it; a client says that there is no such operation, and the reference has none',
  },
  {
    operation: `GET ${PREFIX}/{scan_id}`,
    what: 'the list of scans',
    value: 'what the id `scans` answers with: newest first, with `after`, `first` and `repo_name`',
    confidence: 'seen',
    source: 'v3/code-scans/organizations-code-scans-list names it, and four clients call it',
  },
  {
    operation: `POST ${PREFIX}/{scan_id}/auto-scan`,
    what: 'the operation',
    value: 'stores the body and answers with the scan and `auto_scan`; no scans follow from it',
    confidence: 'guess',
    source: 'the vendor publishes that it schedules an Auto Scan, and neither body',
  },
  {
    operation: `PUT ${PREFIX}/{scan_id}/profile`,
    what: 'the operation',
    value: 'assigns the profile `profile_id`, null for none, and answers with the scan',
    confidence: 'guess',
    source: 'the vendor publishes that it reassigns the profile, and neither body',
  },
]
