import fc from 'fast-check'
import t from 'tap'
import { encodeJson } from '../../src/fastapi/json/encode.ts'
import { NotJsonError, toJson } from '../../src/simulation/to-json.ts'

t.test('plain JSON is copied as it is', async () => {
  fc.assert(
    fc.property(fc.json(), (text) => {
      const value = JSON.parse(text)
      return JSON.stringify(toJson(value)) === JSON.stringify(value)
    }),
  )
})

t.test('the copy is not the value', async (t) => {
  const value = { list: [1] }

  const copy = toJson(value)
  value.list.push(2)

  t.same(copy, { list: [1] })
})

t.test(
  'a lone surrogate becomes the replacement character, and what looks like its escape stays',
  async (t) => {
    t.same(toJson({ 'a\ud800': ['\udfff!', '\\ud800', '😀'] }), {
      'a\ufffd': ['\ufffd!', '\\ud800', '😀'],
    })
  },
)

t.test('an integer of any size becomes a number', async (t) => {
  t.same(toJson([12n, 10n ** 20n]), [12, 1e20])
})

t.test('every answer can show what came out', async () => {
  const anything = fc.anything({ withBigInt: true })
  fc.assert(
    fc.property(anything, (value) => {
      try {
        encodeJson(toJson([value]))
        return true
      } catch (error) {
        return error instanceof NotJsonError
      }
    }),
  )
})

t.test('a number that is not finite is refused', async (t) => {
  for (const value of [Number.NaN, Number.POSITIVE_INFINITY, 10n ** 400n]) {
    t.throws(() => toJson({ deep: [value] }), { message: 'holds a number that is not finite' })
  }
})

t.test('what is nested in itself or too deeply is refused', async (t) => {
  const circle: unknown[] = []
  circle.push(circle)
  const nested = (levels: number) => JSON.parse('['.repeat(levels) + ']'.repeat(levels))

  t.throws(() => toJson(circle), { message: 'is nested too deeply, or in itself' })
  t.throws(() => toJson(nested(101)), { message: 'is nested more than 100 levels deep' })
  t.throws(() => toJson(nested(1000)), NotJsonError)
  t.doesNotThrow(() => toJson(nested(100)))
})
