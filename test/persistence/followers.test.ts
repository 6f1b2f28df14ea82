// Changes through one replica reach another one, for every kind of row: when rows are written, removed, and when everything is read again.
import t, { type Test } from 'tap'
import { buildApp } from '../../src/app.ts'
import { DEFAULT_ORG_ID } from '../../src/auth/principal.ts'
import type { Fault } from '../../src/faults/fault.ts'
import type { Organization, Organizations } from '../../src/organization/organizations.ts'
import { rowKinds } from '../../src/persistence/kinds.ts'
import { Replica } from '../../src/persistence/replica.ts'
import type { StoreQuota } from '../../src/store/store-quota.ts'
import { differenceBetween, newServices } from '../engine.ts'
import { frozenClock, KEY } from '../fake.ts'
import { aPrincipal } from '../records.ts'
import { MemoryDatabase, SharedRows } from './memory-database.ts'

/** Starts a replica. */
async function start(t: Test, shared: SharedRows) {
  const services = newServices(frozenClock)
  const { store, ...parts } = services
  const database = new MemoryDatabase(shared)
  const kinds = rowKinds(services)
  const replica = new Replica({ database, kinds, changes: store.changes, events: store.events })
  const app = await buildApp({ ...parts, replica })
  await replica.start(
    () => parts.stateService.captureBaseline(),
    async () => undefined,
  )
  t.teardown(async () => {
    await app.close()
    await replica.close()
  })
  const send = (method: string, url: string, payload?: object, authorization = `Bearer ${KEY}`) =>
    app.inject({ method: method as 'GET', url, headers: { authorization }, ...(payload && { payload }) })
  return { app, services, database, replica, send }
}

type Running = Awaited<ReturnType<typeof start>>

function bytesOf({ services: { store } }: Running): number {
  return (store.quota as StoreQuota).bytes
}

/** Starts two replicas, and returns a function that changes one and compares both. */
async function startTwo(t: Test) {
  const shared = new SharedRows()
  const [one, other] = [await start(t, shared), await start(t, shared)]
  const change = async (title: string, action: (running: Running) => Promise<unknown>) => {
    await action(one)
    await one.send('GET', '/_fake/health')
    await other.send('GET', '/_fake/health')
    t.equal(await differenceBetween(one.services, other.services), undefined, title)
    t.equal(bytesOf(other), bytesOf(one), `${title}, in bytes`)
    other.database.failing.add('commit')
    t.equal((await other.send('GET', '/v1/knowledge')).statusCode, 503)
    await other.send('GET', '/_fake/health')
    t.equal(await differenceBetween(one.services, other.services), undefined, `${title}, read anew`)
  }
  return { one, other, change }
}

t.test('another replica follows records that are created, changed, replaced and deleted', async (t) => {
  const { change } = await startTwo(t)
  const secret = { type: 'cookie', key: 'A', value: 'v', sensitive: true }
  let id = ''
  await change('created', async ({ send }) => {
    id = (await send('POST', '/v1/secrets', secret)).json().id
    await send('POST', '/v1/secrets', { ...secret, key: 'B' })
    await send('POST', '/v1/sessions', { prompt: 'a', tags: ['x'] })
  })
  await change('deleted', ({ send }) => send('DELETE', `/v1/secrets/${id}`))
  await change('names that change places', async ({ services }) => {
    const { secrets } = services.organizations.get(DEFAULT_ORG_ID)
    const [first] = await secrets.list()
    await secrets.update(first?.id as string, (before) => ({ ...before, key: 'A' }))
    await secrets.insert({ ...(first as NonNullable<typeof first>), id: 'secret-c', key: 'B' })
  })
  await change('a snapshot', ({ send }) => send('POST', '/_fake/snapshots', { name: 's' }))
  await change('a reset', ({ send }) => send('POST', '/_fake/reset', {}))
  await change('a restored snapshot', ({ send }) => send('POST', '/_fake/snapshots/s/restore', {}))
  await change('a deleted snapshot', ({ send }) => send('DELETE', '/_fake/snapshots/s'))
})

