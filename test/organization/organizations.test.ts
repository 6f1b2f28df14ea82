// Tests src/organization/organizations.ts, audit-log.ts and signed-urls.ts.
import fc from 'fast-check'
import t from 'tap'
import { DEFAULT_SERVICE_USER } from '../../src/auth/principal.ts'
import { randomIds, seededIds } from '../../src/base/ids.ts'
import { AuditLog } from '../../src/organization/audit-log.ts'
import {
  EPHEMERAL_ORGANIZATIONS_MAX,
  Organizations,
  sessionNow,
} from '../../src/organization/organizations.ts'
import { UrlSigner } from '../../src/organization/signed-urls.ts'
import { newState } from '../../src/organization/state.ts'
import { auditLog } from '../../src/resources/audit-log.ts'
import { memoryStore } from '../../src/store/memory.ts'
import { frozenClock, NOW } from '../fake.ts'
import { aFolder, aNote, aPrincipal, aServicePrincipal, aSession } from '../records.ts'
import { aHistory, START } from '../simulation/histories.ts'

const services = () => ({
  store: memoryStore(),
  clock: frozenClock,
  ids: (owner: string) => seededIds(1, owner),
})

t.test('an organization id always refers to the same organization', async (t) => {
  const organizations = new Organizations(services())

  t.equal(organizations.get('org-1'), organizations.get('org-1'))
  t.equal(organizations.get('org-1').orgId, 'org-1')
})

t.test('organizations do not share records, clocks or ids', async (t) => {
  const organizations = new Organizations(services())
  const [one, other] = [organizations.get('org-1'), organizations.get('org-2')]
  await one.folders.insert(aFolder())
  one.clock.adjust({ now: NOW + 1 })

  t.equal((await one.folders.list()).length, 1)
  t.same(await other.folders.list(), [])
  t.equal(other.clock.now(), NOW)
  t.not(one.ids.hex(), other.ids.hex())
})

t.test('organizations with similar ids do not share a collection', async (t) => {
  const organizations = new Organizations(services())
  for (const orgId of ['a', 'a/sessions', 'a/', '/a', '__proto__', '']) {
    const { knowledge } = organizations.get(orgId)
    t.same(await knowledge.list(), [], orgId)
    await knowledge.insert(aNote())
  }
})

t.test('all created organizations are listed', async (t) => {
  const organizations = new Organizations(services())
  t.same(organizations.all(), [])
  const [one, other] = [organizations.get('org-1'), organizations.get('org-2')]

  t.same(organizations.all(), [one, other])
})

t.test('the name of an organization defaults to its id', async (t) => {
  const organizations = new Organizations(services())

  t.equal(organizations.create('org-1', 'Acme').name, 'Acme')
  t.equal(organizations.get('org-1').name, 'Acme')
  t.equal(organizations.get('org-2').name, 'org-2')
})

t.test('a restored organization has the captured records, ids, clock and name', async (t) => {
  const organizations = new Organizations(services())
  const before = organizations.create('org-1', 'Acme')
  before.clock.adjust({ now: START, frozen: true })
  await before.folders.insert(aFolder())
  const state = await organizations.capture(before)
  const next = before.ids.hex()
  await before.folders.delete('folder-1')
  before.clock.adjust({ now: START + 1, speed: 2 })

  await organizations.restore(state)

  const after = organizations.get('org-1')
  t.same(await organizations.capture(after), state)
  t.same(await after.folders.list(), [aFolder()])
  t.equal(after.ids.hex(), next)
  t.match(after, { name: 'Acme', clock: { frozen: true, speed: 1 } })
})

t.test('a restored clock inherits the settings that a state omits from the server', async (t) => {
  const organizations = new Organizations(services())
  organizations.clock.adjust({ now: START, speed: 5 })
  const state = await organizations.capture(organizations.get('org-1'))

  await organizations.restore({ ...state, clock: { frozen: true } })

  t.same(organizations.get('org-1').clock.state(), { now: START, frozen: true, speed: 5, instant: false })
})

