import { formatInstant } from '../../base/clock.ts'
import type { PrReviewRecord } from '../../resources/pr-reviews.ts'
import type { PrReviewResponse } from './contract.ts'

/** Returns the wire form of a review in a state. */
export function prReviewResponse(
  { commitSha, createdAt, prNumber, repoPath }: PrReviewRecord,
  status: PrReviewResponse['status'] | 'cancelled',
): PrReviewResponse {
  return {
    commit_sha: commitSha,
    created_at: formatInstant(createdAt),
    pr_number: prNumber,
    repo_path: repoPath,
    // The vendor's SDK has `cancelled`, which the contract lacks.
    status: status as PrReviewResponse['status'],
  }
}
