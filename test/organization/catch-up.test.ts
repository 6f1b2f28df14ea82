import t from 'tap'
import { randomIds } from '../../src/base/ids.ts'
import { replaceGroups } from '../../src/organization/acu-limits.ts'
import { catchUpAll } from '../../src/organization/catch-up.ts'
import { type Organization, Organizations } from '../../src/organization/organizations.ts'
import { memoryStore } from '../../src/store/memory.ts'
import { frozenClock } from '../fake.ts'
import { aServicePrincipal, aSession } from '../records.ts'

t.test('the consumption of a group is summed up once for all of its organizations', async (t) => {
  const organizations = new Organizations({ store: memoryStore(), clock: frozenClock, ids: randomIds })
  const principal = aServicePrincipal({ generation: 'v3' })
  const orgIds = ['org-1', 'org-2', 'org-3']
  const members = orgIds.map((orgId) => organizations.get(orgId))
  let reads = 0
  for (const { orgId, sessions } of members) {
    await sessions.insert(aSession({ id: `devin-${orgId}`, answersForPrompt: false }))
    const { list } = sessions
    sessions.list = (...args) => {
      reads++
      return list.apply(sessions, args)
    }
  }
  await replaceGroups(organizations, principal, { all: { orgIds, maxCycleAcus: 1_000 } })

  await catchUpAll(organizations, members)
  t.equal(reads, 3)
  await catchUpAll(organizations, members)
  t.equal(reads, 3, 'nothing has changed')
  const [{ sessions }] = members as [Organization]
  await sessions.update('devin-org-1', (before) => ({ ...before, tags: [...before.tags].reverse() }))
  await catchUpAll(organizations, members)
  t.equal(reads, 6, 'a session has changed, but not its size')
})

t.test('catchUpAll yields to the event loop between thousands of organizations', async (t) => {
  const organizations = new Organizations({ store: memoryStore(), clock: frozenClock, ids: randomIds })
  let turns = 0
  const count = () => {
    turns++
    immediate = setImmediate(count)
  }
  let immediate = setImmediate(count)

  await catchUpAll(organizations, Array(3_000).fill(organizations.get('org-1')))

  clearImmediate(immediate)
  t.ok(turns >= 2, `${turns}`)
})
