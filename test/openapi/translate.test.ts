import t from 'tap'
import { type Texts, translate } from '../../src/openapi/translate.ts'
import { chinese } from '../../src/openapi/zh.ts'
import { contract, operationsOf } from './contract.ts'

const nothing: Texts = { info: { description: 'I' }, securitySchemes: {}, operations: {}, schemas: {} }

t.test('a translation leaves the given document as it is', async (t) => {
  const before = structuredClone(contract)

  translate(contract, chinese)

  t.strictSame(contract, before)
})

t.test('what has no text in the other language keeps its own', async (t) => {
  const translated = translate(contract, nothing)

  t.strictSame(translated, { ...contract, info: { ...contract.info, description: 'I' } })
})

t.test('a description of a parameter is put in its two places', async (t) => {
  const operations = operationsOf(translate(contract, chinese))

  const tags = operations.get('GET /v1/sessions')?.parameters?.find(({ name }) => name === 'tags')
  t.equal(tags?.description, '用于筛选会话的标签列表。')
  t.equal(tags?.schema.description, '用于筛选会话的标签列表。')
})

t.test('properties of components are described in the other language', async (t) => {
  const { schemas } = translate(contract, chinese).components

  t.match(schemas.CreateSessionParams, {
    properties: { max_acu_limit: { description: 'ACU 最大值，必须为正数' } },
  })
})

t.test('every Chinese text has its place in the contract', async (t) => {
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