t.test(
  'a schedule that one replica creates or changes runs on another one that has already checked for due schedules',
  async (t) => {
    const { one, other } = await startTwo(t)
    const path = `/v3/organizations/${DEFAULT_ORG_ID}`
    const sessions = async () => {
      const answer = await other.send('GET', `${path}/sessions`, undefined, 'Bearer cog_demo')
      return answer.json().items.length
    }
    const advance = () => other.send('POST', '/_fake/clock/advance', { seconds: 3_600 })
    t.equal(await sessions(), 0)

    const schedule = { name: 'Hourly', prompt: 'Check the queue', frequency: '0 * * * *' }
    const created = await one.send('POST', `${path}/schedules`, schedule, 'Bearer cog_demo')
    await advance()
    t.equal(await sessions(), 1)

    const at = `${path}/schedules/${created.json().scheduled_session_id}`
    await one.send('PATCH', at, { frequency: '*/30 * * * *' }, 'Bearer cog_demo')
    await advance()
    t.equal(await sessions(), 3)
  },
)

t.test('an organization that one replica removes does not exist for another one', async (t) => {
  const { one, other } = await startTwo(t)
  const { org_id: orgId } = (await one.send('POST', '/_fake/organizations')).json()
  const path = `/v3/enterprise/organizations/${orgId}`
  const status = async ({ send }: Running) =>
    (await send('GET', path, undefined, 'Bearer cog_demo')).statusCode
  t.equal(await status(other), 200)

  await one.send('POST', '/_fake/reset', {})

  t.equal(await status(one), 404)
  t.equal(await status(other), 404)
})

t.test(
  'another replica follows an organization that is removed and created again in one batch',
  async (t) => {
    const { one, other, change } = await startTwo(t)
    const { org_id: orgId } = (await one.send('POST', '/_fake/organizations')).json()
    await one.send('POST', '/_fake/organizations')
    await one.send('POST', `/v3/organizations/${orgId}/playbooks`, { title: 't', body: 'b' }, 'Bearer cog_x')
    const again = (title: string, create: (organizations: Organizations) => unknown) =>
      change(title, async ({ replica, services: { organizations } }) => {
        await replica.enter()
        await organizations.remove(orgId)
        create(organizations)
        await replica.settle()
      })

    const write = ({ auditLog }: Organization) => auditLog.write(aPrincipal(), 'test', 'x')

    await change('an entry in its audit log', async ({ services }) =>
      write(services.organizations.get(orgId)),
    )
    await again('by a write', (organizations) => organizations.get(orgId))
    await change('an entry before it is removed', async ({ replica, services: { organizations } }) => {
      await replica.enter()
      write(organizations.get(orgId))
      await replica.settle()
      await replica.enter()
      write(organizations.get(orgId))
      await organizations.remove(orgId)
      for (const _ of [1, 2]) write(organizations.get(orgId))
      await replica.settle()
    })
    await again('by a read', (organizations) => organizations.getEphemeral(orgId))

    const { items } = (
      await other.send('GET', '/v3/enterprise/organizations', undefined, 'Bearer cog_x')
    ).json()
    t.notOk(items.some((item: { org_id: string }) => item.org_id === orgId))
  },
)

t.test('another replica follows an audit log whose oldest entries are dropped', async (t) => {
  const { change } = await startTwo(t)
  await change('full', async ({ services }) => {
    const { auditLog } = services.organizations.get(DEFAULT_ORG_ID)
    const { principal } = { principal: services.keys.principalOf(KEY) as never }
    for (let count = 0; count < 11_001; count++) auditLog.write(principal, 'test', String(count))
  })
})

