import { Type } from '@sinclair/typebox'
import t from 'tap'
import { coerced, issue, issuesOf } from './run.ts'

t.test('a list converts its items into a new list', async (t) => {
  const input = ['1', true, 2]

  t.strictSame(coerced(Type.Array(Type.Integer()), input), [1, 1, 2])
  t.strictSame(input, ['1', true, 2])
  t.strictSame(coerced(Type.Unsafe({ type: 'array' }), [1, 'a', null]), [1, 'a', null])
})

t.test('a list reports each bad item at its index', async (t) => {
  t.strictSame(issuesOf(Type.Array(Type.String()), ['a', 1, null]), [
    { type: 'string_type', loc: [1], msg: 'Input should be a valid string', input: 1 },
    { type: 'string_type', loc: [2], msg: 'Input should be a valid string', input: null },
  ])
})

t.test('a list refuses every other type', async (t) => {
  for (const input of [null, 'a', 1, true, {}]) {
    t.strictSame(issuesOf(Type.Array(Type.String()), input), [
      issue('list_type', 'Input should be a valid list', input),
    ])
  }
})

t.test('a list that is too short is told so once its items are right', async (t) => {
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

t.test('a list that is too long is told nothing else', async (t) => {
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
