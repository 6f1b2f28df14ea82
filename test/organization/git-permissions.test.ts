import t from 'tap'
import { randomIds } from '../../src/base/ids.ts'
import {
  clearGitPermissions,
  createGitPermissions,
  replaceGitPermissions,
} from '../../src/organization/git-permissions.ts'
import { Organizations } from '../../src/organization/organizations.ts'
import { BUILT_IN_CONNECTION } from '../../src/resources/git-connections.ts'
import { memoryStore } from '../../src/store/memory.ts'
import { frozenClock } from '../fake.ts'
import { aServicePrincipal } from '../records.ts'

/** Returns an organization, and functions that create permissions there, replace all by one, and delete all. */
function start() {
  const organizations = new Organizations({ store: memoryStore(), clock: frozenClock, ids: randomIds })
  const organization = organizations.get('org-1')
  const permission = (path: string) => ({
    connectionId: BUILT_IN_CONNECTION.id,
    readOnly: true,
    repo_path: path,
    prefix_path: null,
    group_prefix: null,
  })
  const write = (write: typeof createGitPermissions, path: string) =>
    write(organization, organizations, aServicePrincipal(), [permission(path)])
  return {
    organization,
    create: (path = 'acme/shop') => write(createGitPermissions, path),
    replace: (path: string) => write(replaceGitPermissions, path),
    clear: () => clearGitPermissions(organization, aServicePrincipal()),
  }
}

t.test('one of two permissions that are created at the same moment is refused', async (t) => {
  for (const path of ['acme/shop', 'github.com/acme/shop']) {
    const { organization, create } = start()

    const [first, second] = await Promise.allSettled([create(), create(path)])

    t.equal(first.status, 'fulfilled')
    t.match(second, { status: 'rejected', reason: { name: 'InUse' } })
    t.equal((await organization.gitPermissions.list()).length, 1)
  }
})

t.test('the last of several replacements at the same moment stays', async (t) => {
  const { organization, create, replace } = start()
  await create()

  await Promise.all([replace('a/b'), replace('a/c')])
  t.match(await organization.gitPermissions.list(), [{ path: 'a/c' }])

  await Promise.all([replace('a/d'), replace('a/d')])
  t.match(await organization.gitPermissions.list(), [{ path: 'a/d' }])
})

t.test('the first of concurrent deletions of all permissions deletes them', async (t) => {
  const { create, clear } = start()
  await create()

  const deleted = await Promise.all([clear(), clear()])
  t.same(
    deleted.map(({ length }) => length),
    [1, 0],
  )
})

t.test('permissions that exceed the limit of the store are not created', async (t) => {
  const { organization, create } = start()
  organization.gitPermissions.swap = async () => {
    throw new Error('full')
  }

  await t.rejects(create(), { message: 'full' })
  t.same(await organization.auditLog.list(), [])
})
