import t from 'tap'
import { startTerraform } from './client.ts'
import { secrets } from './resources.ts'

const plan = { type: 'key-value', key: 'API_TOKEN', value: 's3cret' }

t.test('a secret goes through the life cycle of a resource', async (t) => {
  const { client, orgId } = await startTerraform(t)
  const resource = secrets(client, orgId)

  const created = await resource.create(plan)
  const id = created.secret_id
  const shown = { secret_type: 'key-value', key: 'API_TOKEN', is_sensitive: true, note: null }
  t.hasStrict(created, shown, 'a note that was not sent is null')
  t.hasStrict(await resource.read(id), { secret_id: id, ...shown })

  t.equal(await resource.delete(id), 200)
  t.equal(await resource.read(id), undefined)
  t.equal(await resource.delete(id), 404)
})

t.test('a secret of each kind is created with a note', async (t) => {
  const { client, orgId } = await startTerraform(t)
  const resource = secrets(client, orgId)

  for (const [type, value] of [
    ['key-value', 'v'],
    ['cookie', 'Y29va2ll'],
    ['totp', 'JBSWY3DPEHPK3PXP'],
  ]) {
    const { secret_id: id } = await resource.create({
      type,
      key: `key-${type}`,
      value,
      is_sensitive: false,
      note: 'For tests',
    })
    t.hasStrict(await resource.read(id), {
      secret_type: type,
      key: `key-${type}`,
      is_sensitive: false,
      note: 'For tests',
    })
  }
})

t.test('a second deletion of a secret is forbidden', async (t) => {
  const { client, orgId } = await startTerraform(t)
  const path = `/v3/organizations/${orgId}/secrets`
  const { secret_id: id } = await secrets(client, orgId).create(plan)

  t.equal((await client.answer('DELETE', `${path}/${id}`)).statusCode, 200)
  t.equal((await client.answer('DELETE', `${path}/${id}`)).statusCode, 403)
})

t.test('a secret with a changed value is deleted, then created with the same key', async (t) => {
  const { client, orgId } = await startTerraform(t)
  const resource = secrets(client, orgId)
  const first = await resource.create(plan)
  t.equal(await resource.delete(first.secret_id), 200)

  const second = await resource.create({ ...plan, value: 'changed' })

  t.not(second.secret_id, first.secret_id)
  t.hasStrict(await resource.read(second.secret_id), { key: 'API_TOKEN' })
})

t.test('a secret on a later page is found', async (t) => {
  const { client, orgId } = await startTerraform(t)
  const resource = secrets(client, orgId)
  let last = ''
  for (let index = 0; index < 101; index++)
    last = (await resource.create({ ...plan, key: `key-${index}` })).secret_id

  t.hasStrict(await resource.read(last), { key: 'key-100' })
})

t.test('a secret of a deleted organization is not found', async (t) => {
  const { client, orgId } = await startTerraform(t)
  const resource = secrets(client, orgId)
  const { secret_id: id } = await resource.create(plan)

  t.equal(await client.delete(`/v3/enterprise/organizations/${orgId}`), 200)

  t.equal(await resource.read(id), undefined)
})
