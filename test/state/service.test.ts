import t from 'tap'
import { KeyRegistry } from '../../src/auth/keys.ts'
import { DEFAULT_ORG_ID } from '../../src/auth/principal.ts'
import { seededIds } from '../../src/base/ids.ts'
import { Organizations } from '../../src/organization/organizations.ts'
import { StateService } from '../../src/state/service.ts'
import { memoryStore } from '../../src/store/memory.ts'
import { NOW } from '../fake.ts'

/** A server over a clock that the test moves, by seconds. */
function aServer({ clockSettings = {} } = {}) {
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

t.test('reset: a clock that nobody set goes with the machine’s again', async (t) => {
  const { organizations, stateService, pass } = aServer()
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

t.test('reset: a clock that the configuration set is where it was at the start', async (t) => {
  const { organizations, stateService, pass } = aServer({ clockSettings: { now: START, frozen: true } })
  await stateService.captureBaseline()
  for (const clock of [organizations.clock, organizations.get('org-1').clock])
    clock.adjust({ now: 5, speed: 3 })
  pass(60)

  await stateService.reset('org-1')
  t.same(organizations.get('org-1').clock.state(), { now: START, frozen: true, speed: 1, instant: false })
  t.equal(organizations.clock.now(), 5, 'of one organization alone')
  await stateService.reset()
  t.equal(organizations.clock.now(), START)
})

t.test('reset: clocks that the seed set are as it set them', async (t) => {
  const { organizations, stateService, pass } = aServer()
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

t.test('capture: is of one moment, whatever is written meanwhile', async (t) => {
  const { organizations, keys, stateService } = aServer()
  const folder = { id: 'folder-1', name: 'n', description: '', createdAt: 0 }
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

t.test('restore: nobody sees one half of it', async (t) => {
  const { organizations, stateService } = aServer()
  const folder = { id: 'folder-1', name: 'n', description: '', createdAt: 0 }
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

t.test('reset: the ids of the server and of its organizations are given again', async (t) => {
  const { organizations, stateService } = aServer()
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
  t.not(given[1], seededIds(1, DEFAULT_ORG_ID).hex(), 'those of the seed are not')
})
