import t from 'tap'
import { randomIds } from '../../src/base/ids.ts'
import { createSession } from '../../src/organization/create-session.ts'
import { Organizations } from '../../src/organization/organizations.ts'
import { SESSION_ITEMS_MAX } from '../../src/simulation/session-limits.ts'
import { memoryStore } from '../../src/store/memory.ts'
import { frozenClock } from '../fake.ts'
import { aNewSession, aServicePrincipal, aSession } from '../records.ts'

t.test('a child that its parent has no room for is not created', async (t) => {
  const store = memoryStore({ bytes: 1_000_000 })
  const organizations = new Organizations({ store, clock: frozenClock, ids: randomIds })
  const organization = organizations.get('org-1')
  const { sessions, auditLog } = organization
  await sessions.insert(aSession({ id: 'devin-parent', answersForPrompt: false }))
  const session = { type: 'devin_brain', devinId: 'parent' } as const
  const principal = aServicePrincipal({ generation: 'v3', orgId: 'org-1', session })
  const create = () => createSession(organization, principal, aNewSession())
  await create()
  const entries = await auditLog.list()
  sessions.update = async () => {
    throw new Error('full')
  }

  await t.rejects(create(), { message: 'full' })

  t.equal((await sessions.list()).length, 2)
  t.same(await auditLog.list(), entries)
})

t.test('concurrent children do not exceed the limit of their parent together', async (t) => {
  const organizations = new Organizations({ store: memoryStore(), clock: frozenClock, ids: randomIds })
  const organization = organizations.get('org-1')
  const { sessions } = organization
  const childIds = Array.from({ length: SESSION_ITEMS_MAX - 1 }, (_, n) => `devin-${n}`)
  await sessions.insert(aSession({ id: 'devin-parent', answersForPrompt: false, childIds }))
  const session = { type: 'devin_brain', devinId: 'parent' } as const
  const principal = aServicePrincipal({ generation: 'v3', orgId: 'org-1', session })
  const create = (prompt: string) => createSession(organization, principal, aNewSession({ prompt }))

  const [first, second] = await Promise.allSettled([create('a'), create('b')])

  t.equal(first.status, 'fulfilled')
  t.match(second, { reason: { name: 'SessionFullError' } })
  t.equal((await sessions.get('devin-parent'))?.childIds.length, SESSION_ITEMS_MAX)
  t.equal((await sessions.list()).length, 2)
})
