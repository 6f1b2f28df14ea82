import t from 'tap'
import { parse } from 'yaml'
import { RouteTree } from '../../../src/fastapi/route-tree.ts'
import { BODIES, OPERATIONS, type OperationName } from '../../../src/schemas/v3/contract.ts'
import { requestSchema } from '../../../src/schemas/v3/requests.ts'
import { startFake } from '../../fake.ts'
import { reachable } from '../../openapi/contract.ts'

/** The parts of the document that the tests read. */
interface Document {
  info: { description: string }
  paths: Record<string, Record<string, DocumentOperation>>
  components: { schemas: Record<string, object> }
}

interface DocumentOperation {
  summary: string
  operationId: string
  parameters?: { in: string; name: string }[]
  requestBody?: { content: Record<string, object> }
  responses: Record<string, { description: string }>
}

async function documentsOf(t: Parameters<typeof startFake>[0]) {
  const { app } = await startFake(t)
  const get = async (url: string) => {
    const response = await app.inject(url)
    t.equal(response.statusCode, 200, url)
    return response
  }
  const json: Document = (await get('/v3-openapi.json')).json()
  const operations = Object.entries(json.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]): [OperationName, DocumentOperation] => [
      `${method.toUpperCase()} ${path}` as OperationName,
      operation,
    ]),
  )
  return { app, get, json, operations }
}

t.test('GET /v3-openapi.json and GET /v3-openapi.yaml return the same document', async (t) => {
  const { get, json } = await documentsOf(t)

  const yaml = await get('/v3-openapi.yaml')
  t.strictSame(parse(yaml.body), json)
  t.equal(yaml.headers['content-type'], 'application/yaml')
  t.equal((await get('/v3-openapi.json')).headers['content-type'], 'application/json')
  t.ok((await get('/v3-openapi.yaml')).rawPayload.equals(yaml.rawPayload), 'the same bytes each time')
})

t.test('the document of v3 has exactly the operations that are routed', async (t) => {
  const { app, operations } = await documentsOf(t)

  t.same(operations.map(([name]) => name).sort(), [...OPERATIONS].sort())
  for (const [name] of operations) {
    const [method = '', template = ''] = name.split(' ')
    const url = template.replaceAll(/\{\w+\}/g, 'x')
    const { statusCode, body } = await app.inject({ method: method as 'GET', url })
    t.match([statusCode, JSON.parse(body)], [403, { detail: 'Unauthorized', instance: url }], name)
  }
})

t.test('the document of v3 has the path parameters of the routes', async (t) => {
  const { operations } = await documentsOf(t)
  const routes = new RouteTree(
    OPERATIONS.map((name) => {
      const [method = '', path = ''] = name.split(' ')
      return { method, path }
    }),
  )

  for (const [name, { parameters = [] }] of operations) {
    const [method = '', path = ''] = name.split(' ')
    const { params } = routes.match(method, path) ?? { params: undefined }
    const documented = parameters.filter((parameter) => parameter.in === 'path')
    t.same(documented.map((parameter) => parameter.name).sort(), Object.keys(params ?? {}).sort(), name)
  }
})

t.test(
  'the document of v3 has the query parameters and bodies that requests are validated with',
  async (t) => {
    const { operations } = await documentsOf(t)

    for (const [name, { parameters = [], requestBody }] of operations) {
      const { querystring = {}, body } = requestSchema(name)
      const { properties = {} } = querystring as { properties?: object }
      const documented = parameters.filter((parameter) => parameter.in === 'query')
      t.same(documented.map((parameter) => parameter.name).sort(), Object.keys(properties).sort(), name)
      t.equal(body !== undefined, requestBody !== undefined, name)
      const [type] = Object.keys(requestBody?.content ?? {})
      t.equal(BODIES[name], type && (type.startsWith('multipart/') ? 'form' : 'json'), name)
    }
  },
)

t.test('the document of v3 has all referenced components, and no notes', async (t) => {
  const { json } = await documentsOf(t)
  const { schemas } = json.components

  for (const name of reachable(json, json as never)) t.ok(schemas[name], name)
  const namesIn = (value: unknown): string[] =>
    typeof value === 'object'
      ? Object.entries(Object(value)).flatMap(([name, member]) => [name, ...namesIn(member)])
      : []
  t.same(
    namesIn(json).filter((name) => name.startsWith('x-')),
    [],
  )
})

t.test('every operation of the document of v3 has its own id', async (t) => {
  const { operations } = await documentsOf(t)

  t.equal(new Set(operations.map(([, { operationId }]) => operationId)).size, OPERATIONS.length)
})

t.test('GET /zh/v3-openapi.yaml has the vendor’s Chinese texts as far as they are known', async (t) => {
  const { get, json } = await documentsOf(t)
  const chinese: Document = parse((await get('/zh/v3-openapi.yaml')).body)

  const secrets = chinese.paths['/v3/organizations/{org_id}/secrets/{secret_id}']?.delete
  t.match(secrets?.responses, { 200: { description: '成功响应' }, 422: { description: '验证错误' } })
  t.equal(chinese.info.description, json.info.description, 'other texts are English')
  const texts = new Set(['summary', 'description'])
  const withoutTexts = (document: unknown) =>
    JSON.stringify(document, (name, value) => (texts.has(name) && typeof value === 'string' ? '' : value))
  t.equal(withoutTexts(chinese), withoutTexts(json))
})
