import { Type } from '@sinclair/typebox'
import t from 'tap'
import { NOTED_LENGTH, noteLength } from '../../../src/fastapi/json/length.ts'
import { coerced, issue, issuesOf } from './run.ts'

const Model = Type.Object(
  {
    title: Type.String({ minLength: 1 }),
    count: Type.Optional(Type.Integer({ default: 3 })),
    tags: Type.Optional(Type.Array(Type.String(), { default: [] })),
    note: Type.Optional(Type.Union([Type.String(), Type.Null()])),
  },
  { title: 'Model' },
)

t.test('a model converts its fields, fills in defaults and drops what it does not know', async (t) => {
  t.strictSame(coerced(Model, { zzz: 1, count: '5', title: 'x', note: null }), {
    title: 'x',
    count: 5,
    tags: [],
    note: null,
  })
  t.strictSame(coerced(Model, { title: 'x' }), { title: 'x', count: 3, tags: [] })
})

t.test('defaults are fresh each time', async (t) => {
  const first = coerced(Model, { title: 'x' }) as { tags: string[] }
  first.tags.push('mine')

  t.strictSame(coerced(Model, { title: 'x' }), { title: 'x', count: 3, tags: [] })
})

t.test('issues come in the order of the fields, with the whole object where one is missing', async (t) => {
  const input = { note: 1, tags: ['a', 2], count: null }

  t.strictSame(issuesOf(Model, input), [
    { type: 'missing', loc: ['title'], msg: 'Field required', input },
    { type: 'int_type', loc: ['count'], msg: 'Input should be a valid integer', input: null },
    { type: 'string_type', loc: ['tags', 1], msg: 'Input should be a valid string', input: 2 },
    { type: 'string_type', loc: ['note'], msg: 'Input should be a valid string', input: 1 },
  ])
})

t.test('a model refuses what is no object', async (t) => {
  const msg = 'Input should be a valid dictionary or object to extract fields from'
  for (const input of [null, [], 'x', 1, 1n, true]) {
    t.strictSame(issuesOf(Model, input), [issue('model_attributes_type', msg, input)])
  }
})

t.test('models inside a list report under index and field', async (t) => {
  const input = [{ title: '' }, null]

  t.strictSame(
    issuesOf(Type.Object({ items: Type.Array(Model) }), { items: input }).map(({ type, loc }) => [type, loc]),
    [
      ['string_too_short', ['items', 0, 'title']],
      ['model_attributes_type', ['items', 1]],
    ],
  )
})

t.test('only own properties are fields', async (t) => {
  const schema = Type.Object({ constructor: Type.Any(), toString: Type.Optional(Type.Any()) })

  t.match(issuesOf(schema, {}), [{ type: 'missing', loc: ['constructor'] }])
  t.strictSame(
    issuesOf(Model, JSON.parse('{"__proto__":{"title":"x"}}')).map(({ type }) => type),
    ['missing'],
  )
})

t.test('a model that forbids unknown fields reports them last, as they came', async (t) => {
  const schema = Type.Object({ a: Type.Integer() }, { additionalProperties: false })

  t.strictSame(issuesOf(schema, { z: 1, a: 'x', y: [2] }), [
    {
      type: 'int_parsing',
      loc: ['a'],
      msg: 'Input should be a valid integer, unable to parse string as an integer',
      input: 'x',
    },
    { type: 'extra_forbidden', loc: ['z'], msg: 'Extra inputs are not permitted', input: 1 },
    { type: 'extra_forbidden', loc: ['y'], msg: 'Extra inputs are not permitted', input: [2] },
  ])
  t.strictSame(coerced(schema, { a: 1 }), { a: 1 })
  t.match(issuesOf(Type.Unsafe({ type: 'object', additionalProperties: false }), { a: 1 }), [
    { type: 'extra_forbidden', loc: ['a'] },
  ])
})

t.test('a free-form dictionary passes as it is', async (t) => {
  const input = JSON.parse('{"__proto__":1,"a":[null]}')

  for (const schema of [
    Type.Record(Type.String(), Type.Unknown()),
    Type.Unsafe({ type: 'object' }),
    Type.Unsafe({ type: 'object', additionalProperties: true }),
  ]) {
    t.equal(coerced(schema, input), input)
    for (const bad of [null, [], 'x', 1]) {
      t.strictSame(issuesOf(schema, bad), [issue('dict_type', 'Input should be a valid dictionary', bad)])
    }
  }
})

t.test('a dictionary of a type converts its values and reports under the key', async (t) => {
  for (const schema of [
    Type.Record(Type.String(), Type.Integer()),
    Type.Unsafe({ type: 'object', additionalProperties: { type: 'integer' } }),
  ]) {
    const value = coerced(schema, JSON.parse('{"a":"5","__proto__":"6"}')) as object
    t.strictSame(Object.entries(value), [
      ['a', 5],
      ['__proto__', 6],
    ])
    t.strictSame(issuesOf(schema, { a: 1, b: null }), [
      { type: 'int_type', loc: ['b'], msg: 'Input should be a valid integer', input: null },
    ])
    t.strictSame(issuesOf(schema, []), [issue('dict_type', 'Input should be a valid dictionary', [])])
  }
})

t.test('objects with rules for keys or kept extras do not compile', async (t) => {
  const keys = { message: /a dictionary with a rule for its keys/ }
  const integer = { type: 'integer' }
  t.throws(() => coerced(Type.Record(Type.String({ pattern: '^a' }), Type.Integer()), {}), keys)
  t.throws(() => coerced(Type.Unsafe({ type: 'object', patternProperties: {} }), {}), keys)
  const both = { type: 'object', patternProperties: { '^(.*)$': integer }, additionalProperties: integer }
  t.throws(() => coerced(Type.Unsafe(both), {}), keys)
  t.throws(() => coerced(Type.Object({}, { title: 'Loose', additionalProperties: true }), {}), {
    message: 'Cannot validate Loose: a model that keeps unknown fields is not understood here',
  })
})

t.test('a free-form dictionary that is noted as long passes without a look at its names', async (t) => {
  const long = new Proxy(
    {},
    {
      ownKeys: () => {
        throw new Error('its names were asked for')
      },
    },
  )
  noteLength(long, NOTED_LENGTH)

  t.equal(coerced(Type.Record(Type.String(), Type.Unknown()), long), long)
})
