import t from 'tap'
import { startTerraform } from './client.ts'
import { organizations } from './resources.ts'
import { orgTags } from './roles.ts'

const IP_LIST = '/v3/enterprise/ip-access-list'
const GROUP_LIMITS = '/v3/enterprise/org-group-limits'

t.test('the IP access list is set, changed and cleared', async (t) => {
  const { client } = await startTerraform(t)
  const ranges = async () => (await client.read(IP_LIST))?.ip_ranges

  // The first range has the address of this client, so that it does not lock itself out.
  const first = ['127.0.0.0/8', '203.0.113.0/24', '10.0.0.0/8']
  t.same(await client.send('PUT', IP_LIST, { ip_ranges: first }), { ip_ranges: first }, 'in this order')
  t.same(await ranges(), first)
  const second = ['198.51.100.0/24', '127.0.0.0/8']
  t.same(await client.send('PUT', IP_LIST, { ip_ranges: second }), { ip_ranges: second })
  t.same(await ranges(), second)

  t.equal(await client.delete(IP_LIST), 200)
  t.same(await ranges(), [])
})

t.test('the limits of groups of organizations are set, changed and cleared', async (t) => {
  const { client, orgId } = await startTerraform(t)
  const { org_id: other } = await organizations(client).create({ name: 'Other' })
  const groups = async () => (await client.read(GROUP_LIMITS))?.groups
  const put = async (sent: object) => (await client.send('PUT', GROUP_LIMITS, { groups: sent })).groups

  const limited = { web: { org_ids: [orgId], max_cycle_acus: 100 } }
  t.same(await put(limited), limited)
  t.same(await groups(), limited)
  for (const group of Object.values(await put({ web: { org_ids: [orgId, other] }, none: { org_ids: [] } })))
    t.equal((group as { max_cycle_acus?: number }).max_cycle_acus ?? null, null)
  t.hasStrict(await groups(), { web: { org_ids: [orgId, other] }, none: { org_ids: [] } })

  t.same(await put({}), {})
  t.same(await groups(), {})
})

t.test('the limits of groups refuse an organization in two of them', async (t) => {
  const { client, orgId } = await startTerraform(t)
  const groups = { a: { org_ids: [orgId] }, b: { org_ids: [orgId] } }

  await t.rejects(client.send('PUT', GROUP_LIMITS, { groups }), { message: /^API error 4/ })
})

t.test('a group without organizations, whose list Go writes as null, is refused or empty', async (t) => {
  const { client } = await startTerraform(t)

  const { statusCode } = await client.answer('PUT', GROUP_LIMITS, { groups: { none: { org_ids: null } } })

  t.ok([200, 422].includes(statusCode), `${statusCode}`)
})

t.test('the tags of an organization are set, changed and cleared', async (t) => {
  const { client, orgId } = await startTerraform(t)
  const resource = orgTags(client, orgId)
  t.same(await resource.read(), { tags: [], default_tag: null })

  const applied = await resource.apply(['web', 'api', 'infra'], 'web')
  t.same(applied, { tags: ['api', 'infra', 'web'] }, 'they are sorted')
  t.same(await resource.read(), { tags: ['api', 'infra', 'web'], default_tag: 'web' })

  await client.send('PUT', `/v3/enterprise/organizations/${orgId}/tags`, { tags: ['infra', 'api'] })
  t.same(
    await resource.read(),
    { tags: ['api', 'infra'], default_tag: null },
    'the default went with its tag',
  )
  await resource.apply(['api'], 'api')
  await resource.apply(['infra', 'api'])
  t.same(await resource.read(), { tags: ['api', 'infra'], default_tag: null })

  await resource.apply(['api'], 'api')
  t.equal(await resource.delete(), 200)
  t.same(await resource.read(), { tags: [], default_tag: null })
})
