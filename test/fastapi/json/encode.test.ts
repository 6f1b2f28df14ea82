// encodeJson, jsonLength, and long texts, which are decoded in steps.
import { isDeepStrictEqual } from 'node:util'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import fc from 'fast-check'
import t from 'tap'
import { decodeJson, decodeLongJson, LONG_JSON } from '../../../src/fastapi/json/decode.ts'
import { encodeJson, UnencodableError } from '../../../src/fastapi/json/encode.ts'
import { ORDERED_LENGTH_MAX } from '../../../src/fastapi/json/key-order.ts'
import { jsonLength, RECORDED_LENGTH_MIN, sourceLength } from '../../../src/fastapi/json/length.ts'
import { parseJson } from '../../../src/fastapi/json/parse.ts'
import { KEY, startFake } from '../../fake.ts'
import { turnsDuring } from '../../turns.ts'
import { bytesOf } from '../recorded-body.ts'
import { recorded } from './recorded.ts'

function nested(depth: number): unknown[] {
  let value: unknown[] = []
  for (let level = 1; level < depth; level++) value = [value]
  return value
}

t.test('encodeJson throws for the recorded bodies whose echo crashed FastAPI', async (t) => {
  for (const { name, body } of recorded.filter(({ outcome }) => outcome === 'unencodable')) {
    t.throws(() => encodeJson(decodeJson(bytesOf(body))), UnencodableError, name)
  }
})

t.test('encodeJson reproduces the recorded echoes', async (t) => {
  for (const { name, body, echo } of recorded) {
    if (echo === undefined) continue
    const written = encodeJson(decodeJson(bytesOf(body)))
    t.ok(isDeepStrictEqual(parseJson(written), parseJson(echo)), name)
  }
})

t.test('encodeJson writes compact text and omits undefined members', async (t) => {
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
    [0, '0'],
    [0.0001, '0.0001'],
    [0.00009, '9e-05'],
    [-1.5e-7, '-1.5e-07'],
    [1.25e-10, '1.25e-10'],
    [5e-324, '5e-324'],
  ]
  for (const [number, text] of table) t.equal(encodeJson([number]), `[${text}]`)
  t.equal(encodeJson([0, 1e16]), '[0,1e+16]')
})

t.test('encodeJson keeps own __proto__ keys', async (t) => {
  for (const text of ['{"__proto__":{"x":1}}', '{"__proto__":{"x":10000000000000000000}}']) {
    t.equal(encodeJson(parseJson(text)), text)
  }
})

const echo = (text: string) => encodeJson(decodeJson(Buffer.from(text)))

t.test('encodeJson keeps the order of the keys of a decoded object', async (t) => {
  const key = fc.oneof(
    fc.nat({ max: 12 }).map(String),
    fc.constantFrom('a', 'b', '01', '-1', '1.5', '4294967294', '4294967295', '__proto__'),
  )
  fc.assert(
    fc.property(fc.uniqueArray(key, { maxLength: 8 }), (keys) => {
      const text = `{${keys.map((name, index) => `"${name}":${index}`).join(',')}}`
      return echo(text) === text && echo(`[{"x":${text}}]`) === `[{"x":${text}}]`
    }),
  )
  t.equal(echo('{"10":1,"b":2,"9":3,"10":4}'), '{"10":4,"b":2,"9":3}', 'a repeated key')
  t.equal(echo(String.raw`{"\u0031\u0030" : 1, "\u0039":2}`), '{"10":1,"9":2}', 'escaped keys')
})

t.test('encodeJson lists the keys of a long object as JavaScript does', async (t) => {
  const members = (length: number) => `"10":"${'x'.repeat(length)}","9":1`
  const long = ORDERED_LENGTH_MAX - '{"10":"","9'.length
  t.equal(echo(`{${members(long - 100)}}`), `{${members(long - 100)}}`)
  t.match(echo(`{${members(long)}}`), /^\{"9":1,"10":/)
})

t.test('encodeJson rejects numbers that are not finite', async (t) => {
  for (const number of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]) {
    t.throws(() => encodeJson(number), UnencodableError)
    t.throws(() => encodeJson({ a: [null, { b: number }] }), UnencodableError)
  }
})

t.test('encodeJson rejects lone surrogates in values and keys, but no other string', async (t) => {
  t.throws(() => encodeJson(['\ud83d']), UnencodableError)
  t.throws(() => encodeJson({ '\ude00': 1 }), UnencodableError)
  t.equal(encodeJson(['\\ud83d', '😀']), '["\\\\ud83d","😀"]')
})

