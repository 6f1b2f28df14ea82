import { isDeepStrictEqual } from 'node:util'
import fc from 'fast-check'
import t from 'tap'
import { decodeJson } from '../../../src/fastapi/json/decode.ts'
import { encodeJson, UnencodableError } from '../../../src/fastapi/json/encode.ts'
import { parseJson } from '../../../src/fastapi/json/parse.ts'
import { bytesOf, recorded } from './recorded.ts'

function nested(depth: number): unknown[] {
  let value: unknown[] = []
  for (let level = 1; level < depth; level++) value = [value]
  return value
}

t.test('encodeJson fails on the recorded bodies whose echo crashed FastAPI', async (t) => {
  for (const { name, body } of recorded.filter(({ outcome }) => outcome === 'unencodable')) {
    t.throws(() => encodeJson(decodeJson(bytesOf(body))), UnencodableError, name)
  }
})

t.test('encodeJson writes the recorded echoes', async (t) => {
  for (const { name, body, echo } of recorded) {
    if (echo === undefined) continue
    const written = encodeJson(decodeJson(bytesOf(body)))
    t.ok(isDeepStrictEqual(parseJson(written), parseJson(echo)), name)
  }
})

t.test('encodeJson writes compact text and leaves out undefined members', async (t) => {
  t.equal(
    encodeJson({ a: [1, null, true], b: undefined, c: { é: '😀\n"' } }),
    '{"a":[1,null,true],"c":{"é":"😀\\n\\""}}',
  )
  t.equal(
    encodeJson({ n: 2n ** 64n, b: undefined, c: [false, null, '\\ud'] }),
    '{"n":18446744073709551616,"c":[false,null,"\\\\ud"]}',
  )
  t.equal(encodeJson(undefined), 'null')
})

t.test('encodeJson writes numbers as Python does', async (t) => {
  const table: [number: number | bigint, text: string][] = [
    [-1.5, '-1.5'],
    [9007199254740991, '9007199254740991'],
    [9007199254740993n, '9007199254740993'],
    [-(10n ** 30n), '-1000000000000000000000000000000'],
    [9007199254740992, '9007199254740992.0'],
    [1e16, '1e+16'],
    [-1.2345678901234567e19, '-1.2345678901234567e+19'],
    [1.7976931348623157e308, '1.7976931348623157e+308'],
    [-0, '-0.0'],
  ]
  for (const [number, text] of table) t.equal(encodeJson([number]), `[${text}]`)
})

t.test('encodeJson keeps own __proto__ keys', async (t) => {
  for (const text of ['{"__proto__":{"x":1}}', '{"__proto__":{"x":10000000000000000000}}']) {
    t.equal(encodeJson(parseJson(text)), text)
  }
})

t.test('encodeJson refuses numbers that are not finite', async (t) => {
  for (const number of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]) {
    t.throws(() => encodeJson(number), UnencodableError)
    t.throws(() => encodeJson({ a: [null, { b: number }] }), UnencodableError)
  }
})

t.test('encodeJson refuses lone surrogates in values and keys, and no other text', async (t) => {
  t.throws(() => encodeJson(['\ud83d']), UnencodableError)
  t.throws(() => encodeJson({ '\ude00': 1 }), UnencodableError)
  t.equal(encodeJson(['\\ud83d', '😀']), '["\\\\ud83d","😀"]')
})

t.test('encodeJson refuses an answer nested too deeply, however deep', async (t) => {
  t.equal(encodeJson(nested(970)).length, 2 * 970)
  for (const depth of [971, 3_000, 9_994, 100_000]) {
    t.throws(() => encodeJson(nested(depth)), UnencodableError, `${depth} levels`)
  }
})

t.test('encodeJson writes what decodeJson reads back as the same value', async () => {
  const key = fc.string({ unit: 'grapheme' })
  const { value } = fc.letrec((tie) => ({
    value: fc.oneof(
      { maxDepth: 4 },
      key,
      fc.constantFrom(null, true, false),
      fc.double({ noDefaultInfinity: true, noNaN: true }),
      fc.bigInt().map((n) => (n > -(2n ** 53n) && n < 2n ** 53n ? Number(n) : n)),
      fc.array(tie('value'), { maxLength: 4 }),
      fc.dictionary(key, tie('value'), { maxKeys: 4, noNullPrototype: true }),
    ),
  }))
  fc.assert(
    fc.property(value, (value) => isDeepStrictEqual(decodeJson(Buffer.from(encodeJson(value))), value)),
  )
})
