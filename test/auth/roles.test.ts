import t from 'tap'
import { permissionsOf, roleOf } from '../../src/auth/roles.ts'

t.test('a role in an organization is good only there, one in the enterprise everywhere', async (t) => {
  const roles = [
    { roleId: 'account_member', orgId: null },
    { roleId: 'org_viewer', orgId: 'org-1' },
    { roleId: 'unknown', orgId: 'org-1' },
  ]
  const [member, viewer] = [['ReadAccountMeta'], roleOf('org_viewer')?.permissions ?? []]

  t.same(permissionsOf(roles, null), new Set(member))
  t.same(permissionsOf(roles, 'org-1'), new Set([...member, ...viewer]))
  t.same(permissionsOf(roles, 'org-2'), new Set(member))
  t.same(permissionsOf([], 'org-1'), new Set())
})
