import t from 'tap'
import { bodyFormOf, compileRequest } from '../../../src/fastapi/request.ts'
import { RouteTree } from '../../../src/fastapi/route-tree.ts'
import contract from '../../../src/schemas/v3/contract.json' with { type: 'json' }
import { BODIES, OPERATIONS, type OperationName } from '../../../src/schemas/v3/contract.ts'
import { requestSchema } from '../../../src/schemas/v3/requests.ts'

t.test('the operations equal those of the contract, each once', async (t) => {
  const methods = ['get', 'post', 'put', 'patch', 'delete']
  const published = Object.entries(contract.paths).flatMap(([path, operations]) =>
    Object.keys(operations)
      .filter((name) => methods.includes(name))
      .map((name) => `${name.toUpperCase()} ${path}`),
  )

  t.same([...OPERATIONS].sort(), published.sort())
  t.equal(new Set(OPERATIONS).size, 192)
})

t.test('every operation is found by its path', async (t) => {
  const routes = OPERATIONS.map((name) => {
    const [method = '', path = ''] = name.split(' ')
    return { method, path }
  })
  const tree = new RouteTree(routes)

  for (const { method, path } of routes) {
    t.equal(tree.match(method, path.replaceAll(/\{\w+\}/g, 'x'))?.route.path, path, `${method} ${path}`)
  }
})

t.test('the schemas of every operation compile, with the body format that the route reads', async (t) => {
  for (const name of OPERATIONS) {
    const schema = requestSchema(name)
    t.doesNotThrow(() => compileRequest(schema), name)
    t.equal(bodyFormOf(schema), BODIES[name], name)
  }
})

/** Returns the schema of a member of the body of an operation. */
function memberOf(name: OperationName, member: string): Record<string, unknown> {
  const { properties } = requestSchema(name).body as { properties: Record<string, Record<string, unknown>> }
  return properties[member] ?? {}
}

const SESSIONS = 'POST /v3/organizations/{org_id}/sessions'

t.test('the fields of a body are in the order of errors: the required ones first', async (t) => {
  const { properties, required } = requestSchema(SESSIONS).body as {
    properties: Record<string, unknown>
    required: string[]
  }

  t.same(Object.keys(properties).slice(0, required.length), required)
  t.ok(required.includes('prompt'))
  t.ok(Object.keys(properties).includes('tags'))
})

t.test('the bounds of query parameters are not enforced, those of bodies are', async (t) => {
  const { querystring } = requestSchema('GET /v3/organizations/{org_id}/secrets')
  const { first } = (querystring as { properties: Record<string, Record<string, unknown>> }).properties

  t.match(first, { type: 'integer', default: 100 })
  t.notOk('minimum' in (first ?? {}) || 'maximum' in (first ?? {}))
  t.match(memberOf('PUT /v3/organizations/{org_id}/sessions/{devin_id}/tags', 'tags'), { maxItems: 50 })
})

t.test('an object within a model is a dictionary with the values of the contract', async (t) => {
  const isDictionary = (part: Record<string, unknown>): boolean =>
    part.type === 'object' && part.additionalProperties !== undefined && part.properties === undefined
  const { anyOf = [] } = memberOf(SESSIONS, 'structured_output_schema') as {
    anyOf?: Record<string, unknown>[]
  }

  t.ok(anyOf.some(isDictionary))
})

t.test('the response schemas are those of JSON responses, by status', async (t) => {
  const { response } = requestSchema('DELETE /v3/organizations/{org_id}/secrets/{secret_id}')

  t.match(response, { 200: { title: 'SecretResponse' } })
})