t.test('another replica follows the restore of an audit log that begins earlier', async (t) => {
  const { one, other, change } = await startTwo(t)
  const write = ({ send }: Running) => send('POST', '/v1/playbooks', { title: 't', body: 'b' })
  const empty = async () => {
    await one.send('POST', '/_fake/snapshots/empty/restore', {})
    await other.send('GET', '/_fake/health')
  }
  await one.send('PUT', '/_fake/clock', { frozen: true, org_id: DEFAULT_ORG_ID })
  await one.send('POST', '/_fake/snapshots', { name: 'empty' })
  await write(one)
  await write(one)
  await one.send('POST', '/_fake/snapshots', { name: 'two' })
  await empty()
  await write(one)
  await empty()
  // The other replica has dropped the first entry, so this one is at the second position.
  await write(other)

  await change('restored', ({ send }) => send('POST', '/_fake/snapshots/two/restore', {}))
})

t.test('another replica follows rules, faults and expected retries that are added and removed', async (t) => {
  const { one, change } = await startTwo(t)
  let id = ''
  await change('created', async ({ send }) => {
    id = (await send('POST', '/_fake/scenarios', { match: { prompt: 'a' }, scenario: 'never' })).json().id
    await send('POST', '/_fake/faults', { status: 500, times: 3, path: '/v1/*', org_id: DEFAULT_ORG_ID })
    await send('POST', '/_fake/faults', { status: 500, probability: 0.5 })
  })
  await change('struck', ({ send }) => send('GET', '/v1/secrets'))
  const fault = one.services.organizations.find(DEFAULT_ORG_ID)?.faults.list()[0] as Fault
  const target = { method: 'GET', path: '/v1/secrets' }
  const retries = (running: Running) => running.services.organizations.faults.retries
  await change('a retry is expected', async (running) => retries(running).expect(fault, target, 2 ** 52))
  await change('the retry came', async (running) => retries(running).take(target, 0))
  await change('deleted', async ({ send }) => {
    await send('DELETE', `/_fake/scenarios/${id}`)
    await send('DELETE', '/_fake/faults')
  })
})

t.test('expected retries are known to all replicas, even after their fault is removed', async (t) => {
  const { one, other, change } = await startTwo(t)
  await one.send('POST', '/_fake/faults', { times: 1, include_retries: true, abort: 'before' })
  const target = { method: 'GET', path: '/v1/secrets' }
  const fault = one.services.organizations.faults.global.takeMatching(target) as Fault
  t.equal(fault.left, 0)
  await change('expected', async ({ services }) =>
    services.organizations.faults.retries.expect(fault, target, 0),
  )

  const { retries } = other.services.organizations.faults
  t.match(retries.get('GET /v1/secrets '), { fault: { id: fault.id }, until: 250_000 })
})

t.test('another replica follows clocks, organizations and keys that are added and removed', async (t) => {
  const { change } = await startTwo(t)
  let orgId = ''
  let key = ''
  await change('created', async ({ send, services }) => {
    const { org_id, keys } = (await send('POST', '/_fake/organizations', { name: 'Temporary' })).json()
    orgId = org_id
    key = keys.personal
    services.keys.register({ key: 'cog_first' })
    services.keys.register({ key, permissions: ['x'] })
  })
  await change('a permission', async ({ services: { keys } }) =>
    keys.register({ key: 'cog_first', permissions: ['y'] }),
  )
  await change('the order of its keys', async ({ send }) => {
    const { body } = await send('GET', '/_fake/state?reveal=true')
    await send('PUT', '/_fake/state', JSON.parse(body))
  })
  await change('its clock', ({ send }) => send('PUT', '/_fake/clock', { frozen: true, org_id: orgId }))
  await change('its key', ({ send }) => send('POST', '/_fake/keys/revoke', { key }))
  const path = `/v3/enterprise/organizations/${orgId}`
  await change('its name', ({ send }) => send('PATCH', path, { name: 'Renamed' }, 'Bearer cog_x'))
  await change('deleted', ({ send }) => send('DELETE', path, undefined, 'Bearer cog_x'))
  await change('another one', ({ send }) =>
    send('GET', '/v3/organizations/org-x/secrets', undefined, 'Bearer cog_x'),
  )
  await change('back to the start', ({ send }) => send('POST', '/_fake/reset', {}))
})

