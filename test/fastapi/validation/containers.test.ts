// Lists, objects and unions.
import { type TSchema, Type } from '@sinclair/typebox'
import t from 'tap'
import { RECORDED_LENGTH_MIN, recordSourceLength } from '../../../src/fastapi/json/length.ts'
import { parseJson } from '../../../src/fastapi/json/parse.ts'
import { coerced, issue, issuesOf } from './run.ts'

t.test('a list returns its converted items in a new list', async (t) => {
  const input = ['1', true, 2]

  t.strictSame(coerced(Type.Array(Type.Integer()), input), [1, 1, 2])
  t.strictSame(input, ['1', true, 2])
  t.strictSame(coerced(Type.Unsafe({ type: 'array' }), [1, 'a', null]), [1, 'a', null])
})

t.test('a list reports each invalid item at its index', async (t) => {
  t.strictSame(issuesOf(Type.Array(Type.String()), ['a', 1, null]), [
    { type: 'string_type', loc: [1], msg: 'Input should be a valid string', input: 1 },
    { type: 'string_type', loc: [2], msg: 'Input should be a valid string', input: null },
  ])
})

t.test('a list rejects every other type', async (t) => {
  for (const input of [null, 'a', 1, true, {}]) {
    t.strictSame(issuesOf(Type.Array(Type.String()), input), [
      issue('list_type', 'Input should be a valid list', input),
    ])
  }
})

t.test('a list reports its minimum length only if all items are valid', async (t) => {
  const schema = Type.Array(Type.Integer(), { minItems: 2 })
  const short = (input: unknown[]) =>
    issue('too_short', `List should have at least 2 items after validation, not ${input.length}`, input, {
      field_type: 'List',
      min_length: 2,
      actual_length: input.length,
    })

  t.strictSame(issuesOf(schema, []), [short([])])
  t.strictSame(issuesOf(schema, [1]), [short([1])])
  t.strictSame(
    issuesOf(schema, ['x']).map(({ type, loc }) => [type, loc]),
    [['int_parsing', [0]]],
  )
  t.strictSame(coerced(schema, [1, 2]), [1, 2])
  t.match(issuesOf(Type.Array(Type.Any(), { minItems: 1 }), []), [
    { msg: 'List should have at least 1 item after validation, not 0' },
  ])
})

t.test('a list that is too long reports no other issue', async (t) => {
  const schema = Type.Array(Type.Integer(), { maxItems: 2 })
  const input = ['x', 2, 3]

  t.strictSame(issuesOf(schema, input), [
    issue('too_long', 'List should have at most 2 items after validation, not 3', input, {
      field_type: 'List',
      max_length: 2,
      actual_length: 3,
    }),
  ])
  t.strictSame(coerced(schema, [1, 2]), [1, 2])
})

const Model = Type.Object(
  {
    title: Type.String({ minLength: 1 }),
    count: Type.Optional(Type.Integer({ default: 3 })),
    tags: Type.Optional(Type.Array(Type.String(), { default: [] })),
    note: Type.Optional(Type.Union([Type.String(), Type.Null()])),
  },
  { title: 'Model' },
)

t.test('a model converts its fields, adds defaults and drops unknown fields', async (t) => {
  t.strictSame(coerced(Model, { zzz: 1, count: '5', title: 'x', note: null }), {
    title: 'x',
    count: 5,
    tags: [],
    note: null,
  })
  t.strictSame(coerced(Model, { title: 'x' }), { title: 'x', count: 3, tags: [] })
})

t.test('each object gets its own copy of a default', async (t) => {
  const first = coerced(Model, { title: 'x' }) as { tags: string[] }
  first.tags.push('mine')

  t.strictSame(coerced(Model, { title: 'x' }), { title: 'x', count: 3, tags: [] })
})

t.test('issues are in the order of the fields, and a missing field quotes the whole object', async (t) => {
  const input = { note: 1, tags: ['a', 2], count: null }

  t.strictSame(issuesOf(Model, input), [
    { type: 'missing', loc: ['title'], msg: 'Field required', input },
    { type: 'int_type', loc: ['count'], msg: 'Input should be a valid integer', input: null },
    { type: 'string_type', loc: ['tags', 1], msg: 'Input should be a valid string', input: 2 },
    { type: 'string_type', loc: ['note'], msg: 'Input should be a valid string', input: 1 },
  ])
})

