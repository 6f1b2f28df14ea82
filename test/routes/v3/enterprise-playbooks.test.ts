import t from 'tap'
import { DEFAULT_ORG_ID } from '../../../src/auth/principal.ts'
import { type EnterpriseFake, startEnterprise, statusesWith } from '../../enterprise.ts'

const playbook = { title: 'Release', body: '1. Tag' }
const schema = { type: 'object', properties: { version: { type: 'string' } } }
const PLAYBOOKS = '/playbooks'

/** Creates a playbook of the enterprise, one of the default organization and one of another, and returns their ids. */
async function createPlaybooks({ enterprise, org, v3 }: EnterpriseFake): Promise<string[]> {
  const created = [
    await enterprise('POST', PLAYBOOKS, playbook),
    await org('POST', PLAYBOOKS, playbook),
    await v3('POST', `/v3/organizations/org-other${PLAYBOOKS}`, playbook),
  ]
  return created.map((response) => response.json().playbook_id)
}

t.test('POST /v3/enterprise/playbooks creates a playbook of the enterprise', async (t) => {
  const { enterprise, org, organizations } = await startEnterprise(t)

  const created = (await enterprise('POST', PLAYBOOKS, { ...playbook, macro: '!m' })).json()

  t.match(created, { ...playbook, macro: '!m', access_type: 'enterprise', org_id: null })
  t.match(await organizations.enterprise.auditLog.list(), [
    { action: 'create_playbook', subjectId: created.playbook_id },
  ])
  t.same((await org('GET', PLAYBOOKS)).json().items, [], 'organizations do not show it')
  t.equal((await org('GET', `${PLAYBOOKS}/${created.playbook_id}`)).statusCode, 404)
  t.equal(
    (await org('POST', PLAYBOOKS, { ...playbook, macro: '!m' })).statusCode,
    200,
    'its macro is free there',
  )
  const twice = await enterprise('POST', PLAYBOOKS, { ...playbook, macro: '!m' })
  t.same([twice.statusCode, twice.json().detail], [409, 'Playbook macro is not unique'])
  t.equal((await enterprise('POST', PLAYBOOKS, { ...playbook, macro: 'm' })).statusCode, 400)
})

t.test('GET /v3/enterprise/playbooks lists all playbooks that are not deleted, by cursor', async (t) => {
  const fake = await startEnterprise(t)
  const { enterprise } = fake
  const [first, second, third] = await createPlaybooks(fake)

  const page = (await enterprise('GET', `${PLAYBOOKS}?first=2`)).json()
  t.match(page, {
    items: [
      { playbook_id: first, access_type: 'enterprise', org_id: null },
      { playbook_id: second, access_type: 'org', org_id: DEFAULT_ORG_ID },
    ],
    has_next_page: true,
    total: 3,
  })
  await enterprise('DELETE', `${PLAYBOOKS}/${second}`)
  t.match((await enterprise('GET', `${PLAYBOOKS}?after=${encodeURIComponent(page.end_cursor)}`)).json(), {
    items: [{ playbook_id: third, org_id: 'org-other' }],
    has_next_page: false,
    total: 2,
  })
})

t.test(
  'a playbook of any organization can be read, changed and deleted through the enterprise',
  async (t) => {
    const fake = await startEnterprise(t)
    const { enterprise } = fake

    for (const id of await createPlaybooks(fake)) {
      const path = `${PLAYBOOKS}/${id}`
      const before = (await enterprise('GET', path)).json()
      const changed = (await enterprise('PUT', path, { ...playbook, body: 'new' })).json()
      t.same(changed, { ...before, body: 'new' })
      t.same((await enterprise('DELETE', path)).json(), changed)
      for (const [method, body] of [['GET'], ['PUT', playbook], ['DELETE']] as const) {
        const gone = await enterprise(method, path, body)
        t.same([gone.statusCode, gone.json().detail], [404, 'Playbook not found'])
      }
    }
    t.equal((await enterprise('GET', `${PLAYBOOKS}/unknown`)).statusCode, 404)
  },
)

t.test('a session and a schedule of any organization can use a playbook of the enterprise', async (t) => {
  const { enterprise, org, organization } = await startEnterprise(t)
  const body = { ...playbook, structured_output_schema: schema }
  const { playbook_id: id } = (await enterprise('POST', PLAYBOOKS, body)).json()

  const session = (await org('POST', '/sessions', { prompt: 'p', playbook_id: id })).json()
  t.equal(session.playbook_id, id)
  t.match(await organization.sessions.list(), [{ structuredOutputSchema: schema }])

  const schedule = { name: 'n', prompt: 'p', frequency: '0 * * * *', playbook_id: id }
  const shown = (await org('POST', '/schedules', schedule)).json()
  t.match(shown, { playbook: { playbook_id: id, title: playbook.title } })

  const bare = id.replace('playbook-', '')
  t.match((await org('POST', '/schedules', { ...schedule, playbook_id: bare })).json(), {
    playbook: { title: playbook.title },
  })
  t.match((await enterprise('DELETE', `${PLAYBOOKS}/${bare}`)).json(), { playbook_id: id })
})

t.test('playbooks of the enterprise need ManageAccountPlaybooks', async (t) => {
  const requests = [
    ['GET', PLAYBOOKS],
    ['POST', PLAYBOOKS, playbook],
    ['GET', `${PLAYBOOKS}/x`],
    ['PUT', `${PLAYBOOKS}/x`, playbook],
    ['DELETE', `${PLAYBOOKS}/x`],
  ] as const

  t.same(await statusesWith(t, 'ManageAccountPlaybooks', requests), [200, 200, 404, 404, 404])
  t.same(new Set(await statusesWith(t, 'ManageOrgPlaybooks', requests)), new Set([403]))
})
