import t from 'tap'
import { KeyRegistry } from '../src/auth/keys.ts'
import { ENTERPRISE_ID } from '../src/auth/principal.ts'
import { ProviderClient, pathEscape, startTerraform } from './terraform/client.ts'
import { notes, organizations, playbooks, secrets } from './terraform/resources.ts'
import { startV3 } from './v3.ts'

// What the vendor's Terraform provider (CognitionAI/terraform-provider-devin) does, with every status that its acceptance tests demand
// of the real API. The other resources are in the folder terraform.

const ORGANIZATIONS = '/v3/enterprise/organizations'
const forbidden = { name: 'ApiError', message: /403|forbidden|unauthorized|enterprise/i }

t.test('the client escapes path parts as Go does', async (t) => {
  t.equal(pathEscape("a/b c|d@e:f(g)'"), 'a%2Fb%20c%7Cd@e:f%28g%29%27')
})

t.test('an organization is created, read, changed and deleted, and then not found', async (t) => {
  const { client } = await startTerraform(t)
  const resource = organizations(client)

  const created = await resource.create({ name: 'Payments' })
  t.type(created.max_session_acu_limit, 'number', 'the server has a default')
  t.equal(created.max_cycle_acu_limit, null)
  const id = created.org_id
  t.hasStrict(await resource.read(id), { org_id: id, name: 'Payments', max_cycle_acu_limit: null })

  const limited = { name: 'Payments 2', max_session_acu_limit: 5, max_cycle_acu_limit: 100 }
  t.hasStrict(await resource.update(id, limited), { org_id: id, ...limited })
  t.hasStrict(await resource.read(id), limited)
  const unlimited = { name: 'Payments 2', max_session_acu_limit: 5, max_cycle_acu_limit: null }
  t.hasStrict(
    await resource.update(id, { name: 'Payments 2' }),
    unlimited,
    'only null, which the provider sends for the cycle, removes a limit',
  )
  t.hasStrict(await resource.read(id), unlimited)

  t.equal(await resource.delete(id), 200)
  t.equal(await resource.read(id), undefined)
  t.equal(await resource.delete(id), 404)
})

t.test(
  'POST /v3/enterprise/organizations answers 200, and the list has a new organization at once',
  async (t) => {
    const { client } = await startTerraform(t)

    const created = await client.answer('POST', ORGANIZATIONS, { name: 'New', max_session_acu_limit: 3 })

    t.equal(created.statusCode, 200)
    for (const first of [1, 100]) {
      const listed = (await client.list(ORGANIZATIONS, { first })).find(
        ({ org_id }) => org_id === created.json().org_id,
      )
      t.match(listed, {
        name: 'New',
        max_session_acu_limit: 3,
        max_cycle_acu_limit: null,
        created_at: Number,
        updated_at: Number,
      })
    }
  },
)

t.test('an organization that never existed is not found', async (t) => {
  const { client } = await startTerraform(t)

  t.equal(await organizations(client).read('org-does-not-exist'), undefined)
})

t.test('the records of an organization are gone when somebody else deletes the organization', async (t) => {
  const { client, orgId, fake } = await startTerraform(t)
  const playbook = playbooks(client, orgId)
  const note = notes(client, orgId)
  const { playbook_id } = await playbook.create({ title: 'Deploy', body: 'Do it' })
  const { note_id } = await note.create({ name: 'n', body: 'b', trigger: 't' })

  t.equal((await fake.v3('DELETE', `${ORGANIZATIONS}/${orgId}`)).statusCode, 200)

  t.equal(await organizations(client).read(orgId), undefined)
  t.equal(await playbook.read(playbook_id), undefined)
  t.equal(await note.read(note_id), undefined)
})

t.test('an organization is usable right after it was created', async (t) => {
  const { client, orgId } = await startTerraform(t)

  t.hasStrict(await playbooks(client, orgId).create({ title: 'p', body: 'b' }), { org_id: orgId })
})

t.test(
  'the token of an organization is refused for the enterprise and for another organization',
  async (t) => {
    const { client, orgId, clientOf, fake } = await startTerraform(t)
    const { token } = (
      await fake.v3('POST', `/v3/organizations/${orgId}/service-users`, {
        name: 'CI',
        role_id: 'org_admin',
        ttl_seconds: 3600,
      })
    ).json()
    const bound = clientOf(token)

    await t.rejects(organizations(bound).create({ name: 'x' }), forbidden)
    await t.rejects(bound.list(ORGANIZATIONS), forbidden)
    await t.rejects(organizations(bound).read(orgId), forbidden)
    await t.rejects(playbooks(bound).create({ title: 't', body: 'b' }), forbidden)
    const { org_id: other } = await organizations(client).create({ name: 'Other' })
    await t.rejects(playbooks(bound, other).create({ title: 't', body: 'b' }), forbidden)
    await t.rejects(playbooks(bound, 'org-of-another-account').create({ title: 't', body: 'b' }), forbidden)

    t.hasStrict(await playbooks(bound, orgId).create({ title: 't', body: 'b' }), { org_id: orgId })
    t.hasStrict(await secrets(bound, orgId).create({ type: 'key-value', key: 'k', value: 'v' }), { key: 'k' })
  },
)

t.test('an unknown well-formed key is refused if only registered keys are valid', async (t) => {
  const keys = new KeyRegistry({ strict: true, keys: [{ key: 'cog_known', orgId: ENTERPRISE_ID }] })
  const { v3 } = await startV3(t, { keys })
  const unknown = new ProviderClient(v3, `cog_${'a'.repeat(52)}`)

  await t.rejects(unknown.list(ORGANIZATIONS), { message: /401|403|[Uu]nauthorized|[Ff]orbidden/ })
  t.equal((await new ProviderClient(v3, 'cog_known').list(ORGANIZATIONS)).length, 1)
})
