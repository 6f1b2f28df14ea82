// Tests src/state/service.ts, snapshots.ts and retained-memory.ts.

import t from 'tap'
import { KeyRegistry } from '../../src/auth/keys.ts'
import { DEFAULT_ORG_ID } from '../../src/auth/principal.ts'
import { randomIds, seededIds } from '../../src/base/ids.ts'
import { Organizations } from '../../src/organization/organizations.ts'
import { StateService } from '../../src/state/service.ts'
import { Snapshots } from '../../src/state/snapshots.ts'
import { memoryStore } from '../../src/store/memory.ts'
import { StoreFullError } from '../../src/store/types.ts'
import { frozenClock, NOW } from '../fake.ts'
import { aFolder } from '../records.ts'

/** Returns the services of a server whose clock the test advances by seconds. */
function serverWithClock({ clockSettings = {} } = {}) {
  let now = NOW
  const organizations = new Organizations({
    store: memoryStore(),
    clock: { now: () => now },
    clockSettings,
    ids: (owner) => seededIds(1, owner),
  })
  const keys = new KeyRegistry()
  const stateService = new StateService({ organizations, keys })
  return {
    organizations,
    keys,
    stateService,
    pass: (seconds: number) => {
      now += seconds * 1_000_000
    },
  }
}

const START = 1_000_000
const started = { now: '1970-01-01T00:00:01Z' }

t.test('reset lets a clock without settings follow the system clock again', async (t) => {
  const { organizations, stateService, pass } = serverWithClock()
  organizations.get('org-1')
  await stateService.captureBaseline()
  for (const clock of [organizations.clock, organizations.get('org-1').clock])
    clock.adjust({ now: START, frozen: true })
  pass(60)

  await stateService.reset()

  const state = { now: NOW + 60_000_000, frozen: false, speed: 1, instant: false }
  t.same(organizations.clock.state(), state)
  t.same(organizations.get('org-1').clock.state(), state)
  t.same(organizations.get('org-2').clock.state(), state)
})

t.test('reset restores the configured settings of a clock', async (t) => {
  const { organizations, stateService, pass } = serverWithClock({
    clockSettings: { now: START, frozen: true },
  })
  await stateService.captureBaseline()
  for (const clock of [organizations.clock, organizations.get('org-1').clock])
    clock.adjust({ now: 5, speed: 3 })
  pass(60)

  await stateService.reset('org-1')
  t.same(organizations.get('org-1').clock.state(), { now: START, frozen: true, speed: 1, instant: false })
  t.equal(organizations.clock.now(), 5, 'resetting an organization keeps the clock of the server')
  await stateService.reset()
  t.equal(organizations.clock.now(), START)
})

t.test('reset restores the clock settings of the seed', async (t) => {
  const { organizations, stateService, pass } = serverWithClock()
  await stateService.seed({
    clock: { speed: 10 },
    organizations: [
      { org_id: 'org-1', clock: { ...started, frozen: true } },
      { org_id: 'org-2', clock: started },
      { org_id: 'org-3' },
    ],
  })
  await stateService.captureBaseline()
  pass(60)
  for (const organization of organizations.all()) organization.clock.adjust({ now: 5, frozen: true })

  await stateService.reset()

  const real = NOW + 60_000_000
  const states = ['org-1', 'org-2', 'org-3'].map((orgId) => organizations.get(orgId).clock.state())
  t.match(states, [
    { now: START, frozen: true, speed: 10 },
    { now: START, frozen: false, speed: 10 },
    { now: real, frozen: false, speed: 10 },
  ])
  t.match(organizations.clock.state(), { now: real, speed: 10 })
})

t.test('capture shows one moment despite concurrent writes', async (t) => {
  const { organizations, keys, stateService } = serverWithClock()
  const folder = aFolder()
  const organization = organizations.get('org-1')

  const captured = stateService.capture()
  organizations.clock.adjust({ now: 5 })
  organizations.scenarios.add({ name: 'x', match: undefined, scenario: 'never' })
  keys.revoke('apk_x')
  await organization.folders.insert(folder)
  organizations.get('org-2')

  t.match(await captured, {
    clock: { now: NOW },
    scenarios: [],
    keys: { revoked: new Set() },
    organizations: [{ orgId: 'org-1', records: { folders: [] } }],
  })
  t.equal((await captured).organizations.length, 1)
})

t.test('concurrent reads never see a partially restored state', async (t) => {
  const { organizations, stateService } = serverWithClock()
  const folder = aFolder()
  for (const orgId of ['org-1', 'org-2']) await organizations.get(orgId).folders.insert(folder)
  const state = await stateService.capture()
  for (const organization of organizations.all()) await organization.folders.delete('folder-1')
  organizations.get('org-3')

  const restored = stateService.restore(state)

  t.same(
    organizations.all().map(({ orgId }) => orgId),
    ['org-1', 'org-2'],
  )
  const lists = organizations.all().map(({ folders }) => folders.list())
  await restored
  t.same(await Promise.all(lists), [[folder], [folder]])
})

t.test('reset restarts the id sequences of the server and its organizations', async (t) => {
  const { organizations, stateService } = serverWithClock()
  await stateService.seed({ organizations: [{ secrets: [{ key: 'A' }] }] })
  await stateService.captureBaseline()
  const next = () =>
    [organizations.ids, organizations.get(DEFAULT_ORG_ID).ids, organizations.get('org-2').ids].map((ids) =>
      ids.hex(),
    )
  const given = next()
  t.strictNotSame(next(), given)

  await stateService.reset()

  t.same(next(), given)
  t.not(given[1], seededIds(1, DEFAULT_ORG_ID).hex(), 'ids of the seed are not issued again')
})

