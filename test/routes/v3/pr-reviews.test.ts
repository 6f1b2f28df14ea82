import t from 'tap'
import { KeyRegistry } from '../../../src/auth/keys.ts'
import { DEFAULT_ORG_ID } from '../../../src/auth/principal.ts'
import { startV3, V3_KEY } from '../../v3.ts'

const PR = 'https://github.com/owner/repo/pull/123'
const of = (url: string, more = '') => `/pr-reviews?pr_url=${encodeURIComponent(url)}${more}`

t.test('POST /v3/organizations/{org_id}/pr-reviews starts a review', async (t) => {
  const { org, call } = await startV3(t)

  const created = await org('POST', '/pr-reviews', { pr_url: PR })

  t.equal(created.statusCode, 200)
  t.match(created.json(), { commit_sha: /^[0-9a-f]{40}$/ })
  t.same(created.json(), {
    commit_sha: created.json().commit_sha,
    created_at: '2026-01-02T03:04:05.678901Z',
    pr_number: 123,
    repo_path: 'github.com/owner/repo',
    status: 'pending',
  })
  t.match((await call('GET', '/v1/audit-logs')).json(), { audit_logs: [{ action: 'create_pr_review' }] })
})

t.test('POST /v3/organizations/{org_id}/pr-reviews knows the URLs of several hosts', async (t) => {
  const { org } = await startV3(t)
  const found = async (pr_url: string) => {
    const { repo_path, pr_number } = (await org('POST', '/pr-reviews', { pr_url })).json()
    return [repo_path, pr_number]
  }

  t.same(await found(`${PR}/files?w=1#x`), ['github.com/owner/repo', 123])
  t.same(await found('http://GHE.example.com:8443/a/b/pull/1'), ['ghe.example.com:8443/a/b', 1])
  t.same(await found('https://gitlab.com/group/sub/repo/-/merge_requests/7'), [
    'gitlab.com/group/sub/repo',
    7,
  ])
  t.same(await found('https://bitbucket.org/team/repo/pull-requests/8'), ['bitbucket.org/team/repo', 8])
  t.same(await found('https://dev.azure.com/org/project/_git/repo/pullrequest/9'), [
    'dev.azure.com/org/project/_git/repo',
    9,
  ])
})

t.test('POST and GET /v3/organizations/{org_id}/pr-reviews answer 400 for other URLs', async (t) => {
  const { org, organization } = await startV3(t)
  for (const url of [
    'x',
    '',
    'ftp://github.com/owner/repo/pull/1',
    'https://github.com/owner/repo',
    'https://github.com/owner/repo/issues/1',
    'https://github.com/owner/repo/pull/x',
    'https://github.com/owner/repo/pull/1x',
    'https://github.com/repo/pull/1',
    '\ud800',
  ]) {
    const posted = await org('POST', '/pr-reviews', { pr_url: url })
    t.same([posted.statusCode, posted.json().detail], [400, 'pr_url is not the URL of a pull request'], url)
  }
  t.equal((await org('GET', of('https://github.com/owner/repo'))).statusCode, 400)
  t.same(await organization.prReviews.list(), [])
})

t.test('GET /v3/organizations/{org_id}/pr-reviews follows a review through its life', async (t) => {
  const { org, advance, organization } = await startV3(t)
  const created = (await org('POST', '/pr-reviews', { pr_url: PR })).json()
  const status = async () => (await org('GET', of(PR))).json().status

  t.same((await org('GET', of(PR))).json(), created)
  advance(4.9)
  t.equal(await status(), 'pending')
  advance(0.1)
  t.equal(await status(), 'running')
  advance(54.9)
  t.equal(await status(), 'running')
  advance(0.1)
  t.equal(await status(), 'completed')

  await org('POST', '/pr-reviews', { pr_url: PR })
  t.equal(await status(), 'pending', 'the latest one')
  organization.clock.adjust({ instant: true })
  t.equal(await status(), 'completed')
})

t.test(
  'GET /v3/organizations/{org_id}/pr-reviews finds a commit by its SHA or the beginning of it',
  async (t) => {
    const { org } = await startV3(t)
    const { commit_sha: sha } = (await org('POST', '/pr-reviews', { pr_url: PR })).json()
    const status = async (commit: string) => (await org('GET', of(PR, `&commit_sha=${commit}`))).statusCode

    t.equal(await status(sha), 200)
    t.equal(await status(sha.slice(0, 7).toUpperCase()), 200)
    t.equal(await status('0000000'), 404)
  },
)

t.test(
  'GET /v3/organizations/{org_id}/pr-reviews answers 404 without a review of the organization',
  async (t) => {
    const { org, v3 } = await startV3(t)
    await org('POST', '/pr-reviews', { pr_url: PR })

    const other = await org('GET', of('https://github.com/owner/repo/pull/124'))
    t.same([other.statusCode, other.json().detail], [404, 'PR review not found'])
    t.equal((await org('GET', of('https://github.com/owner/other/pull/123'))).statusCode, 404)
    t.equal((await v3('GET', `/v3/organizations/org-other${of(PR)}`)).statusCode, 404)
  },
)

t.test('the reviews of pull requests need UseReviewManual', async (t) => {
  const { org } = await startV3(t, {
    keys: new KeyRegistry({ keys: [{ key: V3_KEY, permissions: ['Read'] }] }),
  })

  t.equal((await org('GET', of(PR))).statusCode, 403)
  t.equal((await org('POST', '/pr-reviews', { pr_url: PR })).statusCode, 403)
})

t.test('a seed may have reviews that end with an error or are cancelled', async (t) => {
  const { org, call, send } = await startV3(t)
  const review = { repo_path: 'github.com/owner/repo', pr_number: 123, created_at: '2026-01-01T00:00:00Z' }
  const seed = { organizations: [{ pr_reviews: [{ ...review, outcome: 'errored' }] }] }

  t.equal((await send('PUT', '/_fake/state', seed)).statusCode, 204)
  t.equal((await org('GET', of(PR))).json().status, 'errored')
  const state = (await call('GET', '/_fake/state')).json()
  t.match(state.organizations[0].pr_reviews, [{ id: /^pr-review-/, created_by: null }])
  await send('PUT', '/_fake/state', state)
  t.same((await call('GET', '/_fake/state')).json(), state)

  const cancelled = { organizations: [{ pr_reviews: [{ ...review, outcome: 'cancelled' }] }] }
  await send('PUT', '/_fake/state', cancelled)
  // Not checked against the contract, which lacks this status.
  const url = `/v3/organizations/${DEFAULT_ORG_ID}${of(PR)}`
  t.equal(
    (await call('GET', url, { headers: { authorization: `Bearer ${V3_KEY}` } })).json().status,
    'cancelled',
  )

  await send('PUT', '/_fake/state', { organizations: [{ pr_reviews: [review] }] })
  t.equal((await org('GET', of(PR))).json().status, 'completed')
})
