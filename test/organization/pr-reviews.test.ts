// Tests src/organization/pr-reviews.ts under concurrent changes.
import t from 'tap'
import { seededIds } from '../../src/base/ids.ts'
import { Organizations } from '../../src/organization/organizations.ts'
import { createPrReview } from '../../src/organization/pr-reviews.ts'
import { memoryStore } from '../../src/store/memory.ts'
import { frozenClock } from '../fake.ts'
import { aServicePrincipal } from '../records.ts'

t.test('the second of two reviews of a commit that are created at the same moment is refused', async (t) => {
  const ids = (owner: string) => seededIds(1, owner)
  const organizations = new Organizations({ store: memoryStore(), clock: frozenClock, ids })
  const organization = organizations.get('org-1')
  organization.answers.choose({ 'v3-repeated-pr-review': '409' })
  const create = () =>
    createPrReview(organization, aServicePrincipal(), 'https://github.com/acme/shop/pull/1')

  const [first, second] = await Promise.allSettled([create(), create()])

  t.equal(first.status, 'fulfilled')
  t.match(second, { status: 'rejected', reason: { name: 'InUse' } })
  t.equal((await organization.prReviews.list()).length, 1)
  t.equal(organization.ids.issued, 2, 'one id for the review, and one for its entry in the audit log')
})
