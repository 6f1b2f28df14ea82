import fc from 'fast-check'
import t from 'tap'
import { truncateJson } from '../../src/faults/answer.ts'

const whitespace = fc.array(fc.constantFrom(' ', '\n', '\t'), { maxLength: 8 }).map((parts) => parts.join(''))

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

// The texts are in no title: what a random title does to a report is anybody's guess.
t.test('JSON that was cut cannot be parsed, but can be sent', async () => {
  const json = fc.tuple(whitespace, fc.json(), whitespace).map((parts) => parts.join(''))
  const numbers = fc.tuple(whitespace, fc.double({ noNaN: true }), whitespace).map((parts) => parts.join(''))
  const texts = fc.string({ unit: 'grapheme' }).map((text) => JSON.stringify(text))

  fc.assert(
    fc.property(fc.oneof(json, numbers, texts), (text) => {
      const cut = truncateJson(text)
      return !isJson(cut) && cut.isWellFormed()
    }),
    { numRuns: 1_000 },
  )
})

t.test('what was cut is the beginning of what was there', (t) => {
  t.equal(truncateJson('{"detail":"Not Found"}'), '{"detail":"')
  t.equal(truncateJson('[]'), '[')
  t.equal(truncateJson('12'), '1-')
  t.equal(truncateJson('{}        '), '{}   -')
  t.equal(truncateJson(''), '')
  t.end()
})
