import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import t from 'tap'
import { decodeJson, decodeLongJson, LONG_JSON } from '../../../src/fastapi/json/decode.ts'
import { jsonLength, NOTED_LENGTH, notedLength } from '../../../src/fastapi/json/length.ts'
import { parseJson } from '../../../src/fastapi/json/parse.ts'
import { KEY, startFake } from '../../fake.ts'
import { turnsDuring } from '../../turns.ts'
import { bytesOf, recorded } from './recorded.ts'

const list = (item: string, length = 4 * LONG_JSON) => `[${`${item},`.repeat(length / (item.length + 1))}0]`

t.test('decodeLongJson gives or throws for each recorded body what decodeJson does', async (t) => {
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
  'lists inside of lists': list('['.repeat(9000) + ']'.repeat(9000)),
  'a text that ends too early': list('[1, "a"]').slice(0, -1),
  'an object of many members': `{${Array.from({ length: 2e5 }, (_, n) => `"member${n}":null`).join(',')}}`,
}

for (const [name, text] of Object.entries(LONG_TEXTS)) {
  t.test(`others have their turns while a long body is decoded: ${name}`, async (t) => {
    const turns = await turnsDuring(() => decodeLongJson(Buffer.from(text)))

    t.ok(turns >= text.length / LONG_JSON, `${turns} turns`)
  })
}

t.test('others have their turns while a long body is received and validated', async (t) => {
  const { call } = await startFake(t)

  const turns = await turnsDuring(() =>
    call('POST', '/v1/sessions', {
      payload: `{"prompt":"p","x":${list('[]')}}`,
      headers: { authorization: `Bearer ${KEY}`, 'content-type': 'application/json' },
    }),
  )

  t.ok(turns >= 4, `${turns} turns`)
})

t.test('texts of a slowly parsed body do not keep the body in memory', async (t) => {
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

t.test('jsonLength counts as long as there is not too much', async (t) => {
  t.equal(jsonLength('abc', 10), 5)
  t.equal(jsonLength(true, 10), 4)
  t.equal(jsonLength([], 10), 2)
  t.ok(jsonLength({ a: [1, null] }, 100) >= '{"a":[1,null]}'.length)
  t.equal(jsonLength({ abcdefgh: 1 }, 10), Number.POSITIVE_INFINITY)
  t.equal(jsonLength([1, 2, 3, 4, 5, 6], 10), Number.POSITIVE_INFINITY)
})

t.test('jsonLength knows the length of what was decoded as a long one', async (t) => {
  const blanks = ' '.repeat(NOTED_LENGTH)
  const [array, object, short] = parseJson(`[[${blanks}1],{${blanks}"a":1},[]]`) as object[]

  t.equal(notedLength(array as object), NOTED_LENGTH + 3)
  t.equal(jsonLength(array, NOTED_LENGTH), Number.POSITIVE_INFINITY)
  t.equal(jsonLength(object, NOTED_LENGTH), Number.POSITIVE_INFINITY)
  t.equal(notedLength(short as object), undefined)
  t.equal(jsonLength(array, 2 * NOTED_LENGTH), 4)
})

t.test('a long body that is no JSON is a text', async (t) => {
  const { call } = await startFake(t)

  const { statusCode, body } = await call('POST', '/v1/sessions', {
    payload: 'x'.repeat(2 * LONG_JSON - 10),
    headers: { authorization: `Bearer ${KEY}`, 'content-type': 'text/plain' },
  })

  t.equal(statusCode, 422)
  t.equal(JSON.parse(body).detail[0].type, 'model_attributes_type')
})
