import { createPrReview, latestPrReview } from '../../organization/pr-reviews.ts'
import { prReviewResponse } from '../../schemas/v3/pr-reviews.ts'
import type { V3Routes } from './types.ts'

/** The reviews of pull requests. */
export const prReviewsRoutes = {
  // GET /v3/organizations/{org_id}/pr-reviews
  'GET /v3/organizations/{org_id}/pr-reviews': {
    permission: 'UseReviewManual',
    handle: async ({ organization, query }) => {
      const { review, status } = await latestPrReview(organization, query.pr_url, query.commit_sha ?? null)
      return prReviewResponse(review, status)
    },
  },

  // POST /v3/organizations/{org_id}/pr-reviews
  'POST /v3/organizations/{org_id}/pr-reviews': {
    permission: 'UseReviewManual',
    handle: async ({ organization, principal, body }) => {
      const { review, status } = await createPrReview(organization, principal, body.pr_url)
      return prReviewResponse(review, status)
    },
  },
} satisfies V3Routes
