import t from 'tap'
import type { SessionRecord } from '../../../src/resources/sessions.ts'
import { NOW } from '../../fake.ts'
import { aSession } from '../../records.ts'
import { startV3, type V3Fake } from '../../v3.ts'

/** Stores a session with the id `devin-a`, created now. */
const store = ({ organization }: V3Fake, fields: Partial<SessionRecord> = {}) =>
  organization.sessions.insert(
    aSession({ id: 'devin-a', createdAt: NOW, answersForPrompt: false, ...fields }),
  )

const generate = ({ org }: V3Fake) => org('POST', '/sessions/a/insights/generate')

const insights = async ({ org }: V3Fake) => (await org('GET', '/sessions/a/insights')).json()

/** Returns the analysis of a session, five seconds after it was requested. */
async function analysis(fake: V3Fake, fields: Partial<SessionRecord>) {
  await store(fake, fields)
  await generate(fake)
  fake.advance(5)
  return (await insights(fake)).analysis
}

t.test('GET /v3/organizations/{org_id}/sessions/{devin_id}/insights counts messages and ACUs', async (t) => {
  const fake = await startV3(t)
  const steps = [{ message: 'one', acus: 4 }, { message: 'two' }]
  await store(fake, { scenario: { steps } })

  const session = (await fake.org('GET', '/sessions/a')).json()
  const found = await insights(fake)
  t.same(found, {
    ...session,
    num_user_messages: 1,
    num_devin_messages: 2,
    session_size: 'm',
    analysis: null,
  })
  t.same(Object.keys(found).slice(0, 23), Object.keys(session))
})

t.test(
  'POST /v3/organizations/{org_id}/sessions/{devin_id}/insights/generate starts one analysis, which takes five seconds',
  async (t) => {
    const fake = await startV3(t)
    await store(fake)

    t.same((await generate(fake)).json(), { session_id: 'a', status: 'started' })
    t.same((await generate(fake)).json(), { session_id: 'a', status: 'already_exists' })
    fake.advance(4.9)
    t.equal((await insights(fake)).analysis, null)
    fake.advance(0.1)
    t.match((await insights(fake)).analysis, {
      timeline: [{ title: 'Message from the user', description: 'Fix the tests' }],
    })
    t.same((await generate(fake)).json(), { session_id: 'a', status: 'already_exists' })
  },
)

t.test(
  'GET /v3/organizations/{org_id}/sessions/{devin_id}/insights has the analysis at once if the clock is instant',
  async (t) => {
    const fake = await startV3(t)
    fake.organization.clock.adjust({ instant: true })
    await store(fake)
    await generate(fake)

    t.match((await insights(fake)).analysis, { issues: [] })
  },
)

t.test(
  'GET /v3/organizations/{org_id}/sessions/{devin_id}/insights analyzes a session that waits',
  async (t) => {
    const fake = await startV3(t)
    const pull_requests = [{ url: 'https://x.y/1' }, { url: 'https://x.y/2', state: 'merged' as const }]
    const steps = [
      {
        status_enum: 'blocked' as const,
        message: 'Which one?\nThis?',
        category: 'bug_fixing' as const,
        pull_requests,
      },
    ]

    t.same(await analysis(fake, { scenario: { steps } }), {
      action_items: [
        { type: 'other', action_item: 'Send Devin a message.', issue_id: null },
        { type: 'other', action_item: 'Review https://x.y/1', issue_id: null },
      ],
      classification: {
        category: 'bug_fixing',
        confidence: 1,
        programming_languages: [],
        tools_and_frameworks: [],
      },
      issues: [],
      note_usage: null,
      suggested_prompt: null,
      timeline: [
        {
          title: 'Message from the user',
          description: 'Fix the tests',
          color: 'gray',
          issue_id: null,
        },
        { title: 'Message from Devin', description: 'Which one?', color: 'blue', issue_id: null },
      ],
    })
  },
)

t.test(
  'GET /v3/organizations/{org_id}/sessions/{devin_id}/insights suggests a prompt with what the user had to add',
  async (t) => {
    const fake = await startV3(t)
    const messages = ['Use main', 'Quickly'].map((text) => ({ eventId: text, at: NOW, text, reads: 0 }))
    const { suggested_prompt: suggested } = await analysis(fake, { messages })

    t.match(suggested, {
      original_prompt: 'Fix the tests',
      suggested_prompt: 'Fix the tests\n\nUse main\n\nQuickly',
      feedback_items: [{ excerpt: 'Use main' }, { excerpt: 'Quickly', details: 'Quickly', issue_id: null }],
    })
  },
)

t.test(
  'GET /v3/organizations/{org_id}/sessions/{devin_id}/insights names what stopped a session',
  async (t) => {
    for (const [step, label] of [
      [{ status: 'error', status_enum: 'blocked' }, 'error'],
      [{ status_enum: 'expired' }, 'expired'],
      [{ status: 'suspended', status_detail: 'payment_declined' }, 'payment_declined'],
      [{ status: 'suspended', status_detail: null }, 'suspended'],
    ] as const) {
      const fake = await startV3(t)
      const { issues, action_items: items } = await analysis(fake, { scenario: { steps: [step] } })
      t.match(issues, [{ id: 'issue-1', label, impact: 'The session cannot go on.' }])
      t.match(items, [{ type: 'other', issue_id: 'issue-1', action_item: issues[0].issue }])
    }
  },
)

t.test(
  'GET /v3/organizations/{org_id}/sessions/{devin_id}/insights finds no issue in what a user wanted',
  async (t) => {
    const fake = await startV3(t)
    const steps = [{ status: 'suspended', status_detail: 'user_request' as const }]

    t.match(await analysis(fake, { scenario: { steps } }), {
      issues: [],
      action_items: [],
      classification: null,
    })
  },
)

t.test(
  'GET /v3/organizations/{org_id}/sessions/{devin_id}/insights describes the session as it was analyzed',
  async (t) => {
    const fake = await startV3(t)
    const steps = [{ after_seconds: 60, status_enum: 'expired' as const, message: 'late' }]
    const before = await analysis(fake, { scenario: { steps } })
    fake.advance(60)

    const later = await insights(fake)
    t.match([later.status, later.num_devin_messages], ['exit', 1])
    t.same(later.analysis, before)
  },
)

t.test(
  'GET /v3/organizations/{org_id}/sessions/insights lists and filters as the list of sessions does',
  async (t) => {
    const fake = await startV3(t)
    await store(fake, { id: 'devin-b', tags: ['x'] })
    await store(fake, { scenario: { steps: [{ message: 'Hi' }] } })

    t.match((await fake.org('GET', '/sessions/insights')).json(), {
      items: [
        { session_id: 'a', num_devin_messages: 1, analysis: null, session_size: 'xs' },
        { session_id: 'b', num_devin_messages: 0 },
      ],
      end_cursor: null,
      has_next_page: false,
      total: 2,
    })
    const page = (await fake.org('GET', '/sessions/insights?first=1')).json()
    const after = encodeURIComponent(page.end_cursor)
    t.match((await fake.org('GET', `/sessions/insights?after=${after}`)).json().items, [{ session_id: 'b' }])
    t.match((await fake.org('GET', '/sessions/insights?tags=x')).json(), {
      items: [{ session_id: 'b' }],
      total: 1,
    })
  },
)
