import { createRequire } from 'node:module'
import t from 'tap'
import type { ApiInstance } from '../../src/hooks/types.ts'
import { documentOf } from '../../src/openapi/document.ts'
import { v1Document } from '../../src/routes/v1/documents.ts'
import { contract, operationsOf, publishedDeleteSecret, reachable } from './contract.ts'

t.test('the document has the operations of the contract, all of them and no others', async (t) => {
  const built = [...operationsOf(await v1Document('en')).keys()]

  t.same(built.sort(), [...operationsOf(contract).keys()].sort())
})

t.test('every operation is the one that the contract describes', async (t) => {
  const expected = operationsOf(contract)

  for (const [name, operation] of operationsOf(await v1Document('en'))) {
    t.strictSame(operation, expected.get(name), name)
  }
})

t.test('every component is the one that the contract describes', async (t) => {
  const { schemas } = (await v1Document('en')).components

  for (const [name, schema] of Object.entries(schemas)) {
    t.strictSame(schema, contract.components.schemas[name], name)
  }
})

t.test('the components are those that the operations refer to', async (t) => {
  const document = await v1Document('en')

  t.same(Object.keys(document.components.schemas), [...reachable(document.paths, document)].sort())
})

t.test('what is around the operations is as in the contract', async (t) => {
  const { paths: _, components, ...rest } = await v1Document('en')
  const { paths: __, components: expectedComponents, ...expectedRest } = contract

  t.strictSame(rest, expectedRest)
  t.strictSame(components.securitySchemes, expectedComponents.securitySchemes)
})

t.test('nothing of TypeBox or of @fastify/swagger is left in the document', async (t) => {
  const visit = (value: unknown, path: string): void => {
    if (typeof value !== 'object' || value === null) return
    for (const key of Reflect.ownKeys(value)) {
      if (key === 'length' && Array.isArray(value)) continue
      const name = `${path}/${String(key)}`
      t.ok(typeof key === 'string' && key !== '$id' && !key.startsWith('x-'), name)
      visit(Reflect.get(value, key), name)
    }
  }

  visit(await v1Document('en'), '#')
})

t.test('a document is made once', async (t) => {
  t.equal(await v1Document('en'), await v1Document('en'))
  t.equal(await v1Document('zh'), await v1Document('zh'))
})

t.test('making a document does not load Ajv', async (t) => {
  await v1Document('en')

  const loaded = Object.keys(createRequire(import.meta.url).cache)
  t.ok(loaded.some((file) => file.includes('/@fastify/swagger/')))
  t.notOk(loaded.some((file) => /\/node_modules\/(ajv|@fastify\/ajv-compiler)\//.test(file)))
})

t.test('a route whose schema says hide is left out, with its components', async (t) => {
  const hidden = async (app: ApiInstance) => {
    app.get('/v1/hidden', { schema: { hide: true } }, async () => null)
  }

  const document = await documentOf([hidden], {
    openapi: '3.1.0',
    info: contract.info,
    servers: [],
    security: [],
    securitySchemes: {},
  })

  t.same(document.paths, {})
  t.same(document.components.schemas, {})
})

t.test('DELETE /v1/secrets/{secret_id} in Chinese is what the vendor publishes', async (t) => {
  const document = await v1Document('zh')
  const path = '/v1/secrets/{secret_id}'

  const paths = { [path]: { ...document.paths[path] } }
  const names = [...reachable(paths, document)].sort()
  const schemas = Object.fromEntries(names.map((name) => [name, document.components.schemas[name]]))
  const page = { ...document, paths, components: { ...document.components, schemas } }

  t.strictSame(page, publishedDeleteSecret)
  t.equal(JSON.stringify(page), JSON.stringify(publishedDeleteSecret), 'in the order of the vendor')
})

t.test('the Chinese document differs from the English one in texts only', async (t) => {
  const texts = new Set(['summary', 'description'])
  const withoutTexts = (document: unknown) =>
    JSON.stringify(document, (key, value) => (texts.has(key) && typeof value === 'string' ? '' : value))

  t.equal(withoutTexts(await v1Document('zh')), withoutTexts(await v1Document('en')))
})

t.test('a text that is not known in Chinese stays English', async (t) => {
  const [english, chinese] = await Promise.all([v1Document('en'), v1Document('zh')])

  t.strictSame(chinese.paths['/v1/secrets']?.post, english.paths['/v1/secrets']?.post)
})
