import t from 'tap'
import { randomIds } from '../../src/base/ids.ts'
import { createGitPermissions } from '../../src/organization/git-permissions.ts'
import { Organizations } from '../../src/organization/organizations.ts'
import { BUILT_IN_CONNECTION } from '../../src/resources/git-connections.ts'
import { memoryStore } from '../../src/store/memory.ts'
import { frozenClock } from '../fake.ts'
import { aServicePrincipal } from '../records.ts'

/** Returns an organization, and a function that creates a permission there. */
function start() {
  const organizations = new Organizations({ store: memoryStore(), clock: frozenClock, ids: randomIds })
  const organization = organizations.get('org-1')
  const paths = { repo_path: 'acme/shop', prefix_path: null, group_prefix: null }
  const permission = { connectionId: BUILT_IN_CONNECTION.id, readOnly: true, ...paths }
  return {
    organization,
    create: () => createGitPermissions(organization, organizations, aServicePrincipal(), [permission]),
  }
}

t.test('of two permissions that are created at the same moment, one is refused', async (t) => {
  const { organization, create } = start()

  const [first, second] = await Promise.allSettled([create(), create()])

  t.equal(first.status, 'fulfilled')
  t.match(second, { status: 'rejected', reason: { name: 'InUse' } })
  t.equal((await organization.gitPermissions.list()).length, 1)
})

t.test('permissions for which the store has no room are not created', async (t) => {
  const { organization, create } = start()
  organization.gitPermissions.swap = async () => {
    throw new Error('full')
  }

  await t.rejects(create(), { message: 'full' })
  t.same(await organization.auditLog.list(), [])
})
