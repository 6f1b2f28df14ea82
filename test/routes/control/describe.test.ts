// The document of the control plane, and the rejection of names that it does not have.

import t, { type Test } from 'tap'
import { fidelity, openQuestions } from '../../../src/fidelity/index.ts'
import { isControl } from '../../../src/journal/path-pattern.ts'
import type { OpenApiDocument } from '../../../src/openapi/types.ts'
import { startFake } from '../../fake.ts'
import { operationsOf, reachable } from '../../openapi/contract.ts'
import { registeredRoutes } from '../../registered-routes.ts'

async function controlDocument(t: Test): Promise<OpenApiDocument> {
  const { app } = await startFake(t)
  return (await app.inject('/_fake/openapi.json')).json()
}

t.test('GET /_fake/openapi.json describes exactly the control routes', async (t) => {
  const document = await controlDocument(t)

  t.equal(document.openapi, '3.1.0')
  const page = ['GET /_fake', 'GET /_fake/', 'GET /_fake/docs', 'GET /_fake/assets/{file}']
  const routes = (await registeredRoutes()).filter(
    (route) => isControl(route.slice(route.indexOf('/'))) && !page.includes(route),
  )
  t.same([...operationsOf(document).keys()].sort(), routes.sort())
  t.notMatch(JSON.stringify(document), /"\$id"/)
})

t.test('GET /_fake/openapi.json has all referenced components and unique operation ids', async (t) => {
  const document = await controlDocument(t)

  const known = Object.keys(document.components.schemas)
  t.same(
    [...reachable(document.paths, document)].filter((name) => !known.includes(name)),
    [],
  )
  const ids = [...operationsOf(document).values()].map(({ operationId }) => operationId)
  t.equal(new Set(ids).size, ids.length)
})

t.test('GET /_fake/openapi.json includes the errors sent before the handler', async (t) => {
  const operations = operationsOf(await controlDocument(t))
  const statuses = (operation: string) => Object.keys(operations.get(operation)?.responses ?? {})

  t.same(statuses('GET /_fake/health'), ['200'])
  t.same(statuses('GET /_fake/ca.pem'), ['200', '404'])
  t.same(statuses('GET /_fake/clock'), ['200', '401', '403', '422'])
  t.same(statuses('PUT /_fake/clock'), ['200', '400', '401', '403', '404', '413', '415', '422', '507'])
  t.same(statuses('POST /_fake/faults'), [
    '201',
    '400',
    '401',
    '403',
    '404',
    '409',
    '413',
    '415',
    '422',
    '507',
  ])
  t.same(operations.get('GET /_fake/ca.pem')?.responses[200]?.content, {
    'application/pem-certificate-chain': {
      schema: { type: 'string', contentMediaType: 'application/pem-certificate-chain' },
    },
  })
})

t.test('GET /_fake/openapi.json marks required bodies', async (t) => {
  const operations = operationsOf(await controlDocument(t))

  t.equal(operations.get('POST /_fake/reset')?.requestBody?.required, undefined)
  t.equal(operations.get('PUT /_fake/clock')?.requestBody?.required, true)
})

t.test('GET /_fake/openapi.json includes the schema of a rule, which has its own validation', async (t) => {
  const { requestBody } = operationsOf(await controlDocument(t)).get('POST /_fake/scenarios') ?? {}

  const { schema } = requestBody?.content['application/json'] ?? {}
  t.match(schema, { additionalProperties: false, required: ['scenario'] })
  const { properties } = schema as { properties: object }
  t.same(Object.keys(properties), ['match', 'name', 'org_id', 'scenario'])
})

t.test('GET /_fake/openapi.json includes the error responses of the operations', async (t) => {
  const { app, send } = await startFake(t)
  const operations = operationsOf((await app.inject('/_fake/openapi.json')).json())
  const { session_id } = (await send('POST', '/v1/sessions', { prompt: 'x' })).json()
  await send('DELETE', `/v1/sessions/${session_id}`, undefined)
  const requests: [operation: string, url: string, body: unknown, status: number][] = [
    ['GET /_fake/ca.pem', '/_fake/ca.pem', undefined, 404],
    ['DELETE /_fake/scenarios/{scenario_id}', '/_fake/scenarios/x', undefined, 404],
    ['GET /_fake/faults/{fault_id}', '/_fake/faults/x', undefined, 404],
    ['DELETE /_fake/faults/{fault_id}', '/_fake/faults/x', undefined, 404],
    ['POST /_fake/snapshots/{name}/restore', '/_fake/snapshots/x/restore', {}, 404],
    ['GET /_fake/snapshots/{name}/diff', '/_fake/snapshots/x/diff', undefined, 404],
    ['DELETE /_fake/snapshots/{name}', '/_fake/snapshots/x', undefined, 404],
    ['POST /_fake/keys/revoke', '/_fake/keys/revoke', { key: 'cog_wrong' }, 404],
    [
      'POST /_fake/sessions/{session_id}/events',
      `/_fake/sessions/${session_id}/events`,
      { message: 'x' },
      400,
    ],
    ['POST /_fake/sessions/{session_id}/events', '/_fake/sessions/devin-x/events', { message: 'x' }, 404],
    ['GET /_fake/sessions/{session_id}', '/_fake/sessions/devin-x', undefined, 404],
    ['POST /_fake/sessions/{session_id}/next-step', `/_fake/sessions/${session_id}/next-step`, {}, 400],
    ['POST /_fake/sessions/{session_id}/next-step', '/_fake/sessions/devin-x/next-step', {}, 404],
    ['POST /_fake/calls', '/_fake/calls', { org_id: 'x', method: 'GET', path: '/v1/secrets' }, 404],
    ['POST /_fake/calls', '/_fake/calls', { org_id: 'x', method: 'GET', path: '/' }, 422],
    [
      'POST /_fake/automations/{automation_id}/trigger',
      '/_fake/automations/x/trigger',
      { event_type: 'x' },
      404,
    ],
    ['PUT /_fake/state', '/_fake/state', {}, 422],
    ['GET /_fake/clock', '/_fake/clock?x=1', undefined, 422],
  ]
  for (const [operation, url, body, status] of requests) {
    const response = await send(operation.split(' ')[0] ?? '', url, body)
    t.equal(response.statusCode, status, `${operation}: ${response.body}`)
    t.ok(operations.get(operation)?.responses[status], `${operation} ${status}`)
  }
})

t.test('GET /_fake/fidelity returns the ledger as JSON', async (t) => {
  const { app } = await startFake(t)

  t.same(
    (await app.inject('/_fake/fidelity')).json(),
    JSON.parse(JSON.stringify({ rows: fidelity, questions: openQuestions })),
  )
})

t.test('an unknown member of a control call answers 422 with the closest known name', async (t) => {
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

t.test('an unknown nested member is reported with its path', async (t) => {
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
  'an unknown query parameter of a control call answers 422, because the call would affect all organizations',
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

t.test(
  'a query parameter of a control call without parameters answers 422, except for the health check',
  async (t) => {
    const { app } = await startFake(t)

    t.equal((await app.inject('/_fake/fidelity?x=1')).statusCode, 422)
    t.equal((await app.inject('/_fake/health?x=1')).statusCode, 200)
  },
)

t.test('other errors are unchanged', async (t) => {
  const { app } = await startFake(t)

  const res = await app.inject({ method: 'DELETE', url: '/_fake/scenarios/unknown' })

  t.same([res.statusCode, res.json()], [404, { detail: 'Scenario not found' }])
})

t.test(
  'values of Python’s JSON that a response cannot represent answer 422, not 500 as in the real application',
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