t.test('a restored audit log still removes its oldest entries', async (t) => {
  const organizations = new Organizations(services())
  const organization = organizations.get('org-1')
  const principal = aServicePrincipal({ orgId: 'org-1' })
  for (let index = 0; index < 11_000; index++)
    await organization.auditLog.write(principal, 'act', String(index))

  await organizations.restore(await organizations.capture(organization))
  await organizations.get('org-1').auditLog.write(principal, 'act', 'last')

  const entries = await organizations.get('org-1').auditLog.list()
  t.equal(entries.length, 10_000)
  t.match([entries[0], entries.at(-1)], [{ subjectId: '1001' }, { subjectId: 'last' }])
})

t.test('a captured organization shows one moment despite concurrent writes', async (t) => {
  const organizations = new Organizations(services())
  const organization = organizations.get('org-1')

  const captured = organizations.capture(organization)
  await organization.folders.insert(aFolder())
  organization.ids.hex()

  t.match(await captured, { idsIssued: 0, records: { folders: [] } })
})

t.test('a removed organization is created anew on its next use', async (t) => {
  const organizations = new Organizations(services())
  await organizations.create('org-1', 'Acme').folders.insert(aFolder())

  await organizations.remove('org-1')

  t.same(organizations.all(), [])
  t.same(await organizations.get('org-1').folders.list(), [])
  t.equal(organizations.get('org-1').name, 'org-1')
})

t.test('all organizations share the signer of the server', async (t) => {
  const organizations = new Organizations(services())

  t.equal(organizations.get('org-1').signer, organizations.signer)
  t.equal(organizations.get('org-2').signer, organizations.signer)
})

t.test('clocks of new organizations start at the current time of the server', async (t) => {
  const organizations = new Organizations({ ...services(), clockSettings: { now: START, instant: true } })
  t.match(organizations.get('org-1').clock, { instant: true })
  organizations.clock.adjust({ now: START + 5 })

  t.equal(organizations.get('org-1').clock.now(), START)
  t.equal(organizations.get('org-2').clock.now(), START + 5)
})

t.test('the state of a session follows the clock of its organization', async (t) => {
  const organization = new Organizations({ ...services(), clockSettings: { now: START } }).get('org-1')
  const session = aSession(aHistory({ scenario: { steps: [{ after_seconds: 2, acus: 3 }] } }))

  t.equal(sessionNow(organization, session).acus, 0)
  organization.clock.adjust({ instant: true })
  t.equal(sessionNow(organization, session).acus, 3)
  organization.clock.adjust({ instant: false, now: START + 2_000_000 })
  t.equal(sessionNow(organization, session).acus, 3)
})

t.test('organizations never written to are evicted, least recently used first', async (t) => {
  const organizations = new Organizations(services())
  const [first, written, claimed] = ['first', 'written', 'claimed'].map((orgId) =>
    organizations.getEphemeral(orgId),
  )
  t.equal(organizations.getEphemeral('first'), first)
  await written?.auditLog.write(aServicePrincipal({ orgId: 'written' }), 'create_secret', 's')
  await written?.folders.insert(aFolder())
  organizations.get('claimed')
  organizations.getEphemeral('gone')
  await organizations.remove('gone')

  for (let n = 0; n < EPHEMERAL_ORGANIZATIONS_MAX + 3; n++) organizations.getEphemeral(`org-${n}`)

  t.not(organizations.getEphemeral('first'), first)
  t.equal(organizations.getEphemeral('written'), written, 'an organization with records is kept')
  t.equal((await organizations.getEphemeral('written').folders.list()).length, 1)
  t.equal(organizations.getEphemeral('claimed'), claimed, 'an organization obtained for writing is kept')
  t.ok(organizations.all().length <= EPHEMERAL_ORGANIZATIONS_MAX + 3)
})

const user = { id: 'user-1', email: 'user@example.com', name: 'User' }
const principal = aPrincipal({ orgId: 'org-1', user, actor: user })

