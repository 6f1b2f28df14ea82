// The control of the simulation: scenarios, events of sessions and the clock.

import t from 'tap'
import { builtInScenarios } from '../../../src/simulation/scenarios.ts'
import { startFake } from '../../fake.ts'

const rule = { match: { prompt: 'flaky' }, scenario: 'never' }

t.test('POST /_fake/scenarios adds a rule for new sessions', async (t) => {
  const { call, send } = await startFake(t)

  const res = await send('POST', '/_fake/scenarios', rule)

  t.equal(res.statusCode, 201)
  t.same(res.json(), { id: res.json().id, org_id: null, name: null, ...rule })
  t.match(res.json().id, /^scenario-/)
  const { session_id } = (await send('POST', '/v1/sessions', { prompt: 'a flaky test' })).json()
  await send('POST', '/_fake/clock/advance', { seconds: 1e6 })
  t.equal((await call('GET', `/v1/sessions/${session_id}`)).json().status_enum, 'working')
})

t.test('GET /_fake/scenarios lists the rules and the built-in scenarios', async (t) => {
  const { app, send } = await startFake(t)
  await send('POST', '/_fake/scenarios', { ...rule, org_id: 'org-1' })
  await send('POST', '/_fake/scenarios', { name: 'mine', scenario: 'blocked' })

  const { rules, built_in } = (await app.inject('/_fake/scenarios?org_id=org-1')).json()

  t.match(rules, [
    { org_id: 'org-1', name: null },
    { org_id: null, name: 'mine', match: null },
  ])
  for (const shown of rules) t.same(Object.keys(shown), ['id', 'org_id', 'name', 'match', 'scenario'])
  t.same(Object.keys(built_in), Object.keys(builtInScenarios))
})

t.test('DELETE /_fake/scenarios removes one rule, those of an organization, or all', async (t) => {
  const { app, call, send } = await startFake(t)
  const { id } = (await send('POST', '/_fake/scenarios', rule)).json()
  await send('POST', '/_fake/scenarios', rule)
  await send('POST', '/_fake/scenarios', { ...rule, org_id: 'org-1' })
  const count = async () => (await app.inject('/_fake/scenarios?org_id=org-1')).json().rules.length

  t.equal((await call('DELETE', `/_fake/scenarios/${id}`)).statusCode, 204)
  t.equal(await count(), 2)
  t.equal((await call('DELETE', '/_fake/scenarios?org_id=org-1')).statusCode, 204)
  t.equal(await count(), 1)
  t.equal((await call('DELETE', '/_fake/scenarios')).statusCode, 204)
  t.equal(await count(), 0)
})

t.test('POST /_fake/scenarios rejects an invalid rule with its location, and adds nothing', async (t) => {
  const { app, send } = await startFake(t)
  const invalid = [
    [{ ...rule, org_id: 5 }, ['body', 'org_id']],
    [{ scenario: 'nope' }, ['body', 'scenario']],
    [{ match: { prompt: '/(/' }, scenario: 'never' }, ['body', 'match', 'prompt']],
    [{ match: { prompt: '/(a+)+$/' }, scenario: 'never' }, ['body', 'match', 'prompt']],
    [{ scenario: { steps: [{ after_second: 1 }] } }, ['body', 'scenario', 'steps', 0, 'after_second']],
    [
      { scenario: { steps: [{ after_seconds: 2 }, { after_seconds: 1 }] } },
      ['body', 'scenario', 'steps', 1, 'after_seconds'],
    ],
  ]
  for (const [body, loc] of invalid) {
    const res = await send('POST', '/_fake/scenarios', body)
    t.equal(res.statusCode, 422)
    t.same(res.json().detail[0].loc, loc)
  }
  const misspelt = await send('POST', '/_fake/scenarios', { scenario: { steps: [{ mesage: 'a' }] } })
  t.equal(misspelt.json().detail[0].msg, 'Extra inputs are not permitted; did you mean message?')
  t.same((await app.inject('/_fake/scenarios')).json().rules, [])
})

