import { createRequire } from 'node:module'
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import Fastify from 'fastify'
import t, { type Test } from 'tap'
import { parse } from 'yaml'
import { documentRoutes, v1Document } from '../../../src/routes/v1/documents.ts'

async function get(t: Test, url: string, method: 'GET' | 'HEAD' = 'GET') {
  const app = Fastify().withTypeProvider<TypeBoxTypeProvider>()
  t.teardown(() => app.close())
  await documentRoutes(app)
  return app.inject({ method, url })
}

t.test('the first request for a document loads the modules that build documents', async (t) => {
  const swaggerIsLoaded = () =>
    Object.keys(createRequire(import.meta.url).cache).some((file) => file.includes('/@fastify/swagger/'))
  await get(t, '/unknown')
  t.notOk(swaggerIsLoaded())

  await get(t, '/openapi.json')

  t.ok(swaggerIsLoaded())
})

t.test('GET /openapi.json returns the English document as JSON', async (t) => {
  const res = await get(t, '/openapi.json')

  t.equal(res.statusCode, 200)
  t.equal(res.headers['content-type'], 'application/json')
  t.strictSame(res.json(), await v1Document('en'))
})

t.test('HEAD /openapi.json returns the headers of GET', async (t) => {
  const [head, whole] = [await get(t, '/openapi.json', 'HEAD'), await get(t, '/openapi.json')]

  t.same([head.statusCode, head.body], [200, ''])
  for (const name of ['content-type', 'content-length'])
    t.equal(head.headers[name], whole.headers[name], name)
})

t.test('GET /v1-openapi.yaml returns the English document as YAML', async (t) => {
  const res = await get(t, '/v1-openapi.yaml')

  t.equal(res.statusCode, 200)
  t.equal(res.headers['content-type'], 'application/yaml')
  t.strictSame(parse(res.body), await v1Document('en'))
})

t.test('GET /zh/v1-openapi.yaml returns the Chinese document as YAML', async (t) => {
  const res = await get(t, '/zh/v1-openapi.yaml')

  t.equal(res.statusCode, 200)
  t.equal(res.headers['content-type'], 'application/yaml')
  t.strictSame(parse(res.body), await v1Document('zh'))
})

t.test('GET /v1-openapi.yaml returns the same bytes each time', async (t) => {
  const [first, second] = [await get(t, '/v1-openapi.yaml'), await get(t, '/v1-openapi.yaml')]

  t.ok(first.rawPayload.equals(second.rawPayload))
})
