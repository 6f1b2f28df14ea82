import type { Principal } from '../auth/principal.ts'
import { headCommitOf, type PrReviewRecord } from '../resources/pr-reviews.ts'
import { pullRequestIn } from '../simulation/repository-names.ts'
import { found, Impossible, InUse, type NotFound } from './errors.ts'
import type { Organization } from './organizations.ts'

/** The state of a review. */
export type PrReviewStatus = 'pending' | 'running' | PrReviewRecord['outcome']

/** A review and its current state. */
export interface CurrentPrReview {
  readonly review: PrReviewRecord
  readonly status: PrReviewStatus
}

type PullRequest = Pick<PrReviewRecord, 'repoPath' | 'prNumber'>

/** The time until a review is picked up, in microseconds. */
const PICKED_UP_MICROS = 5_000_000

/** The time until a review ends, in microseconds. */
const ENDS_MICROS = 60_000_000

/**
 * Starts a review of the head commit of a pull request. Throws {@link Impossible} if the URL is not that of one. With the
 * answer `409` to `v3-repeated-pr-review`, throws {@link InUse} while another review of the commit goes on.
 */
export async function createPrReview(
  organization: Organization,
  principal: Principal,
  url: string,
): Promise<CurrentPrReview> {
  const { prReviews, ids, clock, auditLog, answers } = organization
  const { repoPath, prNumber } = pullRequestOf(url)
  const commitSha = headCommitOf(repoPath, prNumber)
  const newReview = (): PrReviewRecord => ({
    id: `pr-review-${ids.hex()}`,
    repoPath,
    prNumber,
    commitSha,
    outcome: 'completed',
    createdAt: clock.now(),
    createdBy: principal.actor,
  })
  let review: PrReviewRecord
  if (answers.is('v3-repeated-pr-review', '409')) {
    const { added } = await prReviews.swap((reviews) => {
      requireEnded(organization, reviews.findLast(isReviewOf({ repoPath, prNumber }, commitSha)))
      return { deleted: [], added: [newReview()] }
    })
    review = added[0] as PrReviewRecord
  } else {
    review = newReview()
    await prReviews.insert(review)
  }
  auditLog.write(principal, 'create_pr_review', review.id)
  return { review, status: 'pending' }
}

/**
 * Returns the newest review of a pull request, or of one of its commits, given by its SHA or the beginning of it. Throws
 * {@link NotFound}, and {@link Impossible} if the URL is not that of a pull request.
 */
export async function latestPrReview(
  organization: Organization,
  url: string,
  commitSha: string | null,
): Promise<CurrentPrReview> {
  return found(await latestOf(organization, pullRequestOf(url), commitSha?.toLowerCase() ?? ''), 'pr_review')
}

async function latestOf(
  organization: Organization,
  pullRequest: PullRequest,
  sha: string,
): Promise<CurrentPrReview | undefined> {
  const where = isReviewOf(pullRequest, sha)
  const [review] = await organization.prReviews.list({ order: 'newest', where, limit: 1 })
  return review && { review, status: statusOf(organization, review) }
}

/** Returns a function that selects the reviews of a pull request whose commit has a SHA that begins with `sha`. */
function isReviewOf({ repoPath, prNumber }: PullRequest, sha: string) {
  return (one: PrReviewRecord) =>
    one.prNumber === prNumber && one.repoPath === repoPath && one.commitSha.startsWith(sha)
}

/** Throws {@link InUse} for a review that goes on. */
function requireEnded(organization: Organization, review: PrReviewRecord | undefined): void {
  if (review !== undefined && statusOf(organization, review) !== review.outcome) {
    throw new InUse('A review of this commit is pending')
  }
}

function statusOf({ clock }: Organization, { outcome, createdAt }: PrReviewRecord): PrReviewStatus {
  const age = clock.now() - createdAt
  if (clock.instant || age >= ENDS_MICROS) return outcome
  return age < PICKED_UP_MICROS ? 'pending' : 'running'
}

/** Returns the pull request that a URL names. The repository's path begins with its host. */
function pullRequestOf(url: string): PullRequest {
  const pullRequest = pullRequestIn(url)
  if (pullRequest === undefined) throw new Impossible('pr_url is not the URL of a pull request')
  const { repository, number } = pullRequest
  return { repoPath: `${repository.host}/${repository.name}`, prNumber: number }
}
