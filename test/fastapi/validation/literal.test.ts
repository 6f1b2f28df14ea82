import { Type } from '@sinclair/typebox'
import t from 'tap'
import { coerced, issue, issuesOf } from './run.ts'

const anyOf = (values: unknown[], more: object = {}) => Type.Unsafe({ enum: values, ...more })
const refusal = (expected: string, input: unknown, type = 'literal_error') =>
  issue(type, `Input should be ${expected}`, input, { expected })

t.test('a Literal takes its members and nothing like them', async (t) => {
  const schema = anyOf(['cookie', 'key-value', 'totp'], { type: 'string' })

  t.equal(coerced(schema, 'totp'), 'totp')
  for (const input of ['Cookie', 'cookie ', '', null, 1, true, ['cookie'], {}]) {
    t.strictSame(issuesOf(schema, input), [refusal("'cookie', 'key-value' or 'totp'", input)])
  }
})

t.test('a Literal of one or two members names them', async (t) => {
  t.strictSame(issuesOf(Type.Literal('a'), 'b'), [refusal("'a'", 'b')])
  t.strictSame(issuesOf(anyOf(['a', 'b']), 'c'), [refusal("'a' or 'b'", 'c')])
})

t.test('an Enum class has a type of its own', async (t) => {
  const schema = anyOf(['a', 'b'], { type: 'string', 'x-python-enum': true })

  t.equal(coerced(schema, 'a'), 'a')
  t.strictSame(issuesOf(schema, 'c'), [refusal("'a' or 'b'", 'c', 'enum')])
})

t.test('members are written as Python writes them', async (t) => {
  const table: [unknown, string][] = [
    [1, '1'],
    [true, 'True'],
    [false, 'False'],
    [null, 'None'],
    ["it's", `"it's"`],
    ['say "hi"', `'say "hi"'`],
    [`it's "so"`, `'it\\'s "so"'`],
    ['a\\b\n\r\t', `'a\\\\b\\n\\r\\t'`],
    ['é😀 \0\u00a0\u00ad', `'é😀 \\x00\\xa0\\xad'`],
    ['\u200b\u{e0001}', `'\\u200b\\U000e0001'`],
  ]
  for (const [member, expected] of table) {
    t.strictSame(issuesOf(anyOf([member]), 'x'), [refusal(expected, 'x')], expected)
  }
})

t.test('numbers and booleans are equal in Python', async (t) => {
  t.equal(coerced(anyOf([1, 2]), 1.0), 1)
  t.equal(coerced(anyOf([1, 2]), true), 1)
  t.equal(coerced(anyOf([true, false]), 0), false)
  t.equal(coerced(anyOf([1, 'a', null]), null), null)
  for (const input of ['1', 3, 1n, null]) {
    t.strictSame(issuesOf(anyOf([1, 2]), input), [refusal('1 or 2', input)])
  }
})

t.test('a Literal that Python does not have does not compile', async (t) => {
  const message = /a Literal of anything but texts, integers, booleans and null/
  for (const values of [[], [1.5], [{}]]) t.throws(() => coerced(anyOf(values), 1), { message })
  t.throws(() => coerced(Type.Unsafe({ enum: 'a' }), 1), { message })
  t.throws(() => coerced(anyOf([1], { 'x-python-enum': true }), 1), {
    message: /an Enum with values other than texts/,
  })
})
