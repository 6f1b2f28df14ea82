import t, { type Test } from 'tap'
import { DEFAULT_ORG_ID } from '../../../src/auth/principal.ts'
import { KEY, OTHER_ORG_KEY, startFake } from '../../fake.ts'

const OTHER_ORG = `org-${'b2'.repeat(16)}`

/** A fake in which each of two organizations, and nobody, has a fault, a rule, a request and a snapshot. */
async function threeOwners(t: Test) {
  const fake = await startFake(t)
  const { app, call, send } = fake
  const made: { fault: string; rule: string }[] = []
  for (const owner of [{ org_id: DEFAULT_ORG_ID }, { org_id: OTHER_ORG }, {}]) {
    const fault = (await send('POST', '/_fake/faults', { ...owner, path: '/never', status: 500 })).json()
    const rule = (
      await send('POST', '/_fake/scenarios', { ...owner, name: 'mine', scenario: 'never' })
    ).json()
    await send('POST', '/_fake/snapshots', { ...owner, name: 'x' })
    made.push({ fault: fault.id, rule: rule.id })
  }
  for (const key of [KEY, OTHER_ORG_KEY, '']) {
    await call('GET', '/v1/secrets', { headers: { authorization: `Bearer ${key}` } })
  }
  const left = async () => {
    const owners = async (url: string, member: string) => {
      const items: { org_id: string | null }[] = (await app.inject(url)).json()[member]
      return items.map(({ org_id }) => org_id).sort()
    }
    return {
      faults: await owners('/_fake/faults', 'faults'),
      scenarios: await owners('/_fake/scenarios', 'rules'),
      requests: await owners('/_fake/requests', 'requests'),
      snapshots: await owners('/_fake/snapshots', 'snapshots'),
    }
  }
  return { ...fake, made, left }
}

t.test('what is removed of one organization may be said in the body, as elsewhere', async (t) => {
  const { send, left } = await threeOwners(t)
  const all = [DEFAULT_ORG_ID, OTHER_ORG, null].sort()
  t.same(await left(), { faults: all, scenarios: all, requests: all, snapshots: all })

  for (const path of ['faults', 'scenarios', 'requests', 'snapshots/x']) {
    t.equal((await send('DELETE', `/_fake/${path}`, { org_id: OTHER_ORG })).statusCode, 204, path)
  }

  const others = [DEFAULT_ORG_ID, null].sort()
  t.same(await left(), { faults: others, scenarios: others, requests: others, snapshots: others })
})

t.test('a body that is no such thing removes nothing', async (t) => {
  const { send, left } = await threeOwners(t)
  const before = await left()

  for (const body of [{ orgid: OTHER_ORG }, { org_id: 5 }, { org_id: null }, [], 'x']) {
    for (const path of ['faults', 'faults/x', 'scenarios', 'scenarios/x', 'requests', 'snapshots/x']) {
      t.equal(
        (await send('DELETE', `/_fake/${path}`, body)).statusCode,
        422,
        `${path} ${JSON.stringify(body)}`,
      )
    }
  }

  t.same(await left(), before)
})

t.test('a query and a body that mean different organizations are refused', async (t) => {
  const { send, left } = await threeOwners(t)
  const before = await left()

  const refused = await send('DELETE', `/_fake/faults?org_id=${OTHER_ORG}`, { org_id: DEFAULT_ORG_ID })

  t.equal(refused.statusCode, 422)
  t.match(refused.json(), { detail: [{ loc: ['body', 'org_id'], input: DEFAULT_ORG_ID }] })
  t.same(await left(), before)
  const same = await send('DELETE', `/_fake/faults?org_id=${OTHER_ORG}`, { org_id: OTHER_ORG })
  t.equal(same.statusCode, 204)
})

t.test('with an org_id, a fault or a rule of another organization is unknown', async (t) => {
  const { app, send, made } = await threeOwners(t)
  const [own, other, forAll] = made
  const found = async (id = '') => (await app.inject(`/_fake/faults/${id}?org_id=${OTHER_ORG}`)).statusCode

  t.same([await found(own?.fault), await found(other?.fault), await found(forAll?.fault)], [404, 200, 200])
  for (const path of [
    `faults/${own?.fault}`,
    `faults/${forAll?.fault}`,
    `scenarios/${own?.rule}`,
    `scenarios/${forAll?.rule}`,
  ]) {
    t.equal((await send('DELETE', `/_fake/${path}`, { org_id: OTHER_ORG })).statusCode, 404, path)
  }
  for (const path of [`faults/${other?.fault}`, `scenarios/${other?.rule}`]) {
    t.equal((await send('DELETE', `/_fake/${path}`, { org_id: OTHER_ORG })).statusCode, 204, path)
  }
})

t.test('with an org_id, the key of another organization is unknown and stays good', async (t) => {
  const { call, send } = await startFake(t)

  const refused = await send('POST', '/_fake/keys/revoke', { key: KEY, org_id: OTHER_ORG })

  t.same([refused.statusCode, (await call('GET', '/v1/secrets')).statusCode], [404, 200])
  const revoked = await send('POST', '/_fake/keys/revoke', { key: KEY, org_id: DEFAULT_ORG_ID })
  t.same([revoked.statusCode, (await call('GET', '/v1/secrets')).statusCode], [204, 403])
})