t.test('a model rejects values that are not objects', async (t) => {
  const msg = 'Input should be a valid dictionary or object to extract fields from'
  for (const input of [null, [], 'x', 1, 1n, true]) {
    t.strictSame(issuesOf(Model, input), [issue('model_attributes_type', msg, input)])
  }
})

t.test('a model inside a list reports its issues under the index and the field', async (t) => {
  const input = [{ title: '' }, null]

  t.strictSame(
    issuesOf(Type.Object({ items: Type.Array(Model) }), { items: input }).map(({ type, loc }) => [type, loc]),
    [
      ['string_too_short', ['items', 0, 'title']],
      ['model_attributes_type', ['items', 1]],
    ],
  )
})

t.test('inherited properties are not fields', async (t) => {
  const schema = Type.Object({ constructor: Type.Any(), toString: Type.Optional(Type.Any()) })

  t.match(issuesOf(schema, {}), [{ type: 'missing', loc: ['constructor'] }])
  t.strictSame(
    issuesOf(Model, JSON.parse('{"__proto__":{"title":"x"}}')).map(({ type }) => type),
    ['missing'],
  )
})

t.test('a model that forbids unknown fields reports them last, in input order', async (t) => {
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

t.test('a free-form dictionary is returned unchanged', async (t) => {
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

t.test('a typed dictionary converts its values and reports issues under the key', async (t) => {
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

t.test('objects with key constraints or allowed extra fields do not compile', async (t) => {
  const keys = { message: /a dictionary with constraints on its keys/ }
  const integer = { type: 'integer' }
  t.throws(() => coerced(Type.Record(Type.String({ pattern: '^a' }), Type.Integer()), {}), keys)
  t.throws(() => coerced(Type.Unsafe({ type: 'object', patternProperties: {} }), {}), keys)
  const both = { type: 'object', patternProperties: { '^(.*)$': integer }, additionalProperties: integer }
  t.throws(() => coerced(Type.Unsafe(both), {}), keys)
  t.throws(() => coerced(Type.Object({}, { title: 'Loose', additionalProperties: true }), {}), {
    message: 'Cannot validate Loose: a model that keeps unknown fields is not supported',
  })
})

t.test('the location of an issue has a replacement for each byte of a lone surrogate in a key', async (t) => {
  const schema = Type.Record(Type.String(), Type.Integer())
  const keys = { 'a\uD83Db': 'a\uFFFD\uFFFD\uFFFDb', '\u{1F600}': '\u{1F600}' }

  for (const [key, location] of Object.entries(keys)) {
    t.match(issuesOf(schema, { [key]: 'x' }), [{ loc: [location] }])
    t.same(coerced(schema, { [key]: 1 }), { [key]: 1 })
  }
})

t.test('the issues of a dictionary and of unknown fields are in the order of the text', async (t) => {
  const input = parseJson('{"10":"x","b":"x","2":"x"}')
  const inOrder = [{ loc: ['10'] }, { loc: ['b'] }, { loc: ['2'] }]

  t.match(issuesOf(Type.Record(Type.String(), Type.Integer()), input), inOrder)
  t.match(issuesOf(Type.Object({}, { title: 'Empty', additionalProperties: false }), input), inOrder)
})

t.test('a long free-form dictionary is accepted without enumerating its keys', async (t) => {
  const long = new Proxy(
    {},
    {
      ownKeys: () => {
        throw new Error('its keys were enumerated')
      },
    },
  )
  recordSourceLength(long, RECORDED_LENGTH_MIN)

  t.equal(coerced(Type.Record(Type.String(), Type.Unknown()), long), long)
})

const nullable = (schema: TSchema) => Type.Union([schema, Type.Null()])
const textEnum = Type.Unsafe({ type: 'string', enum: ['a', 'b'], 'x-python-enum': true, title: 'Kind' })
const Small = Type.Object({ a: Type.Integer() }, { title: 'Small' })
const Big = Type.Object({ a: Type.String(), b: Type.Optional(Type.Integer({ default: 1 })) }, { $id: 'Big' })
/** Returns the type and loc of each issue. */
const errorsOf = (schema: TSchema, input: unknown) =>
  issuesOf(schema, input).map(({ type, loc }) => [type, ...loc])

t.test('a nullable type accepts null and otherwise behaves like the type', async (t) => {
  for (const schema of [nullable(Type.Integer()), Type.Union([Type.Null(), Type.Integer()])]) {
    t.equal(coerced(schema, null), null)
    t.equal(coerced(schema, '5'), 5)
    t.strictSame(errorsOf(schema, []), [['int_type']])
  }
  t.strictSame(errorsOf(nullable(Type.Array(Type.String())), [1]), [['string_type', 0]])
})

t.test('a union without a match reports every member under its label', async (t) => {
  const schema = Type.Union([Type.Integer(), Type.Array(Type.String())])

  t.strictSame(issuesOf(schema, ['a', 1]), [
    { type: 'int_type', loc: ['int'], msg: 'Input should be a valid integer', input: ['a', 1] },
    { type: 'string_type', loc: ['list[str]', 1], msg: 'Input should be a valid string', input: 1 },
  ])
})

t.test('a union with null accepts null and reports no issue about it', async (t) => {
  const schema = Type.Union([Type.Null(), Type.Integer(), Type.Boolean()])

  t.equal(coerced(schema, null), null)
  t.strictSame(errorsOf(schema, 'x'), [
    ['int_parsing', 'int'],
    ['bool_parsing', 'bool'],
  ])
})

t.test('nested unions are flattened', async (t) => {
  const schema = Type.Union([Type.Integer(), Type.Union([Type.Boolean(), Type.Null()])])

  t.equal(coerced(schema, null), null)
  t.strictSame(errorsOf(schema, []), [
    ['int_type', 'int'],
    ['bool_type', 'bool'],
  ])
})

t.test('union members have pydantic labels', async (t) => {
  const labels: [TSchema, string][] = [
    [Type.String(), 'str'],
    [Type.String({ minLength: 1 }), 'constrained-str'],
    [Type.String({ format: 'date-time' }), 'datetime'],
    [Type.String({ format: 'date' }), 'date'],
    [Type.String({ format: 'uuid' }), 'uuid'],
    [Type.Integer({ minimum: 1 }), 'constrained-int'],
    [Type.Number(), 'float'],
    [Type.Number({ minimum: 1 }), 'constrained-float'],
    [Type.Record(Type.String(), Type.Any()), 'dict[str,any]'],
    [Type.Record(Type.String(), Type.Integer()), 'dict[str,int]'],
    [Type.Unsafe({ enum: ['a', 1, true] }), "literal['a',1,True]"],
    [textEnum, 'str-enum[Kind]'],
    [Small, 'Small'],
    [Type.Array(Big), 'list[Big]'],
    [Type.Array(nullable(Type.Integer()), { minItems: 1 }), 'list[nullable[int]]'],
    [Type.Array(Type.Union([Type.Integer(), Type.String()])), 'list[union[int,str]]'],
    [Type.Array(Type.Null()), 'list[none]'],
  ]
  for (const [member, label] of labels) {
    // A list of a list matches no member.
    const other = Type.Unsafe({ type: 'boolean' })
    t.equal(issuesOf(Type.Union([other, member]), [[[]]])[1]?.loc[0], label)
  }
})

t.test('a union prefers the exact type over a conversion', async (t) => {
  const table: [TSchema[], unknown, unknown][] = [
    [[Type.Integer(), Type.String()], '5', '5'],
    [[Type.String(), Type.Integer()], 5, 5],
    [[Type.Boolean(), Type.Integer()], 1, 1],
    [[Type.Boolean(), Type.Integer()], '1', true],
    [[Type.Integer(), Type.Boolean()], true, true],
    [[Type.Integer(), Type.Literal('1')], '1', '1'],
    [[textEnum, Type.String()], 'a', 'a'],
    [[Type.Number(), Type.Integer()], 10n ** 20n, 10n ** 20n],
    [[Type.Boolean(), Type.Number()], 2n ** 60n, 2 ** 60],
    [[Type.Integer(), Type.Any()], '5', '5'],
    [[Type.Any(), Type.Integer()], 5, 5],
    [[Type.String({ format: 'uuid' }), Type.String()], 'F'.repeat(32), 'F'.repeat(32)],
    [[Type.String({ format: 'date' }), Type.String()], '86400', '86400'],
    [[Type.String({ format: 'date-time' }), Type.Integer()], 5, 5],
    [[Type.Array(Type.Integer()), Type.Array(Type.String())], ['1'], ['1']],
    [
      [Type.Record(Type.String(), Type.Integer()), Type.Record(Type.String(), Type.String())],
      { a: '1' },
      { a: '1' },
    ],
  ]
  for (const [members, input, value] of table) t.strictSame(coerced(Type.Union(members), input), value)
})

t.test('a union picks the first of the members that convert the value', async (t) => {
  t.equal(coerced(Type.Union([Type.Integer(), Type.Number()]), '5'), 5)
  t.equal(coerced(Type.Union([Type.Integer(), Type.Number()]), '5.5'), 5.5)
  t.equal(coerced(Type.Union([Type.Number(), Type.Boolean()]), 'true'), true)
})

t.test('a union prefers the model with more fields set, then the more exact one', async (t) => {
  const schema = Type.Union([Small, Big])

  t.strictSame(coerced(schema, { a: 1 }), { a: 1 })
  t.strictSame(coerced(schema, { a: '1' }), { a: '1', b: 1 })
  t.strictSame(coerced(schema, { a: '1', b: 2 }), { a: '1', b: 2 })
  t.strictSame(coerced(Type.Union([Big, Small]), { a: '1' }), { a: '1', b: 1 })
})

t.test('a union picks a model or a dictionary by exactness', async (t) => {
  const dictionary = Type.Record(Type.String(), Type.Any())

  t.strictSame(coerced(Type.Union([Small, dictionary]), { a: 1, z: 1 }), { a: 1 })
  t.strictSame(coerced(Type.Union([Small, dictionary]), { a: '1' }), { a: '1' })
  t.strictSame(coerced(Type.Union([dictionary, Small]), { a: 1, z: 1 }), { a: 1, z: 1 })
  t.strictSame(coerced(Type.Union([Type.Object({}, { title: 'None' }), dictionary]), {}), {})
})

t.test('a union counts nested fields, also inside nested unions', async (t) => {
  const inner = Type.Union([Small, Big])
  const One = Type.Object({ m: inner }, { title: 'One' })
  const Two = Type.Object({ m: Type.Object({ a: Type.String() }) }, { title: 'Two' })

  t.strictSame(coerced(Type.Union([Two, One]), { m: { a: 'x', b: 2 } }), { m: { a: 'x', b: 2 } })
  t.strictSame(coerced(Type.Union([One, Two]), { m: { a: 'x' } }), { m: { a: 'x', b: 1 } })
})

t.test('a union does not affect the issues of adjacent fields', async (t) => {
  const schema = Type.Object({
    a: Type.Integer(),
    u: Type.Union([Type.Integer(), Type.String()]),
    z: Type.Integer(),
  })

  t.strictSame(errorsOf(schema, { a: 'x', u: 's', z: 'x' }), [
    ['int_parsing', 'a'],
    ['int_parsing', 'z'],
  ])
})

t.test('unions with an unnamed model or without members do not compile', async (t) => {
  const nameless = Type.Union([Type.Object({}), Type.Integer()])
  t.throws(() => coerced(nameless, 1), { message: /a union member without a title/ })
  t.throws(() => coerced(Type.Unsafe({ anyOf: [{ type: 'null' }] }), 1), {
    message: /a union without members/,
  })
  t.throws(() => coerced(Type.Unsafe({ anyOf: 5 }), 1), { message: /an "anyOf" that is not a list/ })
})
