import { createRequire } from 'node:module'
import t from 'tap'
import type { ApiInstance } from '../../src/hooks/types.ts'
import { buildDocument } from '../../src/openapi/document.ts'
import { type Texts, translate } from '../../src/openapi/translate.ts'
import { chinese } from '../../src/openapi/zh.ts'
import { v1Document } from '../../src/routes/v1/documents.ts'
import { contract, operationsOf, publishedDeleteSecret, reachable } from './contract.ts'

t.test('the document has exactly the operations of the contract', async (t) => {
  const built = [...operationsOf(await v1Document('en')).keys()]

  t.same(built.sort(), [...operationsOf(contract).keys()].sort())
})

t.test('every operation equals that of the contract', async (t) => {
  const expected = operationsOf(contract)

  for (const [name, operation] of operationsOf(await v1Document('en'))) {
    t.strictSame(operation, expected.get(name), name)
  }
})

t.test('every component equals that of the contract', async (t) => {
  const { schemas } = (await v1Document('en')).components

  for (const [name, schema] of Object.entries(schemas)) {
    t.strictSame(schema, contract.components.schemas[name], name)
  }
})

t.test('the components are exactly those that the operations reference', async (t) => {
  const document = await v1Document('en')

  t.same(Object.keys(document.components.schemas), [...reachable(document.paths, document)].sort())
})

t.test('the rest of the document equals that of the contract', async (t) => {
  const { paths: _, components, ...rest } = await v1Document('en')
  const { paths: __, components: expectedComponents, ...expectedRest } = contract

  t.strictSame(rest, expectedRest)
  t.strictSame(components.securitySchemes, expectedComponents.securitySchemes)
})

t.test('the document has no internal members of TypeBox and @fastify/swagger', async (t) => {
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

t.test('a document is built once', async (t) => {
  t.equal(await v1Document('en'), await v1Document('en'))
  t.equal(await v1Document('zh'), await v1Document('zh'))
})

t.test('building a document does not load Ajv', async (t) => {
  await v1Document('en')

  const loaded = Object.keys(createRequire(import.meta.url).cache)
  t.ok(loaded.some((file) => file.includes('/@fastify/swagger/')))
  t.notOk(loaded.some((file) => /\/node_modules\/(ajv|@fastify\/ajv-compiler)\//.test(file)))
})

t.test('a hidden route is omitted with its components', async (t) => {
  const hidden = async (app: ApiInstance) => {
    app.get('/v1/hidden', { schema: { hide: true } }, async () => null)
  }

  const document = await buildDocument([hidden], {
    openapi: '3.1.0',
    info: contract.info,
    servers: [],
    security: [],
    securitySchemes: {},
  })

  t.same(document.paths, {})
  t.same(document.components.schemas, {})
})

t.test('DELETE /v1/secrets/{secret_id} in Chinese equals the vendor’s page', async (t) => {
  const document = await v1Document('zh')
  const path = '/v1/secrets/{secret_id}'

  const paths = { [path]: { ...document.paths[path] } }
  const names = [...reachable(paths, document)].sort()
  const schemas = Object.fromEntries(names.map((name) => [name, document.components.schemas[name]]))
  const page = { ...document, paths, components: { ...document.components, schemas } }

  t.strictSame(page, publishedDeleteSecret)
  t.equal(JSON.stringify(page), JSON.stringify(publishedDeleteSecret), 'in the vendor’s order')
})

t.test('the Chinese document differs from the English one in texts only', async (t) => {
  const texts = new Set(['summary', 'description'])
  const withoutTexts = (document: unknown) =>
    JSON.stringify(document, (key, value) => (texts.has(key) && typeof value === 'string' ? '' : value))

  t.equal(withoutTexts(await v1Document('zh')), withoutTexts(await v1Document('en')))
})

t.test('a text without a Chinese translation stays English', async (t) => {
  const [english, chinese] = await Promise.all([v1Document('en'), v1Document('zh')])

  t.strictSame(chinese.paths['/v1/secrets']?.post, english.paths['/v1/secrets']?.post)
})

const noTexts: Texts = { info: { description: 'I' }, securitySchemes: {}, operations: {}, schemas: {} }

t.test('a translation does not change the original document', async (t) => {
  const before = structuredClone(contract)

  translate(contract, chinese)

  t.strictSame(contract, before)
})

t.test('texts without a translation stay unchanged', async (t) => {
  const translated = translate(contract, noTexts)

  t.strictSame(translated, { ...contract, info: { ...contract.info, description: 'I' } })
})

t.test('the description of a parameter is translated in both of its places', async (t) => {
  const operations = operationsOf(translate(contract, chinese))

  const tags = operations.get('GET /v1/sessions')?.parameters?.find(({ name }) => name === 'tags')
  t.equal(tags?.description, '用于筛选会话的标签列表。')
  t.equal(tags?.schema.description, '用于筛选会话的标签列表。')
})

t.test('descriptions of component properties are translated', async (t) => {
  const { schemas } = translate(contract, chinese).components

  t.match(schemas.CreateSessionParams, {
    properties: { max_acu_limit: { description: 'ACU 最大值，必须为正数' } },
  })
})

t.test('every Chinese text belongs to a part of the contract', async (t) => {
  const operations = [...operationsOf(contract).values()]

  for (const [operationId, texts] of Object.entries(chinese.operations)) {
    const operation = operations.find((candidate) => candidate.operationId === operationId)
    const parameters = operation?.parameters?.map(({ name }) => name) ?? []
    t.ok(operation, operationId)
    for (const status of Object.keys(texts.responses ?? {})) t.ok(operation?.responses[status], operationId)
    for (const name of Object.keys(texts.parameters ?? {})) t.ok(parameters.includes(name), operationId)
  }
  for (const [name, texts] of Object.entries(chinese.schemas)) {
    const properties: object = contract.components.schemas[name]?.properties ?? {}
    t.ok(contract.components.schemas[name], name)
    for (const property of Object.keys(texts.properties ?? {})) t.ok(property in properties, property)
  }
})
