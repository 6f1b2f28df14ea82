import t from 'tap'
import type { Principal } from '../../src/auth/principal.ts'
import { randomIds } from '../../src/base/ids.ts'
import { AuditLog } from '../../src/organization/audit-log.ts'
import { auditLog } from '../../src/resources/audit-log.ts'
import { memoryStore } from '../../src/store/memory.ts'
import { NOW } from '../fake.ts'

const principal: Principal = {
  orgId: 'org-1',
  kind: 'personal',
  user: { id: 'user-1', email: 'user@example.com', name: 'User' },
}

function aLog() {
  let now = NOW
  const entries = memoryStore().log('org-1', auditLog)
  return new AuditLog({ entries, clock: { now: () => now++ }, ids: randomIds() })
}

t.test('an entry says what was done, when, by whom and to what', async (t) => {
  const log = aLog()
  log.write(principal, 'create_session', 'devin-1')

  const [entry] = await log.list()

  t.match(entry?.id, /^audit_log-[0-9a-f]{32}$/)
  t.strictSame(entry, {
    id: entry?.id,
    action: 'create_session',
    subjectId: 'devin-1',
    userId: 'user-1',
    createdAt: NOW,
  })
})

t.test('an entry of a service names no user', async (t) => {
  const log = aLog()
  log.write({ ...principal, kind: 'service', user: null }, 'create_session', 'devin-1')

  t.match(await log.list(), [{ userId: null }])
})

t.test('every look at an entry shows the same id, and no two have one', async (t) => {
  const log = aLog()
  for (const subject of ['a', 'b', 'c']) log.write(principal, 'act', subject)
  const ids = async () => (await log.list()).map(({ id }) => id)

  const [last] = await log.list(1)
  const all = await ids()

  t.equal(new Set(all).size, 3)
  t.equal(last?.id, all[2])
  t.same(await ids(), all)
})

t.test('past eleven thousand entries the oldest go, until ten thousand are left', async (t) => {
  const log = aLog()
  for (let index = 0; index < 11_000; index++) log.write(principal, 'act', String(index))
  t.equal(log.count, 11_000)

  log.write(principal, 'act', '11000')

  const entries = await log.list()
  t.equal(entries.length, 10_000)
  t.equal(entries[0]?.subjectId, '1001')
  t.equal(entries.at(-1)?.subjectId, '11000')
})
