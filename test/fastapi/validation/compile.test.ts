// Schemas of all kinds, the number of issues, and parameters of a query or path.
import { type TProperties, Type } from '@sinclair/typebox'
import t from 'tap'
import { ISSUES_MAX } from '../../../src/fastapi/bounded-issues.ts'
import {
  compileParameters,
  compileValidator,
  type RawParameters,
  ValidationContext,
} from '../../../src/fastapi/validation/compile.ts'
import { coerced, issue, issuesOf } from './run.ts'

t.test('a schema without constraints accepts any value', async (t) => {
  const input = { a: [1n, null] }

  for (const schema of [Type.Unknown(), Type.Any(), Type.Unsafe({ title: 'Free', description: 'x' })]) {
    t.equal(coerced(schema, input), input)
    t.equal(coerced(schema, null), null)
  }
})

t.test('null accepts only null', async (t) => {
  t.equal(coerced(Type.Null(), null), null)
  t.strictSame(issuesOf(Type.Null(), 0), [issue('none_required', 'Input should be None', 0)])
})

t.test('the loc of an issue starts with the path of the context, which is restored', async (t) => {
  const context = new ValidationContext()
  context.path.push('body')
  compileValidator(Type.Object({ a: Type.Array(Type.Object({ b: Type.Integer() })) }))(
    { a: [{ b: 'x' }] },
    context,
  )

  t.strictSame(context.issues[0]?.loc, ['body', 'a', 0, 'b'])
  t.strictSame(context.path, ['body'])
})

t.test('a valid request is converted, and an invalid one is reported in full', async (t) => {
  const schema = Type.Object({
    prompt: Type.String(),
    max_acu_limit: Type.Optional(Type.Union([Type.Integer({ exclusiveMinimum: 0 }), Type.Null()])),
    session_secrets: Type.Optional(
      Type.Union([
        Type.Array(Type.Object({ key: Type.String({ minLength: 1, maxLength: 256 }), value: Type.String() })),
        Type.Null(),
      ]),
    ),
    unlisted: Type.Optional(Type.Boolean({ default: false })),
  })

  t.strictSame(coerced(schema, { prompt: 'x', max_acu_limit: '5', session_secrets: null }), {
    prompt: 'x',
    max_acu_limit: 5,
    session_secrets: null,
    unlisted: false,
  })
  t.strictSame(
    issuesOf(schema, { unlisted: null, session_secrets: [{ key: '' }, 5], max_acu_limit: 0 }).map(
      ({ type, loc }) => [type, ...loc],
    ),
    [
      ['missing', 'prompt'],
      ['greater_than', 'max_acu_limit'],
      ['string_too_short', 'session_secrets', 0, 'key'],
      ['missing', 'session_secrets', 0, 'value'],
      ['model_attributes_type', 'session_secrets', 1],
      ['bool_type', 'unlisted'],
    ],
  )
})

t.test('annotations and vendor keywords have no effect', async (t) => {
  const noted = { title: 'T', description: 'D', examples: ['a'], deprecated: true, 'x-note': 1 }

  t.equal(coerced(Type.String(noted), 'a'), 'a')
})

t.test('the error for an unsupported schema names the part', async (t) => {
  const table: [unknown, string][] = [
    [{ title: 'T', not: {} }, 'T: the keyword "not"'],
    [{ $id: 'I', type: 'string', minimum: 1 }, 'I: the keyword "minimum"'],
    [{ type: ['string', 'null'] }, 'the schema: the type "string,null"'],
    [{ type: 'integer', minimum: '1' }, 'the schema: a "minimum" that is not a number'],
    [{ type: 'array', items: false }, 'the schema.items: a schema that is not an object'],
    [{ type: 'array', items: null }, 'the schema.items: a schema that is not an object'],
    [{ type: 'object', properties: { a: { $ref: '#/b' } } }, 'the schema.a: the keyword "$ref"'],
    [{ type: 'object', additionalProperties: { type: 'x' } }, 'the schema.*: the type "x"'],
    [{ anyOf: [{ type: 'integer' }, { type: 'y' }] }, 'the schema.anyOf[1]: the type "y"'],
  ]
  for (const [schema, words] of table) {
    t.throws(() => compileValidator(Type.Unsafe(schema as object)), {
      message: `Cannot validate ${words} is not supported`,
    })
  }
})

/** Returns a list that repeats an item and counts reads of its items. */
function countedList(length: number, item: unknown): { list: unknown; reads: () => number } {
  let reads = 0
  const list = new Proxy(new Array(length).fill(item), {
    get(target, name, receiver) {
      if (typeof name === 'string' && /^\d+$/.test(name)) reads++
      return Reflect.get(target, name, receiver)
    },
  })
  return { list, reads: () => reads }
}

