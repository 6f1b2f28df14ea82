import { isDeepStrictEqual } from 'node:util'
import fc from 'fast-check'
import t, { type Test } from 'tap'
import { HttpException } from '../../../src/fastapi/errors.ts'
import { type FormValue, isUploadFile, readForm } from '../../../src/fastapi/form/form.ts'
import { parseOptionsHeader } from '../../../src/fastapi/form/options-header.ts'
import { cut, stream } from './chunks.ts'

const malformed = new HttpException(400, 'There was an error parsing the body')
const disposition = 'Content-Disposition: form-data; name="a"'

const read = (body: string | Uint8Array, sizes = [65_536], boundary = 'B') =>
  readForm(`multipart/form-data; boundary=${boundary}`, stream(cut(Buffer.from(body), sizes)), 10_000_000)

/** Returns the values of `a`. Asserts that one-byte chunks give the same values. */
async function valuesOf(t: Test, body: string, boundary = 'B') {
  const [whole, byBytes] = [await read(body, [body.length], boundary), await read(body, [1], boundary)]
  t.same(byBytes.all('a'), whole.all('a'), 'the same byte by byte')
  return whole.all('a')
}

t.test('a multipart body can start with any number of CR and LF', async (t) => {
  t.same(await valuesOf(t, `\n\r\r\n--B\r\n${disposition}\r\n\r\n1\r\n--B--`), ['1'])
})

t.test('a multipart body can be empty, or contain only line breaks or the final boundary', async (t) => {
  for (const body of ['', '\r\n', '--B', '--B--', '--B--\r\n', '--B--junk'])
    t.same(await valuesOf(t, body), [], body)
})

t.test('a multipart body must start with its boundary and CRLF', async (t) => {
  for (const body of [
    'x',
    '-x',
    '--x',
    ' --B',
    '--Bx',
    '--B \r\n',
    '--B\n',
    '--B\r\r',
    '--B-x',
    '--B-\r\n',
  ]) {
    await t.rejects(read(body), malformed, JSON.stringify(body))
    await t.rejects(read(body, [1]), malformed, `${JSON.stringify(body)} byte by byte`)
  }
})

t.test('a header requires a name of token characters, a colon and CRLF', async (t) => {
  for (const header of [': x', 'a b: x', ' folded', 'é: x', 'a', 'a: x\r', 'a: x\rb', '\r', '\n']) {
    const body = `--B\r\n${disposition}\r\n${header}\r\n\r\n1\r\n--B--`
    await t.rejects(read(body), malformed, JSON.stringify(header))
    await t.rejects(read(body, [1]), malformed, `${JSON.stringify(header)} byte by byte`)
  }
})

t.test('a header name can contain every token character, and its value any byte except CR', async (t) => {
  const headers = `A0!#$%&'*+-.^_\`|~:x\r\nb:\r\nc:   \r\nd: \t:\n\0é`
  t.same(await valuesOf(t, `--B\r\n${headers}\r\n${disposition}\r\n\r\n1\r\n--B--`), ['1'])
})

t.test('a part without headers is rejected for its missing name', async (t) => {
  await t.rejects(
    read('--B\r\n\r\n1\r\n--B--'),
    new HttpException(400, 'The Content-Disposition header field "name" must be provided.'),
  )
})

t.test('the headers of a part are limited in number and in bytes', async (t) => {
  const withHeaders = (headers: string) => `--B\r\n${headers}${disposition}\r\n\r\n1\r\n--B--`

  t.same(await valuesOf(t, withHeaders('a:1\r\n'.repeat(99))), ['1'])
  await t.rejects(read(withHeaders('a:1\r\n'.repeat(100))), malformed)
  await t.rejects(read(withHeaders(`a: ${'x'.repeat(64 * 1024)}\r\n`)), malformed)
  await t.rejects(read(withHeaders(`${'x'.repeat(64 * 1024 + 1)}: 1\r\n`), [1000]), malformed)
})

t.test('the header limits apply to each part separately', async (t) => {
  const part = `--B\r\n${'a:1\r\n'.repeat(99)}X: ${'x'.repeat(40_000)}\r\n`.replace(
    'a:1\r\n',
    `${disposition}\r\n`,
  )

  t.equal((await read(`${part}\r\n1\r\n${part}\r\n2\r\n--B--`)).all('a').length, 2)
})

