import { Type } from '@sinclair/typebox'
import t from 'tap'
import { compileValidator, ValidationContext } from '../../../src/fastapi/validation/compile.ts'
import { coerced, issue, issuesOf } from './run.ts'

t.test('anything passes where the schema says nothing', async (t) => {
  const input = { a: [1n, null] }

  for (const schema of [Type.Unknown(), Type.Any(), Type.Unsafe({ title: 'Free', description: 'x' })]) {
    t.equal(coerced(schema, input), input)
    t.equal(coerced(schema, null), null)
  }
})

t.test('null takes only null', async (t) => {
  t.equal(coerced(Type.Null(), null), null)
  t.strictSame(issuesOf(Type.Null(), 0), [issue('none_required', 'Input should be None', 0)])
})

t.test('issues begin where the caller stands, and leave the path as it was', async (t) => {
  const context = new ValidationContext()
  context.path.push('body')
  compileValidator(Type.Object({ a: Type.Array(Type.Object({ b: Type.Integer() })) }))(
    { a: [{ b: 'x' }] },
    context,
  )

  t.strictSame(context.issues[0]?.loc, ['body', 'a', 0, 'b'])
  t.strictSame(context.path, ['body'])
})

t.test('a request that the contract allows and one it does not are told apart in full', async (t) => {
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

t.test('annotations and vendor keywords change nothing', async (t) => {
  const noted = { title: 'T', description: 'D', examples: ['a'], deprecated: true, 'x-note': 1 }

  t.equal(coerced(Type.String(noted), 'a'), 'a')
})

t.test('a schema that cannot be expressed names the part', async (t) => {
  const table: [unknown, string][] = [
    [{ title: 'T', not: {} }, 'T: the keyword "not"'],
    [{ $id: 'I', type: 'string', minimum: 1 }, 'I: the keyword "minimum"'],
    [{ type: ['string', 'null'] }, 'the schema: the type "string,null"'],
    [{ type: 'integer', minimum: '1' }, 'the schema: a "minimum" that is no number'],
    [{ type: 'array', items: false }, 'the schema.items: a schema that is no object'],
    [{ type: 'array', items: null }, 'the schema.items: a schema that is no object'],
    [{ type: 'object', properties: { a: { $ref: '#/b' } } }, 'the schema.a: the keyword "$ref"'],
    [{ type: 'object', additionalProperties: { type: 'x' } }, 'the schema.*: the type "x"'],
    [{ anyOf: [{ type: 'integer' }, { type: 'y' }] }, 'the schema.anyOf[1]: the type "y"'],
  ]
  for (const [schema, words] of table) {
    t.throws(() => compileValidator(Type.Unsafe(schema as object)), {
      message: `Cannot validate ${words} is not understood here`,
    })
  }
})