t.test('encodeJson rejects any answer nested too deeply', async (t) => {
  t.equal(encodeJson(nested(970)).length, 2 * 970)
  for (const depth of [971, 3_000, 9_994, 100_000]) {
    t.throws(() => encodeJson(nested(depth)), UnencodableError, `${depth} levels`)
  }
})

t.test('decodeJson decodes the output of encodeJson to an equal value', async () => {
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

const list = (item: string, length = 4 * LONG_JSON) => `[${`${item},`.repeat(length / (item.length + 1))}0]`

t.test('decodeLongJson returns or throws the same as decodeJson for each recorded body', async (t) => {
  for (const { name, body } of recorded) {
    const bytes = bytesOf(body)
    const outcome = (decode: () => unknown) =>
      Promise.resolve()
        .then(decode)
        .then(
          (value) => ({ value }),
          (error) => ({ error: String(error), position: error.position }),
        )

    t.same(await outcome(() => decodeLongJson(bytes)), await outcome(() => decodeJson(bytes)), name)
  }
})

const LONG_TEXTS: Record<string, string> = {
  'a list of lists': list('[]'),
  'a list of objects': list('{"a":{}}'),
  'a list of long integers': list('12345678901234567890'),
  'nested lists': list('['.repeat(9000) + ']'.repeat(9000)),
  'a truncated text': list('[1, "a"]').slice(0, -1),
  'an object with many members': `{${Array.from({ length: 2e5 }, (_, n) => `"member${n}":null`).join(',')}}`,
}

for (const [name, text] of Object.entries(LONG_TEXTS)) {
  t.test(`decoding a long body yields to the event loop: ${name}`, async (t) => {
    const turns = await turnsDuring(() => decodeLongJson(Buffer.from(text)))

    t.ok(turns >= text.length / LONG_JSON, `${turns} turns`)
  })
}

t.test('receiving and validating a long body yields to the event loop', async (t) => {
  const { call } = await startFake(t)

  const turns = await turnsDuring(() =>
    call('POST', '/v1/sessions', {
      payload: `{"prompt":"p","x":${list('[]')}}`,
      headers: { authorization: `Bearer ${KEY}`, 'content-type': 'application/json' },
    }),
  )

  t.ok(turns >= 4, `${turns} turns`)
})

t.test('strings from the slow parser do not keep the body in memory', async (t) => {
  setFlagsFromString('--expose-gc')
  const collectGarbage = runInNewContext('gc') as () => void
  collectGarbage()
  const before = process.memoryUsage().heapUsed
  const kept: unknown[] = []

  for (let n = 0; n < 50; n++) {
    const { id } = parseJson(
      `{"x":NaN,"id":"a text of some length ${n}","more":"${'é'.repeat(500_000)}"}`,
    ) as { id: string }
    kept.push(id)
  }

  collectGarbage()
  const more = process.memoryUsage().heapUsed - before
  t.equal(kept.length, 50)
  t.ok(more < 10_000_000, `${more} bytes`)
})

t.test('jsonLength returns the length up to the maximum and Infinity beyond it', async (t) => {
  t.equal(jsonLength('abc', 10), 5)
  t.equal(jsonLength(true, 10), 4)
  t.equal(jsonLength([], 10), 2)
  t.ok(jsonLength({ a: [1, null] }, 100) >= '{"a":[1,null]}'.length)
  t.equal(jsonLength({ abcdefgh: 1 }, 10), Number.POSITIVE_INFINITY)
  t.equal(jsonLength([1, 2, 3, 4, 5, 6], 10), Number.POSITIVE_INFINITY)
})

t.test('jsonLength uses the recorded length of a long decoded container', async (t) => {
  const blanks = ' '.repeat(RECORDED_LENGTH_MIN)
  const [array, object, short] = parseJson(`[[${blanks}1],{${blanks}"a":1},[]]`) as object[]

  t.equal(sourceLength(array as object), RECORDED_LENGTH_MIN + 3)
  t.equal(jsonLength(array, RECORDED_LENGTH_MIN), Number.POSITIVE_INFINITY)
  t.equal(jsonLength(object, RECORDED_LENGTH_MIN), Number.POSITIVE_INFINITY)
  t.equal(sourceLength(short as object), undefined)
  t.equal(jsonLength(array, 2 * RECORDED_LENGTH_MIN), 4)
})

t.test('a long body without a JSON content type is validated as a string', async (t) => {
  const { call } = await startFake(t)

  const { statusCode, body } = await call('POST', '/v1/sessions', {
    payload: 'x'.repeat(2 * LONG_JSON - 10),
    headers: { authorization: `Bearer ${KEY}`, 'content-type': 'text/plain' },
  })

  t.equal(statusCode, 422)
  t.equal(JSON.parse(body).detail[0].type, 'model_attributes_type')
})