t.test('a boundary in the data ends the part only if CRLF or two hyphens follow', async (t) => {
  const falseDelimiters = [
    '\r\n--Bx',
    '\r\n--B\rx',
    '\r\n--B-x',
    '\r\n--B\n',
    '\r\n--B \r\n',
    '\n--B--',
    '--B\r\n',
    '\r\r\n--b',
  ]
  for (const falseDelimiter of falseDelimiters) {
    const values = await valuesOf(t, `--B\r\n${disposition}\r\n\r\n1${falseDelimiter}2\r\n--B--`)
    t.same(values, [`1${falseDelimiter}2`], JSON.stringify(falseDelimiter))
  }
})

t.test('a boundary directly after a false delimiter ends the part', async (t) => {
  for (const falseDelimiter of ['\r', '\r\n', '\r\n-', '\r\n--', '\r\n--B-', '\r\n--B\r']) {
    const values = await valuesOf(t, `--B\r\n${disposition}\r\n\r\n${falseDelimiter}\r\n--B--`)
    t.same(values, [falseDelimiter], JSON.stringify(falseDelimiter))
  }
})

t.test('the line break before a boundary cannot be the one that ends the headers', async (t) => {
  t.same(await valuesOf(t, `--B\r\n${disposition}\r\n\r\n--B--\r\n--B--`), ['--B--'])
})

t.test('an unfinished part is dropped, and the parts before it are kept', async (t) => {
  const first = `--B\r\n${disposition}\r\n\r\n1\r\n--B\r\n`
  for (const rest of [
    '',
    'Conten',
    `${disposition}\r\n\r\n`,
    `${disposition}\r\n\r\n2\r\n--B`,
    `${disposition}\r\n\r\n2\r\n--B-`,
  ]) {
    t.same(await valuesOf(t, first + rest), ['1'], JSON.stringify(rest))
  }
})

t.test('a boundary can be longer than the search needle', async (t) => {
  const boundary = 'x'.repeat(200)
  const falseDelimiters = `\r\n--${boundary.slice(1)}\r\n--${boundary.slice(0, 100)}y\r\n--${boundary}x`
  const body = `--${boundary}\r\n${disposition}\r\n\r\n${falseDelimiters}\r\n--${boundary}--`

  t.same(await valuesOf(t, body, boundary), [falseDelimiters])
})

t.test('a boundary with a line break is rejected', async (t) => {
  const contentType = "multipart/form-data; boundary*=utf-8''a%0D%0Ab"

  await t.rejects(readForm(contentType, stream([]), 100), malformed)
})

/** Escapes a name like browsers do (Fetch and HTML standards). */
const escapeName = (name: string) =>
  name.replaceAll('\n', '%0A').replaceAll('\r', '%0D').replaceAll('"', '%22')

interface Part {
  name: string
  filename?: string | undefined
  content: Buffer
}

function encode(parts: Part[]): Buffer {
  const encoded = parts.flatMap(({ name, filename, content }) => {
    const suffix = filename === undefined ? '' : `; filename="${escapeName(filename)}"\r\nContent-Type: a/b`
    const head = `--B\r\nContent-Disposition: form-data; name="${escapeName(name)}"${suffix}\r\n\r\n`
    return [Buffer.from(head), content, Buffer.from('\r\n')]
  })
  return Buffer.concat([...encoded, Buffer.from('--B--\r\n')])
}

const asPart = (name: string, value: FormValue) =>
  isUploadFile(value)
    ? { name, filename: value.filename, content: Buffer.from(value.bytes) }
    : { name, filename: undefined, content: value }

