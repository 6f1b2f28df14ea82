import t from 'tap'
import { startV3 } from '../../v3.ts'

t.test('GET /v3/enterprise/roles lists the roles in pages', async (t) => {
  const { v3 } = await startV3(t)
  const get = async (query: string) => (await v3('GET', `/v3/enterprise/roles${query}`)).json()
  const role = (id: string, name: string, type: string) => ({ role_name: name, role_id: id, role_type: type })

  const first = await get('?first=3')
  t.same(first.items, [
    role('org_admin', 'Admin', 'org'),
    role('org_member', 'Member', 'org'),
    role('org_viewer', 'Viewer', 'org'),
  ])
  t.same(await get(`?after=${first.end_cursor}`), {
    items: [role('account_admin', 'Admin', 'enterprise'), role('account_member', 'Member', 'enterprise')],
    end_cursor: null,
    has_next_page: false,
    total: 5,
  })
})
