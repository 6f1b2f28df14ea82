import type { Principal } from '../auth/principal.ts'
import { headCommitOf, type PrReviewRecord } from '../resources/pr-reviews.ts'
import { pullRequestIn } from '../simulation/repository-names.ts'
import { Impossible, NotFound } from './errors.ts'
import type { Organization } from './organizations.ts'

/** The state of a review. */
export type PrReviewStatus = 'pending' | 'running' | PrReviewRecord['outcome']

/** A review and its current state. */
export interface CurrentPrReview {
  readonly review: PrReviewRecord
  readonly status: PrReviewStatus
}

/** The time until a review is picked up, in microseconds. */
const PICKED_UP_MICROS = 5_000_000

/** The time until a review ends, in microseconds. */
const ENDS_MICROS = 60_000_000

/** Starts a review of the head commit of a pull request. Throws {@link Impossible} if the URL is not that of one. */
export async function createPrReview(
  { prReviews, ids, clock, auditLog }: Organization,
  principal: Principal,
  url: string,
): Promise<CurrentPrReview> {
  const { repoPath, prNumber } = pullRequestOf(url)
  const review: PrReviewRecord = {
    id: `pr-review-${ids.hex()}`,
    repoPath,
    prNumber,
    commitSha: headCommitOf(repoPath, prNumber),
    outcome: 'completed',
    createdAt: clock.now(),
    createdBy: principal.actor,
  }
  await prReviews.insert(review)
  auditLog.write(principal, 'create_pr_review', review.id)
  return { review, status: 'pending' }
}

/**
 * Returns the newest review of a pull request, or of one of its commits, given by its SHA or the beginning of it. Throws
 * {@link NotFound}, and {@link Impossible} if the URL is not that of a pull request.
 */
export async function latestPrReview(
  { prReviews, clock }: Organization,
  url: string,
  commitSha: string | null,
): Promise<CurrentPrReview> {
  const { repoPath, prNumber } = pullRequestOf(url)
  const sha = commitSha?.toLowerCase() ?? ''
  const [review] = await prReviews.list({
    order: 'newest',
    where: (one) => one.prNumber === prNumber && one.repoPath === repoPath && one.commitSha.startsWith(sha),
    limit: 1,
  })
  if (review === undefined) throw new NotFound('pr_review')
  return { review, status: statusAt(review, clock.now(), clock.instant) }
}

function statusAt({ outcome, createdAt }: PrReviewRecord, now: number, instant: boolean): PrReviewStatus {
  const age = now - createdAt
  if (instant || age >= ENDS_MICROS) return outcome
  return age < PICKED_UP_MICROS ? 'pending' : 'running'
}

/** Returns the pull request that a URL names. The repository's path begins with its host. */
function pullRequestOf(url: string): { repoPath: string; prNumber: number } {
  const pullRequest = pullRequestIn(url)
  if (pullRequest === undefined) throw new Impossible('pr_url is not the URL of a pull request')
  const { repository, number } = pullRequest
  return { repoPath: `${repository.host}/${repository.name}`, prNumber: number }
}
