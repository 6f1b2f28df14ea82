import fc from 'fast-check'
import t from 'tap'
import { ofRowText, toRowText } from '../../src/persistence/row-text.ts'

t.test('property: data with integers of any size and any strings round-trips', async (t) => {
  const text = fc.oneof(
    fc.string(),
    fc.constantFrom('integer:', 'integer:1', 'text:', 'text:integer:1', 'integers:{}'),
  )
  const { data } = fc.letrec((tie) => ({
    data: fc.oneof(
      { maxDepth: 3 },
      fc.bigInt(),
      text,
      fc.constantFrom(null, true, 1, 0.5, 1e300),
      fc.array(tie('data'), { maxLength: 4 }),
      fc.dictionary(text, tie('data'), { maxKeys: 4, noNullPrototype: true }),
    ),
  }))

  fc.assert(
    fc.property(data, (data) => t.strictSame(ofRowText(toRowText(data)), data)),
    { numRuns: 500 },
  )
})

t.test('data without large integers is plain JSON', async (t) => {
  t.equal(toRowText({ text: 'integer:1', at: 1 }), '{"text":"integer:1","at":1}')
})

t.test('circular data throws', async (t) => {
  const data: unknown[] = []
  data.push(data)

  t.throws(() => toRowText(data), TypeError)
})

t.test('a truncated text throws', async (t) => {
  for (const text of [toRowText({ a: 1 }), toRowText({ a: 1n })]) {
    t.throws(() => ofRowText(text.slice(0, -1)), SyntaxError)
  }
})
