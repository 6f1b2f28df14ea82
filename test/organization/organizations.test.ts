import t from 'tap'
import { seededIds } from '../../src/base/ids.ts'
import { sessionNow, Universes, VISITED_MAX } from '../../src/organization/organizations.ts'
import { memoryStore } from '../../src/store/memory.ts'
import { frozenClock, NOW } from '../fake.ts'
import { aHistory, START } from '../simulation/histories.ts'

const services = () => ({
  store: memoryStore(),
  clock: frozenClock,
  ids: (owner: string) => seededIds(1, owner),
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

t.test('create: an organisation has a name, by default its id', async (t) => {
  const universes = new Universes(services())

  t.equal(universes.create('org-1', 'Acme').name, 'Acme')
  t.equal(universes.of('org-1').name, 'Acme')
  t.equal(universes.of('org-2').name, 'org-2')
})

const aFolder = (id: string) => ({ id, name: 'n', description: 'd', createdAt: NOW })

t.test('restore: what was captured is there again: records, ids, clock and name', async (t) => {
  const universes = new Universes(services())
  const before = universes.create('org-1', 'Acme')
  before.clock.adjust({ now: START, frozen: true })
  await before.folders.insert(aFolder('folder-1'))
  const state = await universes.capture(before)
  const next = before.ids.hex()
  await before.folders.delete('folder-1')
  before.clock.adjust({ now: START + 1, speed: 2 })

  await universes.restore(state)

  const after = universes.of('org-1')
  t.same(await universes.capture(after), state)
  t.same(await after.folders.list(), [aFolder('folder-1')])
  t.equal(after.ids.hex(), next)
  t.match(after, { name: 'Acme', clock: { frozen: true, speed: 1 } })
})

t.test('restore: what a state does not say of the clock is as on the server’s', async (t) => {
  const universes = new Universes(services())
  universes.clock.adjust({ now: START, speed: 5 })
  const state = await universes.capture(universes.of('org-1'))

  await universes.restore({ ...state, clock: { frozen: true } })

  t.same(universes.of('org-1').clock.state(), { now: START, frozen: true, speed: 5, instant: false })
})

t.test('restore: the audit log knows how long it is', async (t) => {
  const universes = new Universes(services())
  const universe = universes.of('org-1')
  const principal = { orgId: 'org-1', kind: 'service', user: null } as const
  for (let index = 0; index < 11_000; index++) await universe.auditLog.write(principal, 'act', String(index))

  await universes.restore(await universes.capture(universe))
  await universes.of('org-1').auditLog.write(principal, 'act', 'last')

  const entries = await universes.of('org-1').auditLog.list()
  t.equal(entries.length, 10_000)
  t.match([entries[0], entries.at(-1)], [{ subjectId: '1001' }, { subjectId: 'last' }])
})

t.test('capture: is of one moment, whatever is written meanwhile', async (t) => {
  const universes = new Universes(services())
  const universe = universes.of('org-1')

  const captured = universes.capture(universe)
  await universe.folders.insert(aFolder('folder-1'))
  universe.ids.hex()

  t.match(await captured, { idsGiven: 0, records: { folders: [] } })
})

t.test('forget: an organisation is as one that nobody has asked for yet', async (t) => {
  const universes = new Universes(services())
  await universes.create('org-1', 'Acme').folders.insert(aFolder('folder-1'))

  await universes.forget('org-1')

  t.same(universes.all(), [])
  t.same(await universes.of('org-1').folders.list(), [])
  t.equal(universes.of('org-1').name, 'org-1')
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
    tags: [],
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

t.test('visit: of organisations that only ever looked, the oldest make room for others', async (t) => {
  const universes = new Universes(services())
  const [first, written, asked] = ['first', 'written', 'asked'].map((orgId) => universes.visit(orgId))
  t.equal(universes.visit('first'), first)
  await written?.auditLog.write({ orgId: 'written', kind: 'service', user: null }, 'create_secret', 's')
  await written?.folders.insert({ id: 'folder-1', name: 'n', description: 'd', createdAt: NOW })
  universes.of('asked')
  universes.visit('gone')
  await universes.forget('gone')

  for (let n = 0; n < VISITED_MAX + 3; n++) universes.visit(`org-${n}`)

  t.not(universes.visit('first'), first)
  t.equal(universes.visit('written'), written, 'nothing that was written is lost')
  t.equal((await universes.visit('written').folders.list()).length, 1)
  t.equal(universes.visit('asked'), asked, 'what was asked for by its id stays')
  t.ok(universes.all().length <= VISITED_MAX + 3)
})
