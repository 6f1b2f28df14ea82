import t from 'tap'
import { asVersion30 } from '../../../src/page/model/version-30.ts'
import { startFake } from '../../fake.ts'

const convert = (schema: unknown) => JSON.parse(JSON.stringify(schema), asVersion30)

t.test('a schema that may be null becomes nullable, and keeps its annotations', async (t) => {
  t.same(
    convert({ anyOf: [{ type: 'string', maxLength: 3 }, { type: 'null' }], title: 'A', default: null }),
    {
      type: 'string',
      maxLength: 3,
      default: null,
      nullable: true,
    },
  )
  t.same(convert({ anyOf: [{ $ref: '#/a' }, { type: 'null' }] }), {
    allOf: [{ $ref: '#/a' }],
    nullable: true,
  })
  t.same(convert({ type: ['integer', 'string', 'null'], description: 'b' }), {
    anyOf: [{ type: 'integer' }, { type: 'string' }],
    description: 'b',
    nullable: true,
  })
})

t.test('a constant becomes an enum with one value, and alternatives stay', async (t) => {
  t.same(convert({ const: 'a', type: 'string', title: 'A' }), { enum: ['a'], type: 'string' })
  const either = { anyOf: [{ type: 'string' }, { $ref: '#/a' }] }
  t.same(convert(either), either)
})

t.test('the titles of schemas are removed, and other titles stay', async (t) => {
  t.same(convert({ type: 'string', title: 'A' }), { type: 'string' })
  const info = { title: 'A', version: '1' }
  t.same(convert(info), info)
})

t.test('a property may have the name of a keyword', async (t) => {
  const schema = { properties: { type: { type: 'string' }, anyOf: { type: 'null' }, const: { $ref: '#/a' } } }
  t.same(convert(schema), schema)
})

/** Returns all values in a document that a condition holds for. */
function valuesIn(
  value: unknown,
  is: (value: Record<string, unknown>, name: string) => boolean,
  name = '',
): unknown[] {
  if (value === null || typeof value !== 'object') return []
  const inner = Object.entries(value).flatMap(([member, one]) => valuesIn(one, is, member))
  return is(value as Record<string, unknown>, name) ? [value, ...inner] : inner
}

t.test('no published document keeps a feature of 3.1, and its examples are unchanged', async (t) => {
  const { call } = await startFake(t)
  for (const path of ['/v3-openapi.json', '/openapi.json', '/_fake/openapi.json']) {
    const { body } = await call('GET', path)
    const document = JSON.parse(body, asVersion30)

    const isNew = ({ type, const: only }: Record<string, unknown>) =>
      type === 'null' || Array.isArray(type) || typeof only === 'string'
    t.not(valuesIn(JSON.parse(body), isNew).length, 0, path)
    t.same(valuesIn(document, isNew), [], path)
    const examples = (of: unknown) =>
      valuesIn(of, (_value, name) => /^(?:examples?|default)$/.test(name))
        .map((one) => JSON.stringify(one))
        .sort()
    t.same(examples(document), examples(JSON.parse(body)), path)
  }
})
