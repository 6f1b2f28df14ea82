import t from 'tap'
import { KeyRegistry } from '../../../src/auth/keys.ts'
import { DEFAULT_ORG_ID, ENTERPRISE_ID } from '../../../src/auth/principal.ts'
import { v3Routes } from '../../../src/routes/v3/index.ts'
import { BODIES, OPERATIONS } from '../../../src/schemas/v3/contract.ts'
import { startV3, type V3Fake } from '../../v3.ts'
import { OPERATIONS_BY_PERMISSION } from './operation-permissions.ts'

const bearer = (key: string) => ({ authorization: `Bearer ${key}` })

/** Returns the method of an operation, and a path with made-up ids. */
function targetOf(name: string): [method: string, path: string] {
  const [method, template] = name.split(' ') as [string, string]
  const path = template
    .replace('{org_id}', DEFAULT_ORG_ID)
    .replace('{devin_id}', 'devin-1')
    .replaceAll(/\{\w+\}/g, 'some')
  return [method, path]
}

async function send({ v3 }: V3Fake, name: (typeof OPERATIONS)[number], key: string, prefix = '/v3/') {
  const [method, path] = targetOf(name)
  const body = BODIES[name] === 'json' ? {} : undefined
  return v3(method, path.replace(/^\/v3\//, prefix), body, bearer(key))
}

t.test('each operation needs the permission that the vendor names for it, and no other', async (t) => {
  const actual: Record<string, string[]> = {}
  for (const name of OPERATIONS) {
    const { permission } = v3Routes[name]
    const names = permission === null ? 'none' : [permission].flat().sort().join(' or ')
    actual[names] = [...(actual[names] ?? []), name]
  }
  t.same(actual, OPERATIONS_BY_PERMISSION)
})

/** What a key of one operation needs to be registered: the organization that it is used in, and a key of its own. */
const keyOf = (name: string, index: number) => ({
  key: `cog_key${index}`,
  orgId: name.includes('/enterprise/') ? ENTERPRISE_ID : DEFAULT_ORG_ID,
})

t.test('every operation refuses a key without its permission, and changes nothing', async (t) => {
  const all = new Set(Object.values(v3Routes).flatMap(({ permission }) => permission ?? []))
  const restricted = OPERATIONS.filter((name) => v3Routes[name].permission !== null)
  const keys = restricted.map((name, index) => {
    const required = [v3Routes[name].permission].flat()
    return { ...keyOf(name, index), permissions: [...all].filter((one) => !required.includes(one)) }
  })
  const fake = await startV3(t, { keys: new KeyRegistry({ keys }) })
  const state = async () => (await fake.call('GET', '/_fake/state?reveal=true')).json()
  const before = await state()

  for (const [index, name] of restricted.entries()) {
    const refused = await send(fake, name, keyOf(name, index).key)

    t.same([refused.statusCode, refused.json().detail], [403, 'Unauthorized'], name)
    t.same(await state(), before, `${name} changes nothing`)
  }
})

/** Operations that these requests are refused for another reason. */
const REFUSED_OTHERWISE = [
  // The secret is unknown.
  'DELETE /v3/organizations/{org_id}/secrets/{secret_id}',
  // The blueprint of an organization also needs `ManageOrgSnapshots`.
  'POST /v3beta1/organizations/{org_id}/snapshot-setup/blueprints',
]

t.test('every operation accepts a key with one of its permissions', async (t) => {
  const allowed = OPERATIONS.flatMap((name) =>
    [v3Routes[name].permission ?? []].flat().map((permission) => ({ name, permission })),
  )
  const keys = allowed.map(({ name, permission }, index) => ({
    ...keyOf(name, index),
    permissions: [permission],
  }))
  const start = () => startV3(t, { keys: new KeyRegistry({ keys }) })
  const shared = await start()

  for (const [index, { name, permission }] of allowed.entries()) {
    // What a deletion removes would be missing for the others.
    const fake = name.startsWith('DELETE ') ? await start() : shared
    const { statusCode, body } = await send(fake, name, keyOf(name, index).key)
    const isRefused = statusCode === 403 && JSON.parse(body).instance !== undefined
    if (!REFUSED_OTHERWISE.includes(name)) t.notOk(isRefused, `${name}: ${permission}`)
  }
})

t.test('no operation of the enterprise accepts a key of an organization', async (t) => {
  const keys = new KeyRegistry({ keys: [{ key: 'cog_bound' }] })
  const fake = await startV3(t, { keys })
  for (const name of OPERATIONS.filter((one) => one.includes(' /v3/enterprise/'))) {
    for (const prefix of ['/v3/', '/v3beta1/']) {
      const { statusCode } = await send(fake, name, 'cog_bound', prefix)
      t.equal(statusCode, 403, `${prefix} ${name}`)
    }
  }
})
