import t from 'tap'
import { randomIds } from '../../../src/base/ids.ts'
import { Organizations } from '../../../src/organization/organizations.ts'
import { memoryStore } from '../../../src/store/memory.ts'
import { frozenClock, startFake } from '../../fake.ts'

const UNKNOWN = 'org-misspelt'

/** Every control call that only looks, or that takes something away, at an organization that nobody has asked for. */
const LOOKS: readonly (readonly [
  method: 'GET' | 'POST' | 'DELETE',
  path: string,
  status: number,
  body?: object,
])[] = [
  ['GET', `/_fake/clock?org_id=${UNKNOWN}`, 200],
  ['GET', `/_fake/scenarios?org_id=${UNKNOWN}`, 200],
  ['DELETE', `/_fake/scenarios?org_id=${UNKNOWN}`, 204],
  ['DELETE', `/_fake/scenarios/scenario-1?org_id=${UNKNOWN}`, 404],
  ['POST', '/_fake/sessions/devin-1/events', 404, { org_id: UNKNOWN, message: 'm' }],
  ['POST', '/_fake/reset', 204, { org_id: UNKNOWN }],
  ['GET', `/_fake/state?org_id=${UNKNOWN}`, 200],
  ['GET', `/_fake/state?org_id=${UNKNOWN}&reveal=true`, 200],
  ['GET', `/_fake/snapshots?org_id=${UNKNOWN}`, 200],
  ['POST', '/_fake/snapshots/s/restore', 404, { org_id: UNKNOWN }],
  ['GET', `/_fake/snapshots/s/diff?org_id=${UNKNOWN}`, 404],
  ['DELETE', `/_fake/snapshots/s?org_id=${UNKNOWN}`, 404],
  ['POST', '/_fake/keys/revoke', 404, { org_id: UNKNOWN, key: 'apk_user_x' }],
  ['GET', `/_fake/requests?org_id=${UNKNOWN}`, 200],
  ['DELETE', `/_fake/requests?org_id=${UNKNOWN}`, 204],
  ['POST', '/_fake/requests/verify', 200, { org_id: UNKNOWN, times: 0 }],
  ['GET', `/_fake/faults?org_id=${UNKNOWN}`, 200],
  ['DELETE', `/_fake/faults?org_id=${UNKNOWN}`, 204],
  ['GET', `/_fake/faults/fault-1?org_id=${UNKNOWN}`, 404],
  ['DELETE', `/_fake/faults/fault-1?org_id=${UNKNOWN}`, 404],
  ['GET', '/_fake/health', 200],
  ['GET', '/_fake/ca.pem', 404],
  ['GET', '/_fake/fidelity', 200],
  ['GET', `/_fake/storage/${UNKNOWN}/x/y?expires=1&signature=00`, 403],
]

const asKey = (n: number) => {
  const text = `email|${String(n).padStart(24, '0')}_org-${String(n).padStart(32, '0')}:${'0'.repeat(32)}`
  return { authorization: `Bearer apk_user_${Buffer.from(text).toString('base64')}` }
}

const newOrganizations = () => new Organizations({ store: memoryStore(), clock: frozenClock, ids: randomIds })

t.test('a control call that only looks makes nothing, whatever the organization is called', async (t) => {
  const organizations = newOrganizations()
  const { send, app } = await startFake(t, { organizations })
  const state = () => app.inject('/_fake/state?reveal=true').then((res) => res.body)
  const [before, kept] = [await state(), organizations.all().length]

  for (const [method, path, status, body] of LOOKS) {
    const res = await send(method, path, body)
    t.equal(res.statusCode, status, `${method} ${path}`)
    t.equal(organizations.all().length, kept, `${method} ${path}`)
  }

  t.equal(await state(), before)
  t.equal(organizations.find(UNKNOWN), undefined)
})

t.test(
  'what is shown of an organization that nobody has asked for is what it will have at first',
  async (t) => {
    const { call, app } = await startFake(t)
    const orgId = `org-${'0'.repeat(31)}7`
    const shown = async (path: string) => (await app.inject(`${path}?org_id=${orgId}`)).json()
    const paths = ['/_fake/clock', '/_fake/state', '/_fake/faults', '/_fake/snapshots', '/_fake/scenarios']
    const before = await Promise.all(paths.map(shown))

    await call('GET', '/v1/secrets', { headers: asKey(7) })

    t.same(await Promise.all(paths.map(shown)), before)
    t.match(before[1].organizations, [{ org_id: orgId, name: orgId, secrets: [], sessions: [] }])
    const put = { method: 'PUT', url: `/_fake/state?org_id=${orgId}`, payload: before[1] } as const
    t.equal((await app.inject(put)).statusCode, 204, 'and can be put in its place')
  },
)

t.test('a request that changes nothing leaves nothing in the state, whatever its key', async (t) => {
  const organizations = newOrganizations()
  const { call, app } = await startFake(t, { organizations })
  const state = () => app.inject('/_fake/state').then((res) => res.body)
  const before = await state()
  const session = '/v1/sessions/devin-0'

  for (const [n, [method, path, payload]] of (
    [
      ['GET', '/v1/sessions'],
      ['GET', session],
      ['DELETE', session],
      ['POST', `${session}/message`, { message: 'm' }],
      ['PUT', `${session}/tags`, { tags: [] }],
      ['GET', '/v1/secrets'],
      ['POST', '/v1/secrets', { key: 'refused' }],
      ['DELETE', '/v1/secrets/secret-0'],
      ['GET', '/v1/knowledge'],
      ['DELETE', '/v1/knowledge/note-0'],
      ['GET', '/v1/playbooks'],
      ['GET', '/v1/playbooks/playbook-0'],
      ['GET', '/v1/nowhere'],
      ['PUT', '/v1/secrets'],
    ] as const
  ).entries()) {
    const headers = asKey(100 + n)
    await call(method, path, { headers, ...(payload !== undefined && { payload }) })
    t.equal(await state(), before, `${method} ${path}`)
  }
})