t.test('another replica follows journals that are full, cleared and evicted', async (t) => {
  const { one, other, change } = await startTwo(t)
  for (const { services } of [one, other]) services.organizations.journals.limit({ entries: 3, bytes: 3_000 })
  await change('full', async ({ send }) => {
    for (let count = 0; count < 5; count++) await send('GET', '/v1/secrets')
  })
  await change('full, without a key', async ({ app }) => {
    for (let count = 0; count < 5; count++) await app.inject('/v1/secrets')
  })
  await change('cleared, of an organization without one', ({ send }) =>
    send('DELETE', '/_fake/requests?org_id=org-unknown'),
  )
  await change('too long', ({ send }) => send('GET', `/v1/secrets?${'x'.repeat(4_000)}`))
  await change('evicted', async ({ send }) => {
    for (let count = 0; count < 30; count++) {
      await send('GET', `/v3/organizations/org-${count}/secrets`, undefined, 'Bearer cog_x')
    }
  })
  await change('cleared', ({ send }) => send('DELETE', '/_fake/requests'))
})

t.test('another replica has requests with forms, long bodies and no organization', async (t) => {
  const { change } = await startTwo(t)
  const boundary = 'multipart/form-data; boundary=b'
  const payload = '--b\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\nx\r\n--b--\r\n'
  await change('recorded', async ({ app, send }) => {
    const headers = { authorization: `Bearer ${KEY}`, 'content-type': boundary }
    await app.inject({ method: 'POST', url: '/v1/attachments', headers, payload })
    await send('POST', '/v1/playbooks', { title: 'a', body: 'x'.repeat(1_100_000) })
    await app.inject({ method: 'GET', url: '/v1/secrets' })
  })
})

t.test('another replica has rules and snapshots of one organization, and the clocks of a seed', async (t) => {
  const { one, change } = await startTwo(t)
  let id = ''
  const rule = { match: { prompt: 'a' }, scenario: 'never', org_id: DEFAULT_ORG_ID }
  await change('created', async ({ send, services }) => {
    await services.stateService.seed({
      clock: { speed: 2 },
      organizations: [{ org_id: 'org-seeded', clock: { frozen: true } }],
    })
    await services.stateService.captureBaseline()
    id = (await send('POST', '/_fake/scenarios', rule)).json().id
    await send('POST', '/_fake/scenarios', { ...rule, scenario: 'default' })
    await send('POST', '/_fake/snapshots', { name: 's', org_id: DEFAULT_ORG_ID })
  })
  t.same(one.services.stateService.baseline.seededClocks.size, 2)
  await change('deleted', async ({ send }) => {
    await send('DELETE', `/_fake/scenarios/${id}`)
    await send('DELETE', `/_fake/snapshots/s?org_id=${DEFAULT_ORG_ID}`)
  })
  await change('reset', ({ send }) => send('POST', '/_fake/reset', {}))
})

t.test(
  'the live events of a replica include requests to other replicas, but not those of a reload',
  async (t) => {
    const { one, other } = await startTwo(t)
    const seen: string[] = []
    other.services.organizations.journals.onEntry = ({ target }) => void seen.push(target)
    await one.send('GET', '/v1/secrets')
    await other.send('GET', '/_fake/health')
    t.same(seen, ['/v1/secrets'])

    other.database.failing.add('commit')
    await other.send('GET', '/v1/knowledge')
    await other.send('GET', '/_fake/health')
    t.same(seen, ['/v1/secrets', '/v1/knowledge'], 'the second one is its own')
  },
)
