import fc from 'fast-check'
import t from 'tap'
import { percentDecode, quote, withoutUser } from '../../src/fastapi/percent.ts'

t.test('percentDecode decodes UTF-8 and leaves everything else as it is', async (t) => {
  const table: [text: string, decoded: string][] = [
    ['', ''],
    ['a+b;é', 'a+b;é'],
    ['%C3%A9%f0%9f%98%80', 'é😀'],
    ['a%2Fb%252Fc%00', 'a/b%2Fc\0'],
    ['%EF%BB%BF5', '\ufeff5'],
    ['%ZZ%3%', '%ZZ%3%'],
    ['%u0035%2', '%u0035%2'],
    ['%ZZ%41%EF%BB%BF%C3%A9', '%ZZA\ufeffé'],
    ['%%41', '%A'],
  ]
  for (const [text, decoded] of table) t.equal(percentDecode(text), decoded, text)
})

t.test('percentDecode replaces bad bytes as Python does', async (t) => {
  const table: [text: string, decoded: string][] = [
    ['%FF', '\ufffd'],
    ['%C3', '\ufffd'],
    ['%C3a', '\ufffda'],
    ['%C3é', '\ufffdé'],
    ['%F0%9F%98', '\ufffd'],
    ['%F0%9F%98x%80', '\ufffdx\ufffd'],
    ['%E4%BD%E4%BD%A0', '\ufffd你'],
    ['%C0%80', '\ufffd\ufffd'],
    ['%ED%A0%80', '\ufffd\ufffd\ufffd'],
    ['%F4%90%80%80', '\ufffd\ufffd\ufffd\ufffd'],
  ]
  for (const [text, decoded] of table) t.equal(percentDecode(text), decoded, text)
})

t.test('quote encodes all but the unreserved and the safe characters', async (t) => {
  const table: [text: string, safe: string, quoted: string][] = [
    ['AZaz09_.-~', '', 'AZaz09_.-~'],
    ['a/b c', '', 'a%2Fb%20c'],
    ['a/b c', '/', 'a/b%20c'],
    ['%2F', '%', '%2F'],
    ['\n"é😀', 'é', '%0A%22%C3%A9%F0%9F%98%80'],
    ['x\ud83dy', '', 'x%EF%BF%BDy'],
  ]
  for (const [text, safe, quoted] of table) t.equal(quote(text, safe), quoted, JSON.stringify(text))
})

t.test('percentDecode undoes quote', async () => {
  fc.assert(fc.property(fc.string({ unit: 'grapheme' }), (text) => percentDecode(quote(text, '/:')) === text))
})

t.test('withoutUser leaves an address as it is, but for a user and a password', async (t) => {
  const table: [address: string, rest: string][] = [
    ['http://user:pass@h:80/p', 'http://h:80/p'],
    ['HTTPS://u@h', 'HTTPS://h'],
    ['http://a@b@h/p', 'http://h/p'],
    ['http://h/p@q', 'http://h/p@q'],
    ['/p@q', '/p@q'],
    ['', ''],
  ]
  for (const [address, rest] of table) t.equal(withoutUser(address), rest)
})
