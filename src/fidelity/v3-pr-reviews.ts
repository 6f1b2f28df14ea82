import type { FidelityRow } from './row.ts'

const GET = 'GET /v3/organizations/{org_id}/pr-reviews'
const POST = 'POST /v3/organizations/{org_id}/pr-reviews'

/** The facts about reviews of pull requests. */
export const v3PrReviews: readonly FidelityRow[] = [
  {
    operation: POST,
    what: 'the operation',
    value: 'starts a review of the head commit of the pull request, which is `pending` at first',
    confidence: 'documented',
    source: 'v3/pr-reviews/post-organizations-pr-reviews',
  },
  {
    operation: POST,
    what: '`repo_path`',
    value: 'the path of the repository with its host, as in `github.com/owner/repo`',
    confidence: 'documented',
    source: 'v3/pr-reviews/post-organizations-pr-reviews',
  },
  {
    operation: POST,
    what: '`commit_sha`',
    value: '40 hexadecimal digits that follow from the pull request, always the same',
    confidence: 'guess',
    source: 'the fake reaches no Git host',
  },
  {
    operation: POST,
    what: 'course of a review',
    value:
      '`pending` for 5 s, then `running`, and `completed` after 60 s, or `errored` or `cancelled` if a seed says so',
    confidence: 'guess',
    source:
      'the states are documented, their durations are not; only the SDK and three clients have `cancelled`',
  },
  {
    operation: POST,
    what: 'answer to a URL that is not that of a pull request',
    value: '400; URLs of GitHub, GitLab, Bitbucket and Azure DevOps are known, on any host',
    confidence: 'guess',
    source: 'the page takes pull and merge requests',
  },
  {
    operation: POST,
    what: 'answer for a commit that has a review already',
    value: 'another review, which is the latest from then on',
    confidence: 'guess',
    source: 'the page says that a record is created; a public workflow expects a 409',
    question: 'v3-repeated-pr-review',
  },
  {
    operation: GET,
    what: 'the operation',
    value: 'answers with the latest review of the pull request, or of the commit that `commit_sha` begins',
    confidence: 'documented',
    source: 'v3/pr-reviews/get-organizations-pr-reviews',
  },
  {
    operation: GET,
    what: 'answer without a review',
    value: '404 with the `detail` `PR review not found`',
    confidence: 'documented',
    source: 'v3/pr-reviews/get-organizations-pr-reviews has the status; the text is a guess',
  },
]
