import t from 'tap'
import { seededIds } from '../../src/base/ids.ts'
import {
  EPHEMERAL_ORGANIZATIONS_MAX,
  Organizations,
  sessionNow,
} from '../../src/organization/organizations.ts'
import { memoryStore } from '../../src/store/memory.ts'
import { frozenClock, NOW } from '../fake.ts'
import { aHistory, START } from '../simulation/histories.ts'

const services = () => ({
  store: memoryStore(),
  clock: frozenClock,
  ids: (owner: string) => seededIds(1, owner),
})

t.test('of: an organization always has the same organization', async (t) => {
  const organizations = new Organizations(services())

  t.equal(organizations.get('org-1'), organizations.get('org-1'))
  t.equal(organizations.get('org-1').orgId, 'org-1')
})

t.test('of: what one organization has, another has not', async (t) => {
  const organizations = new Organizations(services())
  const [one, other] = [organizations.get('org-1'), organizations.get('org-2')]
  await one.folders.insert({ id: 'folder-1', name: 'n', description: 'd', createdAt: NOW })
  one.clock.adjust({ now: NOW + 1 })

  t.equal((await one.folders.list()).length, 1)
  t.same(await other.folders.list(), [])
  t.equal(other.clock.now(), NOW)
  t.not(one.ids.hex(), other.ids.hex())
})

t.test('of: no two organizations share a collection, whatever their ids', async (t) => {
  const organizations = new Organizations(services())
  for (const orgId of ['a', 'a/sessions', 'a/', '/a', '__proto__', '']) {
    const { knowledge } = organizations.get(orgId)
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

t.test('all: the organizations that were made so far', async (t) => {
  const organizations = new Organizations(services())
  t.same(organizations.all(), [])
  const [one, other] = [organizations.get('org-1'), organizations.get('org-2')]

  t.same(organizations.all(), [one, other])
})

t.test('create: an organization has a name, by default its id', async (t) => {
  const organizations = new Organizations(services())

  t.equal(organizations.create('org-1', 'Acme').name, 'Acme')
  t.equal(organizations.get('org-1').name, 'Acme')
  t.equal(organizations.get('org-2').name, 'org-2')
})

const aFolder = (id: string) => ({ id, name: 'n', description: 'd', createdAt: NOW })

t.test('restore: what was captured is there again: records, ids, clock and name', async (t) => {
  const organizations = new Organizations(services())
  const before = organizations.create('org-1', 'Acme')
  before.clock.adjust({ now: START, frozen: true })
  await before.folders.insert(aFolder('folder-1'))
  const state = await organizations.capture(before)
  const next = before.ids.hex()
  await before.folders.delete('folder-1')
  before.clock.adjust({ now: START + 1, speed: 2 })

  await organizations.restore(state)

  const after = organizations.get('org-1')
  t.same(await organizations.capture(after), state)
  t.same(await after.folders.list(), [aFolder('folder-1')])
  t.equal(after.ids.hex(), next)
  t.match(after, { name: 'Acme', clock: { frozen: true, speed: 1 } })
})

t.test('restore: what a state does not say of the clock is as on the server’s', async (t) => {
  const organizations = new Organizations(services())
  organizations.clock.adjust({ now: START, speed: 5 })
  const state = await organizations.capture(organizations.get('org-1'))

  await organizations.restore({ ...state, clock: { frozen: true } })

  t.same(organizations.get('org-1').clock.state(), { now: START, frozen: true, speed: 5, instant: false })
})

t.test('restore: the audit log knows how long it is', async (t) => {
  const organizations = new Organizations(services())
  const organization = organizations.get('org-1')
  const principal = { orgId: 'org-1', kind: 'service', user: null } as const
  for (let index = 0; index < 11_000; index++)
    await organization.auditLog.write(principal, 'act', String(index))

  await organizations.restore(await organizations.capture(organization))
  await organizations.get('org-1').auditLog.write(principal, 'act', 'last')

  const entries = await organizations.get('org-1').auditLog.list()
  t.equal(entries.length, 10_000)
  t.match([entries[0], entries.at(-1)], [{ subjectId: '1001' }, { subjectId: 'last' }])
})

t.test('capture: is of one moment, whatever is written meanwhile', async (t) => {
  const organizations = new Organizations(services())
  const organization = organizations.get('org-1')

  const captured = organizations.capture(organization)
  await organization.folders.insert(aFolder('folder-1'))
  organization.ids.hex()

  t.match(await captured, { idsGiven: 0, records: { folders: [] } })
})

t.test('forget: an organization is as one that nobody has asked for yet', async (t) => {
  const organizations = new Organizations(services())
  await organizations.create('org-1', 'Acme').folders.insert(aFolder('folder-1'))

  await organizations.remove('org-1')

  t.same(organizations.all(), [])
  t.same(await organizations.get('org-1').folders.list(), [])
  t.equal(organizations.get('org-1').name, 'org-1')
})

t.test('every organization signs with the server’s signer', async (t) => {
  const organizations = new Organizations(services())

  t.equal(organizations.get('org-1').signer, organizations.signer)
  t.equal(organizations.get('org-2').signer, organizations.signer)
})

t.test('clocks of new organizations start where the server’s stands', async (t) => {
  const organizations = new Organizations({ ...services(), clockSettings: { now: START, instant: true } })
  t.match(organizations.get('org-1').clock, { instant: true })
  organizations.clock.adjust({ now: START + 5 })

  t.equal(organizations.get('org-1').clock.now(), START)
  t.equal(organizations.get('org-2').clock.now(), START + 5)
})

t.test('sessionNow: a session at the organization’s time and speed', async (t) => {
  const organization = new Organizations({ ...services(), clockSettings: { now: START } }).get('org-1')
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

  t.equal(sessionNow(organization, session).acus, 0)
  organization.clock.adjust({ instant: true })
  t.equal(sessionNow(organization, session).acus, 3)
  organization.clock.adjust({ instant: false, now: START + 2_000_000 })
  t.equal(sessionNow(organization, session).acus, 3)
})

t.test('visit: of organizations that only ever looked, the oldest make room for others', async (t) => {
  const organizations = new Organizations(services())
  const [first, written, asked] = ['first', 'written', 'asked'].map((orgId) =>
    organizations.getEphemeral(orgId),
  )
  t.equal(organizations.getEphemeral('first'), first)
  await written?.auditLog.write({ orgId: 'written', kind: 'service', user: null }, 'create_secret', 's')
  await written?.folders.insert({ id: 'folder-1', name: 'n', description: 'd', createdAt: NOW })
  organizations.get('asked')
  organizations.getEphemeral('gone')
  await organizations.remove('gone')

  for (let n = 0; n < EPHEMERAL_ORGANIZATIONS_MAX + 3; n++) organizations.getEphemeral(`org-${n}`)

  t.not(organizations.getEphemeral('first'), first)
  t.equal(organizations.getEphemeral('written'), written, 'nothing that was written is lost')
  t.equal((await organizations.getEphemeral('written').folders.list()).length, 1)
  t.equal(organizations.getEphemeral('asked'), asked, 'what was asked for by its id stays')
  t.ok(organizations.all().length <= EPHEMERAL_ORGANIZATIONS_MAX + 3)
})
