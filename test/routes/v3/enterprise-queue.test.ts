import t from 'tap'
import { DEFAULT_ORG_ID } from '../../../src/auth/principal.ts'
import { startEnterprise, statusesWith } from '../../enterprise.ts'
import { NOW } from '../../fake.ts'
import { aSession } from '../../records.ts'

/** A session with this scenario runs after a second. */
const scenario = { steps: [{ after_seconds: 0, status_enum: 'working' as const }] }

t.test('GET /v3/enterprise/queue counts the sessions of all organizations that do not run yet', async (t) => {
  const { enterprise, organizations } = await startEnterprise(t)
  const queue = async () => (await enterprise('GET', '/queue')).json()
  const create = async (orgId: string, ages: readonly number[]) => {
    for (const age of ages) {
      const { sessions, ids } = organizations.get(orgId)
      await sessions.insert(
        aSession({ id: `devin-${ids.hex()}`, createdAt: NOW - age, scenario, answersForPrompt: false }),
      )
    }
  }

  t.same(await queue(), { queue_size: 0, status: 'normal' })
  await create(DEFAULT_ORG_ID, [0, 499_999, 500_000])
  await create('org-other', [999_999, 1_000_000, 60_000_000])
  t.same(await queue(), { queue_size: 4, status: 'normal' })

  await create('org-other', Array(6).fill(0))
  t.same(await queue(), { queue_size: 10, status: 'normal' })
  await create('org-other', [0])
  t.same(await queue(), { queue_size: 11, status: 'elevated' })
  await create(DEFAULT_ORG_ID, Array(39).fill(0))
  t.same(await queue(), { queue_size: 50, status: 'elevated' })
  await create(DEFAULT_ORG_ID, [0])
  t.same(await queue(), { queue_size: 51, status: 'high' })

  organizations.get('org-other').clock.adjust({ now: NOW + 1_000_000 })
  t.same(await queue(), { queue_size: 43, status: 'elevated' })
})

t.test('GET /v3/enterprise/queue does not count a session that was terminated', async (t) => {
  const { enterprise, org } = await startEnterprise(t)
  const { session_id: id } = (await org('POST', '/sessions', { prompt: 'p' })).json()
  t.match((await enterprise('GET', '/queue')).json(), { queue_size: 1 })

  await org('DELETE', `/sessions/${id}`)

  t.match((await enterprise('GET', '/queue')).json(), { queue_size: 0 })
})

t.test('GET /v3/enterprise/queue counts a session that resumes', async (t) => {
  const { enterprise, organizations } = await startEnterprise(t)
  const { sessions } = organizations.get(DEFAULT_ORG_ID)
  const resuming = { steps: [{ after_seconds: 0, status_enum: 'resume_requested' as const }] }

  await sessions.insert(aSession({ id: 'devin-1', createdAt: NOW - 60_000_000, scenario: resuming }))

  t.match((await enterprise('GET', '/queue')).json(), { queue_size: 1 })
})

t.test('GET /v3/enterprise/queue needs ViewAccountMetrics', async (t) => {
  t.same(await statusesWith(t, 'ViewAccountMetrics', [['GET', '/queue']]), [200])
  t.same(await statusesWith(t, 'ViewAccountSessions', [['GET', '/queue']]), [403])
})
