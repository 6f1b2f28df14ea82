import t from 'tap'
import { builtInScenarios } from '../../../src/simulation/scenarios.ts'
import { startFake } from '../../fake.ts'

const rule = { match: { prompt: 'flaky' }, scenario: 'never' }

t.test('POST /_fake/scenarios adds a rule, which chooses for new sessions', async (t) => {
  const { call, send } = await startFake(t)

  const res = await send('POST', '/_fake/scenarios', rule)

  t.equal(res.statusCode, 201)
  t.match(res.json(), { id: /^scenario-/, org_id: null, name: null, ...rule })
  const { session_id } = (await send('POST', '/v1/sessions', { prompt: 'a flaky test' })).json()
  await send('POST', '/_fake/clock/advance', { seconds: 1e6 })
  t.equal((await call('GET', `/v1/sessions/${session_id}`)).json().status_enum, 'working')
})

t.test('GET /_fake/scenarios lists the rules and what is built in', async (t) => {
  const { app, send } = await startFake(t)
  await send('POST', '/_fake/scenarios', { ...rule, org_id: 'org-1' })
  await send('POST', '/_fake/scenarios', { name: 'mine', scenario: 'blocked' })

  const { rules, built_in } = (await app.inject('/_fake/scenarios?org_id=org-1')).json()

  t.match(rules, [{ org_id: 'org-1' }, { org_id: null, name: 'mine', match: null }])
  t.same(Object.keys(built_in), Object.keys(builtInScenarios))
})

t.test('DELETE /_fake/scenarios removes one, those of an organization, or all', async (t) => {
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

t.test('POST /_fake/scenarios refuses what is wrong with its place, and adds nothing', async (t) => {
  const { app, send } = await startFake(t)
  const bad = [
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
  for (const [body, loc] of bad) {
    const res = await send('POST', '/_fake/scenarios', body)
    t.equal(res.statusCode, 422)
    t.same(res.json().detail[0].loc, loc)
  }
  const misspelt = await send('POST', '/_fake/scenarios', { scenario: { steps: [{ mesage: 'a' }] } })
  t.equal(misspelt.json().detail[0].msg, 'Extra inputs are not permitted; did you mean message?')
  t.same((await app.inject('/_fake/scenarios')).json().rules, [])
})

t.test('POST /_fake/scenarios refuses what is no org_id as every other call does', async (t) => {
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
