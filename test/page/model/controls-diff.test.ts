import { diffLines } from 'diff'
import fc from 'fast-check'
import t from 'tap'
import { isShort, linesOf, textOf, titleOf } from '../../../src/page/model/controls-diff.ts'

/** Returns the lines of a comparison as texts with their signs. */
function compared(before: string, after: string): string[] {
  return linesOf(diffLines(before, after)).map((line) =>
    line.sign === '…' ? `…${line.count}` : `${line.sign}${line.text}`,
  )
}

t.test('a comparison has the changed lines, and the ones next to them', (t) => {
  const lines = Array.from({ length: 12 }, (_, index) => `line ${index}`)
  const before = lines.join('\n')

  t.same(compared(before, before.replace('line 6\n', 'new\n')), [
    '…4',
    ' line 4',
    ' line 5',
    '-line 6',
    '+new',
    ' line 7',
    ' line 8',
    '…3',
  ])
  t.same(compared('a\nb', 'a\nc'), [' a', '-b', '+c'])
  t.end()
})

t.test('property: every line of both texts is in the comparison or counted', (t) => {
  const text = fc
    .array(fc.constantFrom('a', 'b', 'c', ''), { minLength: 1, maxLength: 30 })
    .map((all) => `${all.join('\n')}\n`)
  fc.assert(
    fc.property(text, text, (before, after) => {
      const lines = linesOf(diffLines(before, after))
      const count = (sign: '+' | '-') =>
        lines.reduce((sum, line) => {
          if (line.sign === '…') return sum + line.count
          return line.sign === ' ' || line.sign === sign ? sum + 1 : sum
        }, 0)
      return count('-') === before.split('\n').length - 1 && count('+') === after.split('\n').length - 1
    }),
  )
  t.end()
})

t.test('values are shown as text or JSON', (t) => {
  t.equal(textOf('<b>'), '<b>')
  t.equal(textOf({ a: 1 }), '{\n  "a": 1\n}')
  t.equal(textOf(null), 'null')
  t.equal(textOf(undefined), '')
  t.end()
})

t.test('short values fit in one line', (t) => {
  t.equal(isShort('working', null), true)
  t.equal(isShort('a\nb', 'a'), false)
  t.equal(isShort('x'.repeat(61), 'a'), false)
  t.equal(isShort(undefined, { a: 1 }), false)
  t.end()
})

t.test('the title of a record is its name, its prompt or its id, or else its JSON', (t) => {
  t.equal(titleOf({ id: 'x', title: '', name: 'Style' }), 'Style')
  t.equal(titleOf({ id: 'x' }), 'x')
  t.equal(titleOf({ count: 1 }), '{"count":1}')
  t.equal(titleOf({ prompt: 'p'.repeat(200) }), `${'p'.repeat(100)}…`)
  t.end()
})
