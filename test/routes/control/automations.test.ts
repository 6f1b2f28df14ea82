import t from 'tap'
import { DEFAULT_ORG_ID } from '../../../src/auth/principal.ts'
import { startV3, type V3Fake } from '../../v3.ts'

const minimal = {
  name: 'Triage',
  triggers: [{ event_type: 'github:issues', conditions: null }],
  actions: [{ type: 'start_session', prompt: 'Triage the issue' }],
  run_as: { type: 'organization' },
}

/** Creates an automation. Returns its id, and the function that lets an event happen. */
async function create(fake: V3Fake, changes: object = {}) {
  const { automation_id: id } = (await fake.org('POST', '/automations', { ...minimal, ...changes })).json()
  const fire = (event: object) => fake.send('POST', `/_fake/automations/${id}/trigger`, event)
  return { id: id as string, fire }
}

const opened = { event_type: 'github:issues', event: { action: 'opened', issue: { number: 7 } } }

const whenAction = (value: string) => ({
  event_type: 'github:issues',
  conditions: { any: [{ all: [{ field: 'action', operator: 'eq', value }] }] },
})

t.test('POST /_fake/automations/{automation_id}/trigger starts the sessions of an automation', async (t) => {
  const fake = await startV3(t)
  const { id, fire } = await create(fake)

  const fired = await fire(opened)

  t.equal(fired.statusCode, 200)
  const [started] = fired.json().session_ids
  t.match((await fake.org('GET', `/sessions/${started}`)).json(), {
    automation_id: id,
    origin: 'automation',
    title: 'Triage',
  })
  const [session] = await fake.organization.sessions.list()
  t.equal(session?.prompt, `Triage the issue\n\n${JSON.stringify(opened.event, null, 2)}`)
  t.match((await fake.org('GET', `/automations/${id}`)).json(), { last_invocation: { status: 'succeeded' } })
})

t.test(
  'POST /_fake/automations/{automation_id}/trigger does not indent a long event in a prompt',
  async (t) => {
    const fake = await startV3(t)
    const { fire } = await create(fake)
    const long = { event_type: 'github:issues', event: { lines: ['x'.repeat(20_000)] } }

    t.equal((await fire(long)).statusCode, 200)

    const [session] = await fake.organization.sessions.list()
    t.equal(session?.prompt, `Triage the issue\n\n${JSON.stringify(long.event)}`)
  },
)

t.test('POST /_fake/automations/{automation_id}/trigger does not require data', async (t) => {
  const fake = await startV3(t)
  const { fire } = await create(fake)

  t.equal((await fire({ event_type: 'github:issues', org_id: DEFAULT_ORG_ID })).statusCode, 200)

  t.match(await fake.organization.sessions.list(), [{ prompt: 'Triage the issue' }])
})

t.test(
  'POST /_fake/automations/{automation_id}/trigger checks the conditions of every trigger of the type',
  async (t) => {
    const fake = await startV3(t)
    const { fire } = await create(fake, { triggers: [whenAction('closed'), whenAction('opened')] })

    t.equal((await fire(opened)).json().session_ids.length, 1)
    t.same((await fire({ ...opened, event: { action: 'edited' } })).json(), { session_ids: [] })
  },
)

t.test('POST /_fake/automations/{automation_id}/trigger also fires webhooks and schedules', async (t) => {
  const fake = await startV3(t)
  const rule = { field: 'rrule', operator: 'matches', value: 'FREQ=DAILY' }
  const { fire } = await create(fake, {
    triggers: [
      { event_type: 'webhook:incoming', conditions: null },
      { event_type: 'schedule:recurring', conditions: { any: [{ all: [rule] }] } },
    ],
  })

  for (const event_type of ['webhook:incoming', 'schedule:recurring'])
    t.equal((await fire({ event_type })).json().session_ids.length, 1, event_type)
})

t.test('POST /_fake/automations/{automation_id}/trigger rejects events that cannot happen', async (t) => {
  const fake = await startV3(t)
  const { id, fire } = await create(fake, {
    limits: { invocations: { max_per_window: 1, window_seconds: 60 } },
  })
  const answer = async (event: object) => {
    const { statusCode, body } = await fire(event)
    return [statusCode, JSON.parse(body).detail]
  }

  t.same(await answer({ event_type: 'github:push' }), [400, 'The automation has no trigger github:push'])
  t.same(await answer({ ...opened, org_id: 'org-other' }), [404, 'Automation not found'])
  t.match(await answer({}), [422, [{ loc: ['body', 'event_type'] }]])
  t.match(await answer({ ...opened, evnet: 1 }), [422, [{ msg: /did you mean event/ }]])
  t.equal((await fire(opened)).statusCode, 200)
  t.same(await answer(opened), [429, 'Automation has reached its limit of invocations'])
  await fake.org('PATCH', `/automations/${id}`, { enabled: false })
  t.same(await answer(opened), [409, 'Automation is disabled'])
  t.equal((await fake.organization.sessions.list()).length, 1)
})
