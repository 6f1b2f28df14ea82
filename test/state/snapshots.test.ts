import t from 'tap'
import { KeyRegistry } from '../../src/auth/keys.ts'
import { randomIds } from '../../src/base/ids.ts'
import { Organizations } from '../../src/organization/organizations.ts'
import { StateService } from '../../src/state/service.ts'
import { Snapshots } from '../../src/state/snapshots.ts'
import { memoryStore } from '../../src/store/memory.ts'
import { StoreFullError } from '../../src/store/types.ts'
import { frozenClock, NOW } from '../fake.ts'

const BYTES = 1_000_000

/** Snapshots of a server with room for so many bytes, and how many are left. */
function aServer(bytes = BYTES) {
  const organizations = new Organizations({
    store: memoryStore({ bytes }),
    clock: frozenClock,
    ids: randomIds,
  })
  const stateService = new StateService({ organizations, keys: new KeyRegistry() })
  const snapshots = new Snapshots(stateService, organizations.quota)
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

t.test('a snapshot counts what it keeps, and a deleted one gives it back', async (t) => {
  const { snapshots, stateService, left, upload } = aServer()
  await upload('org-1', 'a', 100_000)
  const before = left()

  t.ok(await snapshots.take('s', 'org-1'))
  t.ok(left() < before - 100_000)
  await stateService.reset()
  t.ok(left() < BYTES - 100_000, 'a reset leaves it')
  t.ok(snapshots.delete('s', 'org-1'))
  t.equal(left(), BYTES)
})

t.test('what several snapshots share counts once, and as long as one of them is there', async (t) => {
  const { snapshots, left, upload } = aServer()
  await upload('org-1', 'a', 100_000)
  const before = left()
  await snapshots.take('one', 'org-1')
  const withOne = left()

  await snapshots.take('all', undefined)
  for (let n = 0; n < 20; n++) await snapshots.take(`again-${n}`, 'org-1')
  t.ok(left() > withOne - 100_000)
  t.ok(left() < withOne, 'each takes something itself')
  snapshots.delete('one', 'org-1')
  t.ok(left() < before - 100_000)
  snapshots.delete('all')
  for (let n = 0; n < 20; n++) snapshots.delete(`again-${n}`, 'org-1')
  t.equal(left(), before)
})

t.test('a snapshot for which there is no room is refused, and the one of its name stays', async (t) => {
  const { snapshots, left, upload, organizations } = aServer()
  await upload('org-1', 'a', 300_000)
  await snapshots.take('s', 'org-1')
  await upload('org-1', 'b', 300_000)
  const before = left()

  await t.rejects(snapshots.take('s', 'org-1'), new StoreFullError('bytes'))
  await t.rejects(snapshots.take('t', 'org-1'), StoreFullError)
  t.equal(left(), before, 'nothing is counted of it')
  t.same(snapshots.list().length, 1)
  await snapshots.restore('s', 'org-1')
  t.same(
    (await organizations.get('org-1').attachments.list()).map(({ id }) => id),
    ['a'],
  )
})

t.test('a snapshot in the place of another gives back what that one kept', async (t) => {
  const { snapshots, stateService, left, upload } = aServer()
  for (let n = 0; n < 30; n++) {
    await upload('org-1', `a-${n}`, 100_000)
    t.ok(await snapshots.take('s', 'org-1'))
    await stateService.reset()
  }
  snapshots.delete('s', 'org-1')
  t.equal(left(), BYTES)
})

t.test('snapshots of organizations that nobody has asked for make none, and are bounded', async (t) => {
  const { snapshots, organizations, left } = aServer()
  const takeAll = async () => {
    for (let n = 0; ; n++) await snapshots.take('s', `org-${n}`)
  }

  await t.rejects(takeAll(), StoreFullError)
  t.same(organizations.all(), [])
  t.ok(snapshots.list().length > 100)
  for (const { name, orgId } of snapshots.list()) snapshots.delete(name, orgId)
  t.equal(left(), BYTES)
})

t.test('rules and keys that a snapshot keeps count, too', async (t) => {
  const { snapshots, organizations, stateService, left } = aServer()
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
