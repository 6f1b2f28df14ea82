import { Ajv2020 } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import t from 'tap'
import { type BodySchema, exampleOf } from '../../../src/page/model/example-body.ts'
import { startFake } from '../../fake.ts'
import { operationsOf } from '../../openapi/contract.ts'

t.test('an example has the required members alone', (t) => {
  const schema: BodySchema = {
    type: 'object',
    properties: {
      prompt: { type: 'string' },
      tags: { type: 'array', items: { type: 'string' } },
      at: { type: 'string', format: 'date-time' },
      count: { type: 'integer', minimum: 3 },
      is_on: { type: 'boolean' },
      names: { type: 'array', items: { type: 'string', minLength: 8 }, minItems: 2 },
      kind: { enum: ['a', 'b'] },
      one: { const: 'one' },
      usual: { default: 5 },
      given: { type: 'string', examples: ['x'] },
      title: { anyOf: [{ type: 'string' }, { type: 'null' }] },
      nothing: { type: ['null', 'string'] },
    },
    required: [
      'prompt',
      'at',
      'count',
      'is_on',
      'names',
      'kind',
      'one',
      'usual',
      'given',
      'title',
      'nothing',
    ],
  }

  t.same(exampleOf(schema, {}), {
    prompt: 'prompt',
    at: '2026-01-01T00:00:00Z',
    count: 3,
    is_on: true,
    names: ['namesxxx', 'namesxxx'],
    kind: 'a',
    one: 'one',
    usual: 5,
    given: 'x',
    title: 'title',
    nothing: null,
  })
  t.end()
})

t.test('a schema may refer to others, to itself and to nothing', (t) => {
  const schemas: Record<string, BodySchema> = {
    Tree: {
      type: 'object',
      properties: { child: { $ref: '#/components/schemas/Tree' } },
      required: ['child'],
    },
    Name: { type: 'string' },
  }

  t.equal(exampleOf({ $ref: '#/components/schemas/Name' }, schemas), 'text')
  t.match(JSON.stringify(exampleOf({ $ref: '#/components/schemas/Tree' }, schemas)), /null/)
  t.same(exampleOf({ type: 'array', minItems: 1 }, {}), ['text'])
  t.same(exampleOf({ type: 'object', required: ['a'] }, {}), { a: 'a' })
  t.equal(exampleOf({ type: 'number' }, {}), 1)
  t.equal(exampleOf({ oneOf: [{ type: 'boolean' }] }, {}), true)
  t.equal(exampleOf({ $ref: '#/components/schemas/Gone', type: 'boolean' }, {}), true)
  t.end()
})

t.test('the examples of all bodies of v1 and v3 fit their schemas', async (t) => {
  const { app } = await startFake(t)
  for (const path of ['/openapi.json', '/v3-openapi.json']) {
    const document = (await app.inject(path)).json()
    const ajv = new Ajv2020({ strict: false })
    addFormats.default(ajv)
    ajv.addSchema({ $id: 'document', components: document.components })
    for (const [operation, { requestBody }] of operationsOf(document)) {
      const schema = requestBody?.content['application/json']?.schema
      if (schema === undefined) continue
      const example = exampleOf(schema, document.components.schemas)
      const text = JSON.stringify(schema).replaceAll('"#/components', '"document#/components')
      t.ok(ajv.validate(JSON.parse(text), example), `${operation}: ${ajv.errorsText()}`)
    }
  }
})
