import type { Principal } from '../../auth/principal.ts'
import type { Organization } from '../../organization/organizations.ts'
import { createPrReview, latestPrReview } from '../../organization/pr-reviews.ts'
import type { Operations, PrReviewCreateRequest, PrReviewResponse } from '../../schemas/v3/contract.ts'
import { prReviewResponse } from '../../schemas/v3/pr-reviews.ts'
import type { V3Routes } from './types.ts'

const permission = 'UseReviewManual'

/** The reviews of pull requests. */
export const prReviewsRoutes = {
  // GET /v3/organizations/{org_id}/pr-reviews
  'GET /v3/organizations/{org_id}/pr-reviews': {
    permission,
    handle: async ({ organization, query }) => showLatestReview(organization, query),
  },

  // POST /v3/organizations/{org_id}/pr-reviews
  'POST /v3/organizations/{org_id}/pr-reviews': {
    permission,
    handle: async ({ organization, principal, body }) => startReview(organization, principal, body),
  },
} satisfies V3Routes

/** Returns the newest review of a pull request in an organization, or in the enterprise. */
export async function showLatestReview(
  organization: Organization,
  { pr_url: url, commit_sha: commitSha = null }: Operations['GET /v3/enterprise/pr-reviews']['query'],
): Promise<PrReviewResponse> {
  const { review, status } = await latestPrReview(organization, url, commitSha)
  return prReviewResponse(review, status)
}

/** Starts a review for an organization, or for the enterprise, and returns it. */
export async function startReview(
  organization: Organization,
  principal: Principal,
  { pr_url: url }: PrReviewCreateRequest,
): Promise<PrReviewResponse> {
  const { review, status } = await createPrReview(organization, principal, url)
  return prReviewResponse(review, status)
}
