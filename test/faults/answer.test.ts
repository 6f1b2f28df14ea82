import fc from 'fast-check'
import t from 'tap'
import { cutJson } from '../../src/faults/answer.ts'

const whitespace = fc.array(fc.constantFrom(' ', '\n', '\t'), { maxLength: 8 }).map((parts) => parts.join(''))

t.test('JSON that was cut cannot be parsed, but can be sent', (t) => {
  const json = fc.tuple(whitespace, fc.json(), whitespace).map((parts) => parts.join(''))
  const numbers = fc.tuple(whitespace, fc.double({ noNaN: true }), whitespace).map((parts) => parts.join(''))
  const texts = fc.string({ unit: 'grapheme' }).map((text) => JSON.stringify(text))

  fc.assert(
    fc.property(fc.oneof(json, numbers, texts), (text) => {
      const cut = cutJson(text)
      t.throws(() => JSON.parse(cut), text)
      t.ok(cut.isWellFormed(), text)
    }),
    { numRuns: 1_000 },
  )
  t.end()
})

t.test('what was cut is the beginning of what was there', (t) => {
  t.equal(cutJson('{"detail":"Not Found"}'), '{"detail":"')
  t.equal(cutJson('[]'), '[')
  t.equal(cutJson('12'), '1-')
  t.equal(cutJson('{}        '), '{}   -')
  t.equal(cutJson(''), '')
  t.end()
})
