import type { FidelityRow } from './row.ts'

/** The facts about reviews of pull requests for the enterprise. */
export const v3EnterprisePrReviews: readonly FidelityRow[] = [
  {
    operation: 'POST /v3/enterprise/pr-reviews',
    what: 'the operation',
    value: 'starts a review, as for an organization',
    confidence: 'documented',
    source: 'v3/pr-reviews/post-enterprise-pr-reviews',
  },
  {
    operation: 'GET /v3/enterprise/pr-reviews',
    what: 'the operation',
    value: 'the newest review of a pull request',
    confidence: 'documented',
    source: 'v3/pr-reviews/get-enterprise-pr-reviews',
  },
  {
    operation: 'GET /v3/enterprise/pr-reviews',
    what: 'whose reviews',
    value: 'those that the enterprise started, not those of its organizations',
    confidence: 'guess',
    source: 'not published',
  },
]
