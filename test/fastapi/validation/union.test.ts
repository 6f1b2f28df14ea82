import { type TSchema, Type } from '@sinclair/typebox'
import t from 'tap'
import { coerced, issuesOf } from './run.ts'

const nullable = (schema: TSchema) => Type.Union([schema, Type.Null()])
const textEnum = Type.Unsafe({ type: 'string', enum: ['a', 'b'], 'x-python-enum': true, title: 'Kind' })
const Small = Type.Object({ a: Type.Integer() }, { title: 'Small' })
const Big = Type.Object({ a: Type.String(), b: Type.Optional(Type.Integer({ default: 1 })) }, { $id: 'Big' })
/** What is wrong and where, for each issue. */
const faults = (schema: TSchema, input: unknown) =>
  issuesOf(schema, input).map(({ type, loc }) => [type, ...loc])

t.test('a nullable type takes null and otherwise answers like the type', async (t) => {
  for (const schema of [nullable(Type.Integer()), Type.Union([Type.Null(), Type.Integer()])]) {
    t.equal(coerced(schema, null), null)
    t.equal(coerced(schema, '5'), 5)
    t.strictSame(faults(schema, []), [['int_type']])
  }
  t.strictSame(faults(nullable(Type.Array(Type.String())), [1]), [['string_type', 0]])
})

t.test('a union that nothing fits reports every member under its label', async (t) => {
  const schema = Type.Union([Type.Integer(), Type.Array(Type.String())])

  t.strictSame(issuesOf(schema, ['a', 1]), [
    { type: 'int_type', loc: ['int'], msg: 'Input should be a valid integer', input: ['a', 1] },
    { type: 'string_type', loc: ['list[str]', 1], msg: 'Input should be a valid string', input: 1 },
  ])
})

t.test('a union with null takes null and does not list it', async (t) => {
  const schema = Type.Union([Type.Null(), Type.Integer(), Type.Boolean()])

  t.equal(coerced(schema, null), null)
  t.strictSame(faults(schema, 'x'), [
    ['int_parsing', 'int'],
    ['bool_parsing', 'bool'],
  ])
})

t.test('nested unions are one', async (t) => {
  const schema = Type.Union([Type.Integer(), Type.Union([Type.Boolean(), Type.Null()])])

  t.equal(coerced(schema, null), null)
  t.strictSame(faults(schema, []), [
    ['int_type', 'int'],
    ['bool_type', 'bool'],
  ])
})

t.test('members are labelled as pydantic labels them', async (t) => {
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
    // Nothing takes both: a list of a list fits none of them.
    const other = Type.Unsafe({ type: 'boolean' })
    t.equal(issuesOf(Type.Union([other, member]), [[[]]])[1]?.loc[0], label)
  }
})

t.test('the member of the very type wins over one that would convert', async (t) => {
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

t.test('of members that convert the first wins', async (t) => {
  t.equal(coerced(Type.Union([Type.Integer(), Type.Number()]), '5'), 5)
  t.equal(coerced(Type.Union([Type.Integer(), Type.Number()]), '5.5'), 5.5)
  t.equal(coerced(Type.Union([Type.Number(), Type.Boolean()]), 'true'), true)
})

t.test('of models the one with more fields given wins, then the closer one', async (t) => {
  const schema = Type.Union([Small, Big])

  t.strictSame(coerced(schema, { a: 1 }), { a: 1 })
  t.strictSame(coerced(schema, { a: '1' }), { a: '1', b: 1 })
  t.strictSame(coerced(schema, { a: '1', b: 2 }), { a: '1', b: 2 })
  t.strictSame(coerced(Type.Union([Big, Small]), { a: '1' }), { a: '1', b: 1 })
})

t.test('a model and a dictionary are told apart by how close they come', async (t) => {
  const dictionary = Type.Record(Type.String(), Type.Any())

  t.strictSame(coerced(Type.Union([Small, dictionary]), { a: 1, z: 1 }), { a: 1 })
  t.strictSame(coerced(Type.Union([Small, dictionary]), { a: '1' }), { a: '1' })
  t.strictSame(coerced(Type.Union([dictionary, Small]), { a: 1, z: 1 }), { a: 1, z: 1 })
  t.strictSame(coerced(Type.Union([Type.Object({}, { title: 'None' }), dictionary]), {}), {})
})

t.test('fields inside fields count too, through unions', async (t) => {
  const inner = Type.Union([Small, Big])
  const One = Type.Object({ m: inner }, { title: 'One' })
  const Two = Type.Object({ m: Type.Object({ a: Type.String() }) }, { title: 'Two' })

  t.strictSame(coerced(Type.Union([Two, One]), { m: { a: 'x', b: 2 } }), { m: { a: 'x', b: 2 } })
  t.strictSame(coerced(Type.Union([One, Two]), { m: { a: 'x' } }), { m: { a: 'x', b: 1 } })
})

t.test('a union leaves the issues of its neighbours alone', async (t) => {
  const schema = Type.Object({
    a: Type.Integer(),
    u: Type.Union([Type.Integer(), Type.String()]),
    z: Type.Integer(),
  })

  t.strictSame(faults(schema, { a: 'x', u: 's', z: 'x' }), [
    ['int_parsing', 'a'],
    ['int_parsing', 'z'],
  ])
})

t.test('unions that cannot be named or have no member do not compile', async (t) => {
  const nameless = Type.Union([Type.Object({}), Type.Integer()])
  t.throws(() => coerced(nameless, 1), { message: /a union member without a title/ })
  t.throws(() => coerced(Type.Unsafe({ anyOf: [{ type: 'null' }] }), 1), {
    message: /a union without members/,
  })
  t.throws(() => coerced(Type.Unsafe({ anyOf: 5 }), 1), { message: /an "anyOf" that is no list/ })
})
