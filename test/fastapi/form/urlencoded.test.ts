import { isDeepStrictEqual } from 'node:util'
import fc from 'fast-check'
import t from 'tap'
import { HttpException } from '../../../src/fastapi/errors.ts'
import { readForm } from '../../../src/fastapi/form/form.ts'
import { cut, stream } from './chunks.ts'

const read = (body: string, sizes = [65_536]) =>
  readForm(
    'application/x-www-form-urlencoded; charset=latin1',
    stream(cut(Buffer.from(body, 'latin1'), sizes)),
    10_000_000,
  )

t.test('readForm decodes plus signs and percent escapes in names and values', async (t) => {
  const form = await read('a%20b=1+2%2B3&%E4%BD%A0=%C3%A9%FF%ZZ')

  t.same(form.all('a b'), ['1 2+3'])
  t.same(form.all('你'), ['é\ufffd%ZZ'])
})

t.test('readForm takes raw bytes of an urlencoded body for Latin-1', async (t) => {
  t.same((await read('a=\u00c3\u00a9')).all('a'), ['Ã©'])
})

t.test('readForm keeps blank values and empty names, and splits at the first equals sign', async (t) => {
  const form = await read('a=&b&=c&d=e=f&&&')

  t.same(form.all('a'), [''])
  t.same(form.all('b'), [''])
  t.same(form.all(''), ['c'])
  t.same(form.all('d'), ['e=f'])
})

t.test('readForm loses a name without value at the end of the body, as python-multipart does', async (t) => {
  t.same((await read('a')).all('a'), [])
  t.same((await read('b=1&a')).all('a'), [])
  t.same((await read('a&')).all('a'), [''])
  t.same((await read('a=')).all('a'), [''])
})

t.test('readForm splits at semicolons only after the last ampersand', async (t) => {
  t.same((await read('a=1;b=2')).all('b'), ['2'])
  t.same((await read('a=1;b=2&c=3')).all('a'), ['1;b=2'])
  t.same((await read('a=1&b=2;a=3;')).all('a'), ['1', '3'])
  t.same((await read(';;a=1;&;b=2')).all('a'), ['1;'])
})

t.test('readForm bounds the number of urlencoded fields', async (t) => {
  t.equal((await read('a&'.repeat(10_000))).all('a').length, 10_000)
  await t.rejects(
    read('a&'.repeat(10_001)),
    new HttpException(400, 'Too many fields. Maximum number of fields is 10000.'),
  )
})

t.test('readForm reads what URLSearchParams writes, however it is cut', async () => {
  const name = fc.string({ unit: 'binary', maxLength: 5 })
  const fields = fc.array(fc.tuple(name, name), { maxLength: 5 })
  const sizes = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1 })
  await fc.assert(
    fc.asyncProperty(fields, sizes, async (fields, sizes) => {
      const form = await read(new URLSearchParams(fields).toString(), sizes)
      return fields.every(([name]) => {
        const values = fields.filter((field) => field[0] === name).map(([, value]) => value)
        return isDeepStrictEqual(form.all(name), values)
      })
    }),
  )
})
