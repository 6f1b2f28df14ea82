import t from 'tap'
import { KeyRing } from '../../src/auth/keys.ts'
import { DEFAULT_ORG_ID } from '../../src/auth/principal.ts'
import { seededIds } from '../../src/base/ids.ts'
import { Universes } from '../../src/organization/organizations.ts'
import { StateKeeper } from '../../src/state/service.ts'
import { memoryStore } from '../../src/store/memory.ts'
import { NOW } from '../fake.ts'

/** A server over a clock that the test moves, by seconds. */
function aServer({ clockSettings = {} } = {}) {
  let now = NOW
  const universes = new Universes({
    store: memoryStore(),
    clock: { now: () => now },
    clockSettings,
    ids: (owner) => seededIds(1, owner),
  })
  const keys = new KeyRing()
  const keeper = new StateKeeper({ universes, keys })
  return {
    universes,
    keys,
    keeper,
    pass: (seconds: number) => {
      now += seconds * 1_000_000
    },
  }
}

const START = 1_000_000
const started = { now: '1970-01-01T00:00:01Z' }

t.test('reset: a clock that nobody set goes with the machine’s again', async (t) => {
  const { universes, keeper, pass } = aServer()
  universes.of('org-1')
  await keeper.keepBaseline()
  for (const clock of [universes.clock, universes.of('org-1').clock])
    clock.adjust({ now: START, frozen: true })
  pass(60)

  await keeper.reset()

  const state = { now: NOW + 60_000_000, frozen: false, speed: 1, instant: false }
  t.same(universes.clock.state(), state)
  t.same(universes.of('org-1').clock.state(), state)
  t.same(universes.of('org-2').clock.state(), state)
})

t.test('reset: a clock that the configuration set is where it was at the start', async (t) => {
  const { universes, keeper, pass } = aServer({ clockSettings: { now: START, frozen: true } })
  await keeper.keepBaseline()
  for (const clock of [universes.clock, universes.of('org-1').clock]) clock.adjust({ now: 5, speed: 3 })
  pass(60)

  await keeper.reset('org-1')
  t.same(universes.of('org-1').clock.state(), { now: START, frozen: true, speed: 1, instant: false })
  t.equal(universes.clock.now(), 5, 'of one organisation alone')
  await keeper.reset()
  t.equal(universes.clock.now(), START)
})

t.test('reset: clocks that the seed set are as it set them', async (t) => {
  const { universes, keeper, pass } = aServer()
  await keeper.seed({
    clock: { speed: 10 },
    organizations: [
      { org_id: 'org-1', clock: { ...started, frozen: true } },
      { org_id: 'org-2', clock: started },
      { org_id: 'org-3' },
    ],
  })
  await keeper.keepBaseline()
  pass(60)
  for (const universe of universes.all()) universe.clock.adjust({ now: 5, frozen: true })

  await keeper.reset()

  const real = NOW + 60_000_000
  const states = ['org-1', 'org-2', 'org-3'].map((orgId) => universes.of(orgId).clock.state())
  t.match(states, [
    { now: START, frozen: true, speed: 10 },
    { now: START, frozen: false, speed: 10 },
    { now: real, frozen: false, speed: 10 },
  ])
  t.match(universes.clock.state(), { now: real, speed: 10 })
})

t.test('capture: is of one moment, whatever is written meanwhile', async (t) => {
  const { universes, keys, keeper } = aServer()
  const folder = { id: 'folder-1', name: 'n', description: '', createdAt: 0 }
  const universe = universes.of('org-1')

  const captured = keeper.capture()
  universes.clock.adjust({ now: 5 })
  universes.scenarios.add({ name: 'x', match: undefined, scenario: 'never' })
  keys.revoke('apk_x')
  await universe.folders.insert(folder)
  universes.of('org-2')

  t.match(await captured, {
    clock: { now: NOW },
    scenarios: [],
    keys: { revoked: new Set() },
    universes: [{ orgId: 'org-1', records: { folders: [] } }],
  })
  t.equal((await captured).universes.length, 1)
})

t.test('restore: nobody sees one half of it', async (t) => {
  const { universes, keeper } = aServer()
  const folder = { id: 'folder-1', name: 'n', description: '', createdAt: 0 }
  for (const orgId of ['org-1', 'org-2']) await universes.of(orgId).folders.insert(folder)
  const state = await keeper.capture()
  for (const universe of universes.all()) await universe.folders.delete('folder-1')
  universes.of('org-3')

  const restored = keeper.restore(state)

  t.same(
    universes.all().map(({ orgId }) => orgId),
    ['org-1', 'org-2'],
  )
  const lists = universes.all().map(({ folders }) => folders.list())
  await restored
  t.same(await Promise.all(lists), [[folder], [folder]])
})

t.test('reset: the ids of the server and of its organisations are given again', async (t) => {
  const { universes, keeper } = aServer()
  await keeper.seed({ organizations: [{ secrets: [{ key: 'A' }] }] })
  await keeper.keepBaseline()
  const next = () =>
    [universes.ids, universes.of(DEFAULT_ORG_ID).ids, universes.of('org-2').ids].map((ids) => ids.hex())
  const given = next()
  t.strictNotSame(next(), given)

  await keeper.reset()

  t.same(next(), given)
  t.not(given[1], seededIds(1, DEFAULT_ORG_ID).hex(), 'those of the seed are not')
})
