import t from 'tap'
import { seededIds } from '../src/ids.ts'
import { memoryStore } from '../src/store/memory.ts'
import { sessionNow, Universes } from '../src/universe.ts'
import { frozenClock, NOW } from './fake.ts'
import { aHistory, START } from './simulation/histories.ts'

const services = () => ({
  store: memoryStore(),
  clock: frozenClock,
  ids: (owner: string, start?: number) => seededIds(1, owner, start),
})

t.test('of: an organisation always has the same universe', async (t) => {
  const universes = new Universes(services())

  t.equal(universes.of('org-1'), universes.of('org-1'))
  t.equal(universes.of('org-1').orgId, 'org-1')
})

t.test('of: what one organisation has, another has not', async (t) => {
  const universes = new Universes(services())
  const [one, other] = [universes.of('org-1'), universes.of('org-2')]
  await one.folders.insert({ id: 'folder-1', name: 'n', description: 'd', createdAt: NOW })
  one.clock.adjust({ now: NOW + 1 })

  t.equal((await one.folders.list()).length, 1)
  t.same(await other.folders.list(), [])
  t.equal(other.clock.now(), NOW)
  t.not(one.ids.hex(), other.ids.hex())
})

t.test('of: no two universes share a collection, whatever their ids', async (t) => {
  const universes = new Universes(services())
  for (const orgId of ['a', 'a/sessions', 'a/', '/a', '__proto__', '']) {
    const { knowledge } = universes.of(orgId)
    t.same(await knowledge.list(), [], orgId)
    await knowledge.insert({
      id: 'note-1',
      name: 'n',
      body: 'b',
      triggerDescription: 't',
      macro: null,
      parentFolderId: null,
      pinnedRepo: null,
      createdAt: NOW,
      createdBy: null,
    })
  }
})

t.test('all: the universes that were made so far', async (t) => {
  const universes = new Universes(services())
  t.same(universes.all(), [])
  const [one, other] = [universes.of('org-1'), universes.of('org-2')]

  t.same(universes.all(), [one, other])
})

t.test('every universe signs with the server’s signer', async (t) => {
  const universes = new Universes(services())

  t.equal(universes.of('org-1').signer, universes.signer)
  t.equal(universes.of('org-2').signer, universes.signer)
})

t.test('clocks of new universes start where the server’s stands', async (t) => {
  const universes = new Universes({ ...services(), clockSettings: { now: START, instant: true } })
  t.match(universes.of('org-1').clock, { instant: true })
  universes.clock.adjust({ now: START + 5 })

  t.equal(universes.of('org-1').clock.now(), START)
  t.equal(universes.of('org-2').clock.now(), START + 5)
})

t.test('sessionNow: a session at the universe’s time and speed', async (t) => {
  const universe = new Universes({ ...services(), clockSettings: { now: START } }).of('org-1')
  const session = {
    ...aHistory({ scenario: { steps: [{ after_seconds: 2, acus: 3 }] } }),
    createdBy: null,
    snapshotId: null,
    playbookId: null,
    unlisted: false,
    maxAcuLimit: null,
    knowledgeIds: null,
    secretIds: null,
    sessionSecretKeys: [],
    structuredOutputSchema: null,
    answersForPrompt: true,
  }

  t.equal(sessionNow(universe, session).acus, 0)
  universe.clock.adjust({ instant: true })
  t.equal(sessionNow(universe, session).acus, 3)
  universe.clock.adjust({ instant: false, now: START + 2_000_000 })
  t.equal(sessionNow(universe, session).acus, 3)
})
