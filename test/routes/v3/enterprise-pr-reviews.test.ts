import t from 'tap'
import { startEnterprise, statusesWith } from '../../enterprise.ts'

const PR = 'https://github.com/owner/repo/pull/123'
const REVIEWS = '/pr-reviews'
const OF_PR = `${REVIEWS}?pr_url=${encodeURIComponent(PR)}`

t.test('POST and GET /v3/enterprise/pr-reviews are for reviews of the enterprise', async (t) => {
  const { enterprise, org, organizations } = await startEnterprise(t)
  await org('POST', REVIEWS, { pr_url: PR })
  const before = await enterprise('GET', OF_PR)
  t.same(
    [before.statusCode, before.json().detail],
    [404, 'PR review not found'],
    'not those of organizations',
  )

  const created = (await enterprise('POST', REVIEWS, { pr_url: PR })).json()

  t.match(created, { repo_path: 'github.com/owner/repo', pr_number: 123, status: 'pending' })
  t.same((await enterprise('GET', OF_PR)).json(), created)
  t.equal((await enterprise('GET', `${OF_PR}&commit_sha=${created.commit_sha.slice(0, 7)}`)).statusCode, 200)
  t.equal((await enterprise('GET', `${OF_PR}&commit_sha=0000000`)).statusCode, 404)
  organizations.enterprise.clock.adjust({ instant: true })
  t.equal((await enterprise('GET', OF_PR)).json().status, 'completed')
  t.match(await organizations.enterprise.auditLog.list(), [{ action: 'create_pr_review' }])
  t.equal((await enterprise('POST', REVIEWS, { pr_url: 'x' })).statusCode, 400)
})

t.test('reviews of the enterprise need UseReviewManual', async (t) => {
  const requests = [
    ['POST', REVIEWS, { pr_url: PR }],
    ['GET', OF_PR],
  ] as const

  t.same(await statusesWith(t, 'UseReviewManual', requests), [200, 200])
  t.same(await statusesWith(t, 'ManageAccountKnowledge', requests), [403, 403])
})
