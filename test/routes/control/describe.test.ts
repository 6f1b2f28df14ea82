import t, { type Test } from 'tap'
import { fidelity } from '../../../src/fidelity/index.ts'
import type { OpenApiDocument } from '../../../src/openapi/types.ts'
import { startFake } from '../../fake.ts'
import { operationsOf, reachable } from '../../openapi/contract.ts'
import { registeredRoutes } from '../../registered-routes.ts'

async function controlDocument(t: Test): Promise<OpenApiDocument> {
  const { app } = await startFake(t)
  return (await app.inject('/_fake/openapi.json')).json()
}

t.test('GET /_fake/openapi.json describes every control route, and no other', async (t) => {
  const document = await controlDocument(t)

  t.equal(document.openapi, '3.1.0')
  const routes = (await registeredRoutes()).filter(
    (route) => route.includes('/_fake/') && route !== 'GET /_fake/storage/{org_id}/{uuid}/{name}',
  )
  t.same([...operationsOf(document).keys()].sort(), routes.sort())
  t.notMatch(JSON.stringify(document), /"\$id"/)
})

t.test(
  'GET /_fake/openapi.json names no component that it does not have, and no operation twice',
  async (t) => {
    const document = await controlDocument(t)

    const known = Object.keys(document.components.schemas)
    t.same(
      [...reachable(document.paths, document)].filter((name) => !known.includes(name)),
      [],
    )
    const ids = [...operationsOf(document).values()].map(({ operationId }) => operationId)
    t.equal(new Set(ids).size, ids.length)
  },
)

t.test('GET /_fake/openapi.json has the refusals that come before any handler', async (t) => {
  const operations = operationsOf(await controlDocument(t))
  const statuses = (operation: string) => Object.keys(operations.get(operation)?.responses ?? {})

  t.same(statuses('GET /_fake/health'), ['200'])
  t.same(statuses('GET /_fake/ca.pem'), ['200', '404'])
  t.same(statuses('GET /_fake/clock'), ['200', '401', '403', '422'])
  t.same(statuses('PUT /_fake/clock'), ['200', '400', '401', '403', '413', '415', '422', '507'])
  t.same(statuses('POST /_fake/faults'), ['201', '400', '401', '403', '409', '413', '415', '422', '507'])
  t.same(operations.get('GET /_fake/ca.pem')?.responses[200]?.content, {
    'application/pem-certificate-chain': {
      schema: { type: 'string', contentMediaType: 'application/pem-certificate-chain' },
    },
  })
})

t.test('GET /_fake/openapi.json says which bodies may be left out', async (t) => {
  const operations = operationsOf(await controlDocument(t))

  t.equal(operations.get('POST /_fake/reset')?.requestBody?.required, undefined)
  t.equal(operations.get('PUT /_fake/clock')?.requestBody?.required, true)
})

t.test('GET /_fake/openapi.json shows what a rule is made of, although it is checked by hand', async (t) => {
  const { requestBody } = operationsOf(await controlDocument(t)).get('POST /_fake/scenarios') ?? {}

  const { schema } = requestBody?.content['application/json'] ?? {}
  t.match(schema, { additionalProperties: false, required: ['scenario'] })
  const { properties } = schema as { properties: object }
  t.same(Object.keys(properties), ['match', 'name', 'org_id', 'scenario'])
})

t.test('an answer that is no success is one that GET /_fake/openapi.json has', async (t) => {
  const { app, send } = await startFake(t)
  const operations = operationsOf((await app.inject('/_fake/openapi.json')).json())
  const { session_id } = (await send('POST', '/v1/sessions', { prompt: 'x' })).json()
  await send('DELETE', `/v1/sessions/${session_id}`, undefined)
  const tries: [operation: string, url: string, body: unknown, status: number][] = [
    ['GET /_fake/ca.pem', '/_fake/ca.pem', undefined, 404],
    ['DELETE /_fake/scenarios/{scenario_id}', '/_fake/scenarios/x', undefined, 404],
    ['GET /_fake/faults/{fault_id}', '/_fake/faults/x', undefined, 404],
    ['DELETE /_fake/faults/{fault_id}', '/_fake/faults/x', undefined, 404],
    ['POST /_fake/snapshots/{name}/restore', '/_fake/snapshots/x/restore', {}, 404],
    ['GET /_fake/snapshots/{name}/diff', '/_fake/snapshots/x/diff', undefined, 404],
    ['DELETE /_fake/snapshots/{name}', '/_fake/snapshots/x', undefined, 404],
    ['POST /_fake/keys/revoke', '/_fake/keys/revoke', { key: 'cog_x' }, 404],
    [
      'POST /_fake/sessions/{session_id}/events',
      `/_fake/sessions/${session_id}/events`,
      { message: 'x' },
      400,
    ],
    ['POST /_fake/sessions/{session_id}/events', '/_fake/sessions/devin-x/events', { message: 'x' }, 404],
    ['PUT /_fake/state', '/_fake/state', {}, 422],
    ['GET /_fake/clock', '/_fake/clock?x=1', undefined, 422],
  ]
  for (const [operation, url, body, status] of tries) {
    const response = await send(operation.split(' ')[0] ?? '', url, body)
    t.equal(response.statusCode, status, `${operation}: ${response.body}`)
    t.ok(operations.get(operation)?.responses[status], `${operation} ${status}`)
  }
})

t.test('GET /_fake/fidelity is the ledger as data', async (t) => {
  const { app } = await startFake(t)

  t.same((await app.inject('/_fake/fidelity')).json(), JSON.parse(JSON.stringify({ rows: fidelity })))
})
