import { showLatestReview, startReview } from './pr-reviews.ts'
import type { V3Routes } from './types.ts'

const permission = 'UseReviewManual'

/** The reviews of pull requests for the enterprise. */
export const enterprisePrReviewsRoutes = {
  // POST /v3/enterprise/pr-reviews
  'POST /v3/enterprise/pr-reviews': {
    permission,
    handle: async ({ organization: enterprise, principal, body }) => startReview(enterprise, principal, body),
  },

  // GET /v3/enterprise/pr-reviews
  'GET /v3/enterprise/pr-reviews': {
    permission,
    handle: async ({ organization: enterprise, query }) => showLatestReview(enterprise, query),
  },
} satisfies V3Routes