const QUOTA_BYTES = 1_000_000

/** Returns the snapshots of a server with this quota, and a function for the number of bytes left. */
t.test('at most a hundred flaws of a document are reported', async (t) => {
  const { stateService } = serverWithQuota()

  const invalid = await stateService.seed({
    organizations: [],
    scenarios: Array(101).fill({ scenario: 'nothing' }),
  })

  t.equal(invalid?.issues.length, 100)
})

function serverWithQuota(bytes = QUOTA_BYTES) {
  const organizations = new Organizations({
    store: memoryStore({ bytes }),
    clock: frozenClock,
    ids: randomIds,
  })
  const stateService = new StateService({ organizations, keys: new KeyRegistry() })
  const snapshots = new Snapshots(stateService, organizations)
  const fits = (size: number) => {
    try {
      organizations.quota.ensure(size)
      return true
    } catch {
      return false
    }
  }
  const left = () => {
    let [low, high] = [0, bytes]
    while (low < high) {
      const middle = Math.ceil((low + high) / 2)
      if (fits(middle)) low = middle
      else high = middle - 1
    }
    return low
  }
  const upload = (orgId: string, id: string, size: number) =>
    organizations.get(orgId).attachments.insert({
      id,
      name: 'f',
      contentType: 'text/plain',
      bytes: new Uint8Array(size),
      createdAt: NOW,
    })
  return { organizations, stateService, snapshots, left, upload }
}

t.test('a snapshot counts towards the quota until it is deleted', async (t) => {
  const { snapshots, stateService, left, upload } = serverWithQuota()
  await upload('org-1', 'a', 100_000)
  const before = left()

  t.ok(await snapshots.take('s', 'org-1'))
  t.ok(left() < before - 100_000)
  await stateService.reset()
  t.ok(left() < QUOTA_BYTES - 100_000, 'a reset keeps the snapshot')
  t.ok(snapshots.delete('s', 'org-1'))
  t.equal(left(), QUOTA_BYTES)
})

t.test('records that several snapshots share count once, until the last of them is deleted', async (t) => {
  const { snapshots, left, upload } = serverWithQuota()
  await upload('org-1', 'a', 100_000)
  const before = left()
  await snapshots.take('one', 'org-1')
  const withOne = left()

  await snapshots.take('all', undefined)
  for (let n = 0; n < 20; n++) await snapshots.take(`again-${n}`, 'org-1')
  t.ok(left() > withOne - 100_000)
  t.ok(left() < withOne, 'each snapshot takes some memory of its own')
  snapshots.delete('one', 'org-1')
  t.ok(left() < before - 100_000)
  snapshots.delete('all')
  for (let n = 0; n < 20; n++) snapshots.delete(`again-${n}`, 'org-1')
  t.equal(left(), before)
  await snapshots.take('one', 'org-1')
  t.equal(left(), withOne, 'and again with the next one')
})

t.test('a snapshot beyond the quota is rejected, and the previous one of its name is kept', async (t) => {
  const { snapshots, left, upload, organizations } = serverWithQuota()
  await upload('org-1', 'a', 300_000)
  await snapshots.take('s', 'org-1')
  await upload('org-1', 'b', 300_000)
  const before = left()

  await t.rejects(snapshots.take('s', 'org-1'), new StoreFullError('bytes'))
  await t.rejects(snapshots.take('t', 'org-1'), StoreFullError)
  t.equal(left(), before, 'a rejected snapshot takes no memory')
  t.same(snapshots.list().length, 1)
  await snapshots.restore('s', 'org-1')
  t.same(
    (await organizations.get('org-1').attachments.list()).map(({ id }) => id),
    ['a'],
  )
})

t.test('replacing a snapshot releases the memory of the previous one', async (t) => {
  const { snapshots, stateService, left, upload } = serverWithQuota()
  for (let n = 0; n < 30; n++) {
    await upload('org-1', `a-${n}`, 100_000)
    t.ok(await snapshots.take('s', 'org-1'))
    await stateService.reset()
  }
  snapshots.delete('s', 'org-1')
  t.equal(left(), QUOTA_BYTES)
})

t.test('snapshots of unknown organizations create none, and count towards the quota', async (t) => {
  const { snapshots, organizations, left } = serverWithQuota()
  const takeAll = async () => {
    for (let n = 0; ; n++) await snapshots.take('s', `org-${n}`)
  }

  await t.rejects(takeAll(), StoreFullError)
  t.same(organizations.all(), [])
  t.ok(snapshots.list().length > 100)
  for (const { name, orgId } of snapshots.list()) snapshots.delete(name, orgId)
  t.equal(left(), QUOTA_BYTES)
})

t.test('rules and keys of a snapshot count towards the quota', async (t) => {
  const { snapshots, organizations, stateService, left } = serverWithQuota()
  const scenario = { steps: [{ after_seconds: 1, message: 'm'.repeat(50_000) }] }
  organizations.scenarios.add({ name: 'big', match: undefined, scenario })
  organizations.scenarios.add({ name: 'named', match: { prompt: 'x'.repeat(1_000) }, scenario: 'never' })
  await stateService.replace(
    { organizations: [{ keys: ['apk_user_alice'] }], revoked_keys: ['apk_gone'] },
    [],
  )
  const before = left()

  await snapshots.take('s', undefined)
  const with1 = left()
  t.ok(with1 < before - 50_000)
  await snapshots.take('t', undefined)
  t.ok(left() > with1 - 50_000)
  snapshots.delete('s')
  snapshots.delete('t')
  t.equal(left(), before)
})