function createAuditLog() {
  let now = NOW
  const entries = memoryStore().open('org-1').log(auditLog)
  return new AuditLog({ entries, clock: { now: () => now++ }, ids: randomIds() })
}

t.test('an audit log entry has an action, a time, an actor and a subject', async (t) => {
  const log = createAuditLog()
  log.write(principal, 'create_session', 'devin-1')

  const [entry] = await log.list()

  t.match(entry?.id, /^audit_log-[0-9a-f]{32}$/)
  t.strictSame(entry, {
    id: entry?.id,
    action: 'create_session',
    subjectId: 'devin-1',
    actor: user,
    createdAt: NOW,
  })
})

t.test('an audit log entry of a service key has its service user', async (t) => {
  const log = createAuditLog()
  log.write(aServicePrincipal({ orgId: 'org-1' }), 'create_session', 'devin-1')

  t.match(await log.list(), [{ actor: DEFAULT_SERVICE_USER }])
})

t.test('audit log entries have distinct ids that are the same on every read', async (t) => {
  const log = createAuditLog()
  for (const subject of ['a', 'b', 'c']) log.write(principal, 'act', subject)
  const ids = async () => (await log.list()).map(({ id }) => id)

  const [last] = await log.list(1)
  const all = await ids()

  t.equal(new Set(all).size, 3)
  t.equal(last?.id, all[2])
  t.same(await ids(), all)
})

t.test('beyond 11,000 entries the audit log keeps the newest 10,000', async (t) => {
  const log = createAuditLog()
  for (let index = 0; index < 11_000; index++) log.write(principal, 'act', String(index))
  t.equal((await log.list()).length, 11_000)

  log.write(principal, 'act', '11000')

  const entries = await log.list()
  t.equal(entries.length, 10_000)
  t.equal(entries[0]?.subjectId, '1001')
  t.equal(entries.at(-1)?.subjectId, '11000')
})

const signatureOf = (url: string) => {
  const searchParams = new URLSearchParams(url.slice(url.lastIndexOf('?')))
  return { expires: Number(searchParams.get('expires')), signature: searchParams.get('signature') ?? '' }
}

t.test('property: a signature is valid only for its path, expiry and secret', async () => {
  fc.assert(
    fc.property(fc.webPath(), fc.nat(2 ** 40), fc.string(), fc.string(), (path, now, secret, otherSecret) => {
      const signer = new UrlSigner(() => secret)
      const { expires, signature } = signatureOf(signer.sign(path, now))
      return (
        signer.verify(path, expires, signature) &&
        !signer.verify(`${path}x`, expires, signature) &&
        !signer.verify(path, expires + 1, signature) &&
        !signer.verify(path, expires, signature.slice(1)) &&
        (secret === otherSecret || !new UrlSigner(() => otherSecret).verify(path, expires, signature))
      )
    }),
  )
})

t.test('a signed URL is valid for one minute', async (t) => {
  t.equal(signatureOf(new UrlSigner(() => 's').sign('/a', 5)).expires, 60_000_005)
})

t.test('a signature is invalid if the boundary between expiry and path moves', async (t) => {
  const signer = new UrlSigner(() => 's')
  const { signature } = signatureOf(signer.sign('/a', 0))

  t.notOk(signer.verify('0 /a', 6_000_000, signature))
})

t.test('a request that began before a replacement or a removal writes into what was replaced', async (t) => {
  const { store, ...others } = services()
  const organizations = new Organizations({ store, ...others })
  const before = organizations.get('org-1')
  await organizations.restore({ ...newState('org-1', organizations.clock.state()), clock: {} })

  await before.folders.insert(aFolder())

  t.same(await organizations.get('org-1').folders.list(), [])
  const removed = organizations.get('org-1')
  await organizations.remove('org-1')
  await removed.folders.insert(aFolder())
  t.equal(store.bytesOf('org-1'), 0)
  t.same(await organizations.getEphemeral('org-1').folders.list(), [])
})
