import { readFileSync } from 'node:fs'
import t from 'tap'
import { allRoles, permissionsOf, roleOf } from '../../src/auth/roles.ts'

t.test(
  'a role in an organization applies only there, a role in the enterprise applies everywhere',
  async (t) => {
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
  },
)

t.test('docs/state.md lists the permissions of each role', async (t) => {
  const page = readFileSync(new URL('../../docs/state.md', import.meta.url), 'utf8')
  const [, section = ''] = page.split('### Permissions\n')
  const rows = [...section.matchAll(/^\| `(\w+)` \| (.+) \|$/gm)].map(([, role = '', text = '']) => ({
    role,
    names: [...text.matchAll(/`(\w+)`/g)].map(([, name = '']) => name),
  }))
  const ofRole = (role: string) => rows.find((row) => row.role === role)?.names ?? []
  const levels = ['org_viewer', 'org_member', 'org_admin', 'account_admin']

  t.same(
    rows.map(({ role }) => role).sort(),
    allRoles()
      .map(({ id }) => id)
      .sort(),
  )
  for (const [index, role] of levels.entries()) {
    const lesser = role === 'account_admin' ? ofRole('account_member') : []
    const listed = [...levels.slice(0, index + 1).flatMap(ofRole), ...lesser]
    t.same(new Set(listed), new Set(roleOf(role)?.permissions), role)
  }
  t.same(ofRole('account_member'), roleOf('account_member')?.permissions)
})
