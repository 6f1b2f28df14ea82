import { isDeepStrictEqual } from 'node:util'
import fc from 'fast-check'
import t from 'tap'
import { parseOptionsHeader } from '../../../src/fastapi/form/options-header.ts'

const optionsOf = (header: string) => Object.fromEntries(parseOptionsHeader(header).options)

t.test('parseOptionsHeader puts only a value without options in lower case', (t) => {
  t.equal(parseOptionsHeader('').value, '')
  t.equal(parseOptionsHeader(' Text/PLAIN\x85\x1f').value, 'text/plain')
  t.equal(parseOptionsHeader(' Text/PLAIN ; a=b').value, 'Text/PLAIN')
  t.equal(parseOptionsHeader('Text/PLAIN = x; a=b').value, 'text/plain')
  t.equal(parseOptionsHeader('"a;b";c').value, '"a;b"')
  t.end()
})

// What Python 3.13 makes of each.
const options: [header: string, options: Record<string, string>][] = [
  ['x; a=1; B = 2 ;c', { a: '1', b: '2', c: '' }],
  ['x; Bare', { Bare: '' }],
  ['x; a=1; a=2', { a: '2' }],
  ['x;; ;a=1', { '': '', a: '1' }],
  ['x; a="b;c=d"; e=f', { a: 'b;c=d', e: 'f' }],
  ['x; a=b=c', { a: 'b=c' }],
  ['x; a=', { a: '' }],
  ['x; a="', { a: '"' }],
  ['x; a=""', { a: '' }],
  ['x; a=<b>', { a: 'b' }],
  ['x; a=<', { a: '<' }],
  ['x; a=b"c"', { a: 'b"c"' }],
  ['x; a="unclosed; b=c', { a: '"unclosed; b=c' }],
  [String.raw`x; a="b\"c"; d=e`, { a: 'b"c', d: 'e' }],
  [String.raw`x; a="b\\c"`, { a: String.raw`b\c` }],
  [String.raw`x; a="b\c"`, { a: String.raw`b\c` }],
  [String.raw`x; a="b\\"; c="d"`, { a: 'b"; c="d' }],
  [String.raw`x; a=";\";"; b=c`, { a: ';";', b: 'c' }],
  [String.raw`x; filename="C:\dir\a.txt"`, { filename: 'a.txt' }],
  [String.raw`x; filename="\\\\host\a.txt"`, { filename: 'a.txt' }],
  [
    String.raw`x; filename="dir\a.txt"; name="C:\b"`,
    { filename: String.raw`dir\a.txt`, name: String.raw`C:\b` },
  ],
  ["x; a*=utf-8''%E4%BD%a0%zz%", { a: 'ä½\xa0%zz%' }],
  ["x; a*=utf-8'en'b'c", { a: "b'c" }],
  ["x; a*=utf-8'b", { a: "utf-8'b" }],
  ["x; a*=''b; a=c", { a: 'b' }],
  ['x; a*1=c; a*0=b', { a: 'bc' }],
  ["x; a*1*=%41; a*0*=x''b; a*2=%42", { a: 'bA%42' }],
  ["x; a*10=c; a*9=b; a*=''a", { a: 'abc' }],
  ["x; a*=y''ignored; a*0=b; a*1=c", { a: 'bc' }],
  ["x; a*=y''b; a*=z''c", { a: "bz''c" }],
  ["x; a-b*=y''c; *=d; e**=f; g*h=i", { 'a-b*': "y''c", '*': 'd', 'e**': 'f', 'g*h': 'i' }],
  ['x; FileName*0="C:"; filename*1="\\\\a"', { filename: 'a' }],
]

t.test('parseOptionsHeader gives the options that Python finds', (t) => {
  for (const [header, expected] of options) t.strictSame(optionsOf(header), expected, header)
  t.end()
})

t.test('parseOptionsHeader reads what a client quotes with backslashes', (t) => {
  // A backslash right before a quote is more than Python's splitting copes with.
  const text = fc
    .array(fc.constantFrom('a', '"', ';', '=', '\\a', ' ', 'é', ',', "'", '*'))
    .map((units) => units.join(''))
  fc.assert(
    fc.property(text, text, (name, other) => {
      const quote = (value: string) => `"${value.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`
      const found = optionsOf(`form-data; name=${quote(name)};other = ${quote(other)}`)
      return isDeepStrictEqual(found, { name, other })
    }),
  )
  t.end()
})

t.test('parseOptionsHeader takes any text', (t) => {
  const unit = fc.constantFrom(...'ab;="\\*0\'%<> ')
  fc.assert(
    fc.property(fc.string({ unit }), (header) => typeof parseOptionsHeader(header).value === 'string'),
  )
  t.end()
})