t.test('POST /_fake/scenarios rejects an invalid org_id like every other call', async (t) => {
  const { send, app } = await startFake(t)
  for (const [org_id, issue] of [
    [5, { type: 'string_type', input: 5 }],
    ['', { type: 'string_too_short', input: '', ctx: { min_length: 1 } }],
    ['\ud800', { type: 'string_unicode', input: null }],
  ] as const) {
    const responses = [
      await send('POST', '/_fake/scenarios', { org_id, scenario: 'never' }),
      await send('POST', '/_fake/reset', { org_id }),
    ]
    for (const response of responses) {
      t.equal(response.statusCode, 422)
      t.match(response.json(), { detail: [{ loc: ['body', 'org_id'], ...issue }] })
    }
  }
  t.same((await app.inject('/_fake/scenarios')).json().rules, [])
})

t.test('POST /_fake/sessions/{session_id}/events applies an event immediately', async (t) => {
  const { call, send } = await startFake(t)
  const { session_id } = (await send('POST', '/v1/sessions', { prompt: '[fake:never]' })).json()

  const res = await send('POST', `/_fake/sessions/${session_id}/events`, {
    message: 'Which branch?',
    status_enum: 'blocked',
  })

  t.equal(res.statusCode, 201)
  t.match(res.json(), { session_id, status_enum: 'blocked', messages: [{}, { message: 'Which branch?' }] })
  t.same((await call('GET', `/v1/sessions/${session_id}`)).json(), res.json())
})

t.test('POST /_fake/sessions/{session_id}/events rejects unknown, foreign and ended sessions', async (t) => {
  const { call, send } = await startFake(t)
  const { session_id } = (await send('POST', '/v1/sessions', { prompt: 'x' })).json()
  const event = (id: string, body: object) => send('POST', `/_fake/sessions/${id}/events`, body)

  t.equal((await event('devin-unknown', { message: 'x' })).statusCode, 404)
  t.equal((await event(session_id, { message: 'x', org_id: 'org-1' })).statusCode, 404)
  const invalid = await event(session_id, { structured_output: { $sample: 'x' } })
  t.equal(invalid.statusCode, 422)
  t.match(invalid.json().detail[0].loc, ['body', 'structured_output'])
  await call('DELETE', `/v1/sessions/${session_id}`)
  t.equal((await event(session_id, { message: 'x' })).statusCode, 400)
})

const OTHER = 'org-other'

t.test('GET /_fake/clock returns the time and its speed', async (t) => {
  const { app } = await startFake(t)

  t.same((await app.inject('/_fake/clock')).json(), {
    now: '2026-01-02T03:04:05.678901Z',
    frozen: false,
    speed: 1,
  })
})

t.test('PUT /_fake/clock changes only the given settings, for all organizations', async (t) => {
  const { send, organization } = await startFake(t)

  await send('PUT', '/_fake/clock', { now: '1970-01-01T00:00:01Z', frozen: true, speed: 60 })
  const res = await send('PUT', '/_fake/clock', { frozen: false })

  t.same(res.json(), { now: '1970-01-01T00:00:01.000000Z', frozen: false, speed: 60 })
  t.same([organization.clock.now(), organization.clock.speed], [1_000_000, 60])
})

t.test('PUT /_fake/clock accepts the speed instant, which a number ends', async (t) => {
  const { send, organization } = await startFake(t)

  t.equal((await send('PUT', '/_fake/clock', { speed: 'instant' })).json().speed, 'instant')
  t.equal(organization.clock.instant, true)
  t.equal((await send('PUT', '/_fake/clock', { speed: 2 })).json().speed, 2)
  t.equal(organization.clock.instant, false)
})

t.test('PUT /_fake/clock rejects a time that the clock cannot represent, and changes nothing', async (t) => {
  const { send, organization } = await startFake(t)
  const before = organization.clock.now()

  for (const now of ['1969-12-31T00:00:00Z', 'noon']) {
    t.equal((await send('PUT', '/_fake/clock', { now, frozen: true })).statusCode, 422, now)
  }
  t.same([organization.clock.now(), organization.clock.frozen], [before, false])
})

t.test('POST /_fake/clock/advance advances the clock, optionally of one organization', async (t) => {
  const { app, send, organization } = await startFake(t)
  const before = organization.clock.now()

  const res = await send('POST', '/_fake/clock/advance', { seconds: 90, org_id: OTHER })

  t.equal(res.json().now, '2026-01-02T03:05:35.678901Z')
  t.equal(organization.clock.now(), before)
  t.equal((await app.inject(`/_fake/clock?org_id=${OTHER}`)).json().now, '2026-01-02T03:05:35.678901Z')
  await send('POST', '/_fake/clock/advance', { seconds: 1 })
  t.equal(organization.clock.now(), before + 1_000_000)
})