// Without backslashes: Python decodes backslash escapes, which browsers do not write, and strips a Windows path.
const anyName = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 6 }).map((name) => name.replaceAll('\\', '/')),
  fc.constantFrom(
    'file',
    '"',
    'a"; name="b',
    '\r\n',
    ';',
    '=',
    "'",
    '你好.txt',
    '😀',
    '\0',
    '%22',
    '__proto__',
  ),
)
const falseDelimiter = fc.constantFrom(
  '\r\n--B',
  '\r\n--B-',
  '\r\n--B\r',
  '\r\n--',
  '\r',
  '\n',
  '--B--',
  '--',
  'B',
)
const piece = fc.oneof(
  falseDelimiter.map((text) => Uint8Array.from(Buffer.from(text))),
  fc.uint8Array({ maxLength: 8 }),
)
const anyContent = fc
  .array(piece, { maxLength: 6 })
  .map((pieces) => Buffer.concat(pieces))
  .filter((content) => !/\r\n--B(?:\r\n|--)/.test(`${content.toString('latin1')}\r\n`))
const anyPart: fc.Arbitrary<Part> = fc.oneof(
  fc.record({ name: anyName, filename: anyName, content: anyContent }),
  fc.record({
    name: anyName,
    content: fc.string({ unit: 'binary', maxLength: 9 }).map((text) => Buffer.from(text)),
  }),
)
const anySizes = fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 1, maxLength: 10 })

t.test('a form as sent by a browser is decoded unchanged in any chunks', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(anyPart, { maxLength: 4 }), anySizes, async (parts, sizes) => {
      const form = await read(encode(parts), sizes)
      return parts.every(({ name }) => {
        const expected = parts
          .filter((part) => escapeName(part.name) === escapeName(name))
          .map(({ filename, content }) => ({
            name: escapeName(name),
            filename: filename === undefined ? undefined : escapeName(filename),
            content: filename === undefined ? content.toString() : content,
          }))
        const found = form.all(escapeName(name)).map((value) => asPart(escapeName(name), value))
        return isDeepStrictEqual(found, expected)
      })
    }),
  )
})

t.test('a corrupted body results in the same form or HttpException in any chunks', async () => {
  const damage = fc.tuple(
    fc.nat(),
    fc.nat(3),
    fc.oneof(
      piece,
      fc.constantFrom(':', '"', ';', '\r\n\r\n').map((text) => Buffer.from(text)),
    ),
  )
  const outcome = async (body: Uint8Array, sizes: number[]) => {
    try {
      const form = await read(body, sizes)
      return form.all('file').map((value) => asPart('file', value))
    } catch (error) {
      if (!(error instanceof HttpException)) throw error
      return error.detail
    }
  }
  const parts = fc.array(
    fc.oneof(
      anyPart,
      anyPart.map((part) => ({ ...part, name: 'file' })),
    ),
    { maxLength: 3 },
  )
  await fc.assert(
    fc.asyncProperty(parts, fc.array(damage, { maxLength: 3 }), anySizes, async (parts, damages, sizes) => {
      const body = damages.reduce((bytes, [place, removed, added]) => {
        const at = place % (bytes.length + 1)
        return Buffer.concat([bytes.subarray(0, at), added, bytes.subarray(at + removed)])
      }, encode(parts))
      return isDeepStrictEqual(await outcome(body, sizes), await outcome(body, [body.length]))
    }),
  )
})

const optionsOf = (header: string) => Object.fromEntries(parseOptionsHeader(header).options)

t.test('parseOptionsHeader converts only a value without options to lower case', (t) => {
  t.equal(parseOptionsHeader('').value, '')
  t.equal(parseOptionsHeader(' Text/PLAIN\x85\x1f').value, 'text/plain')
  t.equal(parseOptionsHeader(' Text/PLAIN ; a=b').value, 'Text/PLAIN')
  t.equal(parseOptionsHeader('Text/PLAIN = x; a=b').value, 'text/plain')
  t.equal(parseOptionsHeader('"a;b";c').value, '"a;b"')
  t.end()
})

// The results of Python 3.13.
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

t.test('parseOptionsHeader returns the options that Python returns', (t) => {
  for (const [header, expected] of options) t.strictSame(optionsOf(header), expected, header)
  t.end()
})

t.test('parseOptionsHeader decodes values that a client quotes with backslashes', (t) => {
  // Python splits incorrectly at a backslash before a quote, so none is generated.
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

t.test('parseOptionsHeader accepts any string', (t) => {
  const unit = fc.constantFrom(...'ab;="\\*0\'%<> ')
  fc.assert(
    fc.property(fc.string({ unit }), (header) => typeof parseOptionsHeader(header).value === 'string'),
  )
  t.end()
})