const wide = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, n) => [`m${n}`, n]))

t.test('validation of a list stops at the maximum number of issues', async (t) => {
  const { list, reads } = countedList(100_000, 1)

  const issues = issuesOf(Type.Array(Type.String()), list)

  t.equal(issues.length, ISSUES_MAX)
  t.strictSame(issues.at(-1)?.loc, [ISSUES_MAX - 1])
  t.equal(reads(), ISSUES_MAX)
})

t.test('items with several issues each do not exceed the maximum number of issues', async (t) => {
  const Three = Type.Object({ a: Type.String(), b: Type.String(), c: Type.String() })

  t.equal(issuesOf(Type.Array(Three), new Array(1000).fill({})).length, ISSUES_MAX)
})

t.test('a dictionary and the unknown fields of an object report a bounded number of issues', async (t) => {
  const Strict = Type.Object({}, { additionalProperties: false })

  t.equal(issuesOf(Type.Record(Type.String(), Type.String()), wide(1000)).length, ISSUES_MAX)
  t.equal(issuesOf(Strict, wide(1000)).length, ISSUES_MAX)
})

t.test('a list with the maximum number of issues does not report that it is too short', async (t) => {
  const issues = issuesOf(Type.Array(Type.String(), { minItems: 500 }), new Array(200).fill(1))

  t.equal(issues.length, ISSUES_MAX)
  t.notOk(issues.some(({ type }) => type === 'too_short'))
})

t.test('a union member with too many issues does not prevent the next one from matching', async (t) => {
  const schema = Type.Union([Type.Array(Type.Integer()), Type.Array(Type.String())])
  const input = new Array(10 * ISSUES_MAX).fill('x')

  t.strictSame(coerced(schema, input), input)
})

t.test('a union without a match reports a bounded number of issues, also inside a list', async (t) => {
  const schema = Type.Union([Type.Array(Type.Integer()), Type.Array(Type.Boolean())])
  const wrong = new Array(10 * ISSUES_MAX).fill('x')

  t.equal(issuesOf(schema, wrong).length, ISSUES_MAX)
  const { list, reads } = countedList(1000, wrong)
  t.equal(issuesOf(Type.Array(schema), list).length, ISSUES_MAX)
  t.equal(reads(), 1)
})

t.test('a nested union reports a bounded number of issues, and can still match', async (t) => {
  const inner = Type.Union([Type.Array(Type.Integer()), Type.Array(Type.Boolean())])
  const schema = Type.Union([Type.Array(inner), Type.Array(Type.Array(Type.String()))])
  const words = new Array(2 * ISSUES_MAX).fill('x')

  t.strictSame(coerced(schema, [words, words]), [words, words])
  t.equal(issuesOf(schema, [[...words, null]]).length, ISSUES_MAX)
})

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

t.test('parameters are converted from strings', async (t) => {
  const { values, issues, path } = read(
    SESSIONS,
    'limit=+5&tags=a&tags=&user_email=x&other=1'.replace('+', '%2B'),
  )

  t.strictSame(values, { limit: 5, tags: ['a', ''], user_email: 'x' })
  t.strictSame(issues, [])
  t.strictSame(path, [])
})

t.test('absent parameters get their defaults', async (t) => {
  const schema = { ...SESSIONS, ids: Type.Optional(Type.Array(Type.Integer(), { default: [1] })) }

  t.strictSame(read(schema, '').values, { limit: 100, ids: [1] })
  ;(read(schema, '').values.ids as number[]).push(2)
  t.strictSame(read(schema, '').values, { limit: 100, ids: [1] })
})

t.test('the last value of a repeated scalar wins, even if empty', async (t) => {
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

t.test('issues are in the order of the parameters, and those of a list have its index', async (t) => {
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

t.test('an absent required parameter is reported as missing with the input null', async (t) => {
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

t.test('the issue of a path parameter has the location path', async (t) => {
  t.match(read({ n: Type.Integer({ minimum: 1 }) }, 'n=0', 'path').issues, [
    { type: 'greater_than_equal', loc: ['path', 'n'], input: '0' },
  ])
})

t.test('a parameter can be a union of scalars, a literal or Any', async (t) => {
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

t.test('a parameter that is an object, or a union of list and scalar, does not compile', async (t) => {
  const message = 'Cannot validate query.p: a parameter that is neither a scalar nor a list is not supported'
  for (const p of [Type.Object({}), Type.Union([Type.Integer(), Type.Array(Type.Integer())])]) {
    t.throws(() => read({ p }, ''), { message })
  }
  t.throws(() => compileParameters(Type.Object({}, { additionalProperties: false }), 'query'), {
    message: 'Cannot validate query: the keyword "additionalProperties" is not supported',
  })
})
