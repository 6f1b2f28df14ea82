// Reading of bodies: content types and the growing buffer.

import fc from 'fast-check'
import t from 'tap'
import { isJson, parseBody, parseLongBody } from '../../src/fastapi/body.ts'
import { GrowingBytes } from '../../src/fastapi/growing-bytes.ts'
import { LONG_JSON } from '../../src/fastapi/json/decode.ts'

t.test('a JSON content type and a missing one are treated as JSON', async (t) => {
  const types = [
    undefined,
    '',
    ' ',
    'application/json',
    'APPLICATION/JSON',
    'application/json;',
    'application/json; charset=latin1',
    ' application/json ',
    'application/geo+JSON',
    'application/x+json+json',
  ]
  for (const type of types) t.equal(isJson(type), true, String(type))
})

t.test('other content types are not treated as JSON', async (t) => {
  const types = [
    'text/json',
    'json',
    '/json',
    'application',
    'application/',
    'application/jsonx',
    'application/json+xml',
    'application/json/extra',
    'application/json, text/plain',
    '*/*',
    '"application/json"',
    'application/x/y+json',
    '; charset=utf-8',
  ]
  for (const type of types) t.equal(isJson(type), false, type)
})

t.test('a long body is parsed, or refused, like a short one', async (t) => {
  const type = 'application/json'
  const space = ' '.repeat(LONG_JSON)
  t.same(await parseLongBody(type, Buffer.from(`[1]${space}`)), [1])
  t.equal(await parseLongBody('text/plain', Buffer.from(space)), space)
  for (const text of ['[1,]', '[2 3']) {
    const expected = t.throws(() => parseBody(type, Buffer.from(text)), text)
    await t.rejects(parseLongBody(type, Buffer.from(text + space)), expected as Error, text)
  }
  const unreadable = Buffer.concat([Buffer.from([0xff]), Buffer.from(space)])
  await t.rejects(parseLongBody(type, unreadable), { message: 'There was an error parsing the body' })
})

t.test('GrowingBytes returns the appended bytes in a buffer of exactly their size', async () => {
  fc.assert(
    fc.property(fc.array(fc.array(fc.uint8Array({ maxLength: 50 })), { maxLength: 4 }), (rounds) => {
      const bytes = new GrowingBytes()
      return rounds.every((chunks) => {
        for (const chunk of chunks) bytes.append(chunk)
        const expected = Buffer.concat(chunks)
        const isCounted = bytes.size === expected.length
        const taken = bytes.take()
        return isCounted && expected.equals(taken) && taken.buffer.byteLength === expected.length
      })
    }),
  )
})

t.test('GrowingBytes returns several mebibytes of small and large chunks', async (t) => {
  const bytes = new GrowingBytes()
  const chunks = [3, 70_000, 1, 5_000_000, 2_000_000, 10].map((size, index) => Buffer.alloc(size, index))
  for (const chunk of chunks) bytes.append(chunk)

  t.ok(Buffer.concat(chunks).equals(bytes.take()))
  t.equal(bytes.size, 0)
})
