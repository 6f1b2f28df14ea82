import t from 'tap'
import { startFake } from '../../fake.ts'

t.test('an unknown member of a control call is 422 and names the nearest known one', async (t) => {
  const { send, organization } = await startFake(t)
  const time = organization.clock.now()

  const res = await send('POST', '/_fake/clock/advance', { seconds: 5, org_ids: 'x', zzz: 1 })

  t.equal(res.statusCode, 422)
  t.same(res.json(), {
    detail: [
      {
        type: 'extra_forbidden',
        loc: ['body', 'org_ids'],
        msg: 'Extra inputs are not permitted; did you mean org_id?',
        input: 'x',
      },
      { type: 'extra_forbidden', loc: ['body', 'zzz'], msg: 'Extra inputs are not permitted', input: 1 },
    ],
  })
  t.equal(organization.clock.now(), time)
})

t.test('an unknown member inside a member is named by its place', async (t) => {
  const { send, organization } = await startFake(t)
  const { session_id } = (await send('POST', '/v1/sessions', { prompt: 'x' })).json()

  const res = await send('POST', `/_fake/sessions/${session_id}/events`, {
    pull_request: { url: 'u', ulr: 'x' },
  })

  t.equal(res.statusCode, 422)
  t.match(res.json(), {
    detail: [
      { loc: ['body', 'pull_request', 'ulr'], msg: 'Extra inputs are not permitted; did you mean url?' },
    ],
  })
  t.same((await organization.sessions.get(session_id))?.events, [])
})

t.test(
  'an unknown query parameter of a control call is 422, since it would act on all organizations',
  async (t) => {
    const { app } = await startFake(t)

    const res = await app.inject('/_fake/clock?orgid=x&other=1')

    t.equal(res.statusCode, 422)
    t.same(res.json(), {
      detail: [
        {
          type: 'extra_forbidden',
          loc: ['query', 'orgid'],
          msg: 'Extra inputs are not permitted; did you mean org_id?',
          input: null,
        },
        {
          type: 'extra_forbidden',
          loc: ['query', 'other'],
          msg: 'Extra inputs are not permitted',
          input: null,
        },
      ],
    })
  },
)

t.test('a query parameter where a control call has none is 422, but for probes of health', async (t) => {
  const { app } = await startFake(t)

  t.equal((await app.inject('/_fake/fidelity?x=1')).statusCode, 422)
  t.equal((await app.inject('/_fake/health?x=1')).statusCode, 200)
})

t.test('errors that are no validation errors pass as they are', async (t) => {
  const { app } = await startFake(t)

  const res = await app.inject({ method: 'DELETE', url: '/_fake/scenarios/unknown' })

  t.same([res.statusCode, res.json()], [404, { detail: 'Scenario not found' }])
})

t.test(
  'what JSON of Python has and no answer can hold is 422, not a crash as in the real application',
  async (t) => {
    const { app } = await startFake(t)
    const send = (method: 'PUT' | 'POST', url: string, payload: string) =>
      app.inject({ method, url, payload, headers: { 'content-type': 'application/json' } })

    const responses = [
      await send('PUT', '/_fake/clock', '{"speed": NaN}'),
      await send('PUT', '/_fake/clock', '{"org_id": "\\ud800"}'),
      await send('PUT', '/_fake/clock', '{"\\ud800": 1}'),
      await send('POST', '/_fake/requests/verify', '{"query": {"a": [NaN]}}'),
    ]

    t.same(
      responses.map(({ statusCode }) => statusCode),
      [422, 422, 422, 422],
    )
    t.match(
      responses.map((response) => response.json().detail.at(-1)),
      [
        { input: null },
        { loc: ['body', 'org_id'], input: null },
        { loc: ['body', '\ufffd'], type: 'extra_forbidden' },
        { loc: ['body', 'query', 'a', 'list[str]', 0], input: null },
      ],
    )
  },
)
