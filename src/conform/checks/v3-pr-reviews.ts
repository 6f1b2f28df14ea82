import { NOWHERE } from '../api.ts'
import { answers, type Checks, STARTS_WORK } from '../check.ts'

const QUERY = `?pr_url=https%3A%2F%2Fgithub.com%2Ffake-devin%2F${NOWHERE}%2Fpull%2F1`
const UNKNOWN = 'needs a pull request with a review; starting one costs money'

/** The checks of reviews of pull requests. */
export const v3PrReviews: Checks = {
  'POST /v3/organizations/{org_id}/pr-reviews': STARTS_WORK,
  'GET /v3/organizations/{org_id}/pr-reviews': {
    'the operation': UNKNOWN,
    'answer without a review': answers('GET', `/v3/organizations/{org}/pr-reviews${QUERY}`),
  },
  'POST /v3/enterprise/pr-reviews': STARTS_WORK,
  'GET /v3/enterprise/pr-reviews': UNKNOWN,
}
