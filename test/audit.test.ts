import t from 'tap'
import { AuditLog } from '../src/audit.ts'
import type { Principal } from '../src/auth/principal.ts'
import { randomIds } from '../src/ids.ts'
import { memoryStore } from '../src/store/memory.ts'
import { auditLog } from '../src/store/records.ts'
import { NOW } from './fake.ts'

const principal: Principal = {
  orgId: 'org-1',
  kind: 'personal',
  user: { id: 'user-1', email: 'user@example.com', name: 'User' },
}

function aLog() {
  let now = NOW
  const records = memoryStore().collection('org-1', auditLog)
  return new AuditLog({ records, clock: { now: () => now++ }, ids: randomIds() })
}

t.test('an entry says what was done, when, by whom and to what', async (t) => {
  const log = aLog()
  await log.write(principal, 'create_session', 'devin-1')

  const [entry] = await log.list({})

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
  await log.write({ ...principal, kind: 'service', user: null }, 'create_session', 'devin-1')

  t.match(await log.list({}), [{ userId: null }])
})

t.test('past eleven thousand entries the oldest go, until ten thousand are left', async (t) => {
  const log = aLog()
  for (let index = 0; index < 11_000; index++) await log.write(principal, 'act', String(index))
  t.equal((await log.list({})).length, 11_000)

  await log.write(principal, 'act', '11000')

  const entries = await log.list({})
  t.equal(entries.length, 10_000)
  t.equal(entries[0]?.subjectId, '1001')
  t.equal(entries.at(-1)?.subjectId, '11000')
})

t.test('no more stay when many are written at once', async (t) => {
  const log = aLog()
  for (let round = 0; round < 6; round++) {
    await Promise.all(
      Array.from({ length: 2000 }, (_, index) => log.write(principal, 'act', `${round}.${index}`)),
    )
  }
  await log.write(principal, 'act', 'last')

  const entries = await log.list({})
  t.ok(entries.length <= 11_000)
  t.equal(entries.at(-1)?.subjectId, 'last')
  t.equal(log.count, entries.length)
})
