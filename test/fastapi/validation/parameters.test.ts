import { type TProperties, Type } from '@sinclair/typebox'
import t from 'tap'
import {
  compileParameters,
  type RawParameters,
  ValidationContext,
} from '../../../src/fastapi/validation/compile.ts'

function lookup(query: string): RawParameters {
  const values = new URLSearchParams(query)
  return { last: (name) => values.getAll(name).at(-1), all: (name) => values.getAll(name) }
}

function read(properties: TProperties, query: string, location: 'query' | 'path' = 'query') {
  const context = new ValidationContext()
  const values = compileParameters(Type.Object(properties), location)(lookup(query), context)
  return { values, issues: context.issues, path: context.path }
}

const SESSIONS = {
  limit: Type.Optional(Type.Integer({ default: 100 })),
  skip: Type.Optional(Type.Union([Type.Integer(), Type.Null()])),
  tags: Type.Optional(Type.Union([Type.Array(Type.String()), Type.Null()])),
  user_email: Type.Optional(Type.Union([Type.String(), Type.Null()])),
}

t.test('parameters are converted from their texts', async (t) => {
  const { values, issues, path } = read(
    SESSIONS,
    'limit=+5&tags=a&tags=&user_email=x&other=1'.replace('+', '%2B'),
  )

  t.strictSame(values, { limit: 5, tags: ['a', ''], user_email: 'x' })
  t.strictSame(issues, [])
  t.strictSame(path, [])
})

t.test('absent parameters have their defaults', async (t) => {
  const schema = { ...SESSIONS, ids: Type.Optional(Type.Array(Type.Integer(), { default: [1] })) }

  t.strictSame(read(schema, '').values, { limit: 100, ids: [1] })
  ;(read(schema, '').values.ids as number[]).push(2)
  t.strictSame(read(schema, '').values, { limit: 100, ids: [1] })
})

t.test('of a scalar given twice the last counts, empty or not', async (t) => {
  t.strictSame(read(SESSIONS, 'limit=x&limit=5').values, { limit: 5 })
  t.strictSame(read(SESSIONS, 'limit=5&limit=').issues, [
    {
      type: 'int_parsing',
      loc: ['query', 'limit'],
      msg: 'Input should be a valid integer, unable to parse string as an integer',
      input: '',
    },
  ])
})

t.test('issues come in the order of the parameters, and those of a list at their index', async (t) => {
  const schema = { ids: Type.Array(Type.Integer()), day: Type.String({ format: 'date' }) }
  const { issues } = read(schema, 'day=x&ids=1&ids=y')

  t.strictSame(
    issues.map(({ type, loc, input }) => [type, loc, input]),
    [
      ['int_parsing', ['query', 'ids', 1], 'y'],
      ['date_from_datetime_parsing', ['query', 'day'], 'x'],
    ],
  )
})

t.test('a required parameter that is absent is missing with null as the input', async (t) => {
  const missing = (name: string) => ({
    type: 'missing',
    loc: ['query', name],
    msg: 'Field required',
    input: null,
  })

  t.strictSame(read({ start_date: Type.String(), ids: Type.Array(Type.Integer()) }, '').issues, [
    missing('start_date'),
    missing('ids'),
  ])
})

t.test('parameters of the path say so', async (t) => {
  t.match(read({ n: Type.Integer({ minimum: 1 }) }, 'n=0', 'path').issues, [
    { type: 'greater_than_equal', loc: ['path', 'n'], input: '0' },
  ])
})

t.test('a parameter can be a union of scalars, a literal or anything', async (t) => {
  const schema = {
    u: Type.Union([Type.Integer(), Type.Boolean()]),
    kind: Type.Unsafe({ enum: ['a', 'b'] }),
    any: Type.Any(),
  }

  t.strictSame(read(schema, 'u=true&kind=b&any=1').values, { u: true, kind: 'b', any: '1' })
  t.match(read(schema, 'u=x&kind=b&any=1').issues, [
    { loc: ['query', 'u', 'int'] },
    { loc: ['query', 'u', 'bool'] },
  ])
})

t.test('a parameter that is an object, or now a list and now a text, does not compile', async (t) => {
  const message = 'Cannot validate query.p: a parameter that is no text or list is not understood here'
  for (const p of [Type.Object({}), Type.Union([Type.Integer(), Type.Array(Type.Integer())])]) {
    t.throws(() => read({ p }, ''), { message })
  }
  t.throws(() => compileParameters(Type.Object({}, { additionalProperties: false }), 'query'), {
    message: 'Cannot validate query: the keyword "additionalProperties" is not understood here',
  })
})
