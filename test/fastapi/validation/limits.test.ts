import { Type } from '@sinclair/typebox'
import t from 'tap'
import { ISSUES_MAX } from '../../../src/fastapi/bounded-issues.ts'
import { coerced, issuesOf } from './run.ts'

/** A list of so many times the item that counts how often one is read. */
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

t.test('a list of wrong items is not read on once there are enough issues', async (t) => {
  const { list, reads } = countedList(100_000, 1)

  const issues = issuesOf(Type.Array(Type.String()), list)

  t.equal(issues.length, ISSUES_MAX)
  t.strictSame(issues.at(-1)?.loc, [ISSUES_MAX - 1])
  t.equal(reads(), ISSUES_MAX)
})

t.test('items with several faults each do not make more issues than the bound', async (t) => {
  const Three = Type.Object({ a: Type.String(), b: Type.String(), c: Type.String() })

  t.equal(issuesOf(Type.Array(Three), new Array(1000).fill({})).length, ISSUES_MAX)
})

t.test('a dictionary and the unknown members of an object are bounded alike', async (t) => {
  const Strict = Type.Object({}, { additionalProperties: false })

  t.equal(issuesOf(Type.Record(Type.String(), Type.String()), wide(1000)).length, ISSUES_MAX)
  t.equal(issuesOf(Strict, wide(1000)).length, ISSUES_MAX)
})

t.test('a list that is full of issues is not told that it is too short as well', async (t) => {
  const issues = issuesOf(Type.Array(Type.String(), { minItems: 500 }), new Array(200).fill(1))

  t.equal(issues.length, ISSUES_MAX)
  t.notOk(issues.some(({ type }) => type === 'too_short'))
})

t.test('a member of a union that has too many issues does not keep the next one from fitting', async (t) => {
  const schema = Type.Union([Type.Array(Type.Integer()), Type.Array(Type.String())])
  const input = new Array(10 * ISSUES_MAX).fill('x')

  t.strictSame(coerced(schema, input), input)
})

t.test('a union without a match reports a bounded number of errors, also inside a list', async (t) => {
  const schema = Type.Union([Type.Array(Type.Integer()), Type.Array(Type.Boolean())])
  const wrong = new Array(10 * ISSUES_MAX).fill('x')

  t.equal(issuesOf(schema, wrong).length, ISSUES_MAX)
  const { list, reads } = countedList(1000, wrong)
  t.equal(issuesOf(Type.Array(schema), list).length, ISSUES_MAX)
  t.equal(reads(), 1)
})

t.test('a union inside of a union is bounded alike, and fits as before', async (t) => {
  const inner = Type.Union([Type.Array(Type.Integer()), Type.Array(Type.Boolean())])
  const schema = Type.Union([Type.Array(inner), Type.Array(Type.Array(Type.String()))])
  const words = new Array(2 * ISSUES_MAX).fill('x')

  t.strictSame(coerced(schema, [words, words]), [words, words])
  t.equal(issuesOf(schema, [[...words, null]]).length, ISSUES_MAX)
})
