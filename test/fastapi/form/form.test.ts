import { Readable } from 'node:stream'
import { isDeepStrictEqual } from 'node:util'
import fc from 'fast-check'
import t from 'tap'
import { contentTooLarge } from '../../../src/fastapi/body.ts'
import { HttpException } from '../../../src/fastapi/errors.ts'
import { isUploadFile, readForm, type UploadFile, uploadFileIssue } from '../../../src/fastapi/form/form.ts'
import { bytesOf } from '../recorded-body.ts'
import { cut, stream } from './chunks.ts'
import { recorded } from './recorded.ts'

const limit = 100 * 1024 * 1024
const multipart = 'multipart/form-data; boundary=B'

const read = (contentType: string | undefined, body: string | Uint8Array, sizes = [65_536]) =>
  readForm(contentType, stream(cut(Buffer.from(body), sizes)), limit)

const badRequest = (detail: string) => new HttpException(400, detail)

const part = (headers: string, content: string) => `--B\r\n${headers}\r\n\r\n${content}\r\n`
const text = (name: string, content: string) =>
  part(`Content-Disposition: form-data; name="${name}"`, content)
const file = (headers = '') =>
  part(`Content-Disposition: form-data; name="file"; filename="a.txt"${headers}`, 'hello')

/** Returns the outcome in the format of a recording. */
async function outcomeOf(contentType: string | undefined, body: Uint8Array, sizes: number[]) {
  try {
    const value = (await read(contentType, body, sizes)).last('file')
    if (value === undefined || !isUploadFile(value)) return { issue: uploadFileIssue(value, 'file') }
    const { filename, contentType: type, size } = value
    return { file: { filename, contentType: type ?? null, size } }
  } catch (error) {
    if (!(error instanceof HttpException) || error.statusCode !== 400) throw error
    return { error: error.detail }
  }
}

t.test('readForm returns the recorded outcome of FastAPI for each body', async (t) => {
  for (const { name, contentType, body, ...expected } of recorded) {
    t.same(await outcomeOf(contentType, bytesOf(body), [Number.POSITIVE_INFINITY]), expected, name)
  }
})

t.test('readForm returns the recorded outcome for a body in two chunks, split anywhere', async (t) => {
  for (const { name, contentType, body, ...expected } of recorded) {
    const bytes = bytesOf(body)
    // Long bodies are split only near their ends.
    const every = bytes.length < 1000
    const positions = every
      ? Array.from(bytes.keys()).slice(1)
      : [1, 60, 90, ...[1, 5, 20, 40].map((n) => bytes.length - n)]
    for (const position of positions) {
      const found = await outcomeOf(contentType, bytes, [position, Number.POSITIVE_INFINITY])
      t.same(found, expected, `${name} cut at ${position}`)
    }
  }
})

t.test('readForm returns the recorded outcome for a body in one-byte chunks', async (t) => {
  for (const { name, contentType, body, ...expected } of recorded) {
    const bytes = bytesOf(body)
    if (bytes.length < 100_000) t.same(await outcomeOf(contentType, bytes, [1]), expected, name)
  }
})

t.test('readForm keeps repeated fields in order, and names are case-sensitive', async (t) => {
  const form = await read(multipart, `${text('a', '1')}${text('A', 'x')}${text('a', '2')}--B--`)

  t.same(form.all('a'), ['1', '2'])
  t.equal(form.last('a'), '2')
  t.same(form.all('A'), ['x'])
  t.same(form.all('b'), [])
  t.equal(form.last('b'), undefined)
})

t.test('readForm accepts __proto__ as an ordinary name', async (t) => {
  const form = await read(multipart, `${text('__proto__', '1')}--B--`)

  t.same(form.all('__proto__'), ['1'])
  t.equal(form.last('constructor'), undefined)
})

t.test('readForm returns a file with its headers, type, size and bytes', async (t) => {
  const headers = '\r\nCONTENT-TYPE:   text/plain\r\nX-a:1\r\nx-A: 2\r\nX-Latin: é'
  const found = (await read(multipart, `${file(headers)}--B--`)).last('file') as UploadFile

  t.equal(found.filename, 'a.txt')
  t.equal(found.contentType, 'text/plain')
  t.same(
    [...found.headers],
    [
      ['content-disposition', 'form-data; name="file"; filename="a.txt"'],
      ['content-type', 'text/plain'],
      ['x-a', '1'],
      ['x-latin', 'Ã©'],
    ],
  )
  t.equal(found.size, 5)
  t.same(Buffer.from(found.bytes), Buffer.from('hello'))
})

t.test('readForm returns no content type for a part without one', async (t) => {
  const found = (await read(multipart, `${file()}--B--`)).last('file') as UploadFile

  t.equal(found.contentType, undefined)
})

t.test('readForm uses the last Content-Disposition of a part', async (t) => {
  const headers =
    'Content-Disposition: form-data; name=a; filename=x\r\ncontent-disposition: form-data; name=b'
  const form = await read(multipart, `${part(headers, '1')}--B--`)

  t.same(form.all('b'), ['1'])
})

t.test('readForm does not apply the headers of one part to the next', async (t) => {
  await t.rejects(
    read(multipart, `${text('a', '1')}${part('X-A: 1', '2')}--B--`),
    badRequest('The Content-Disposition header field "name" must be provided.'),
  )
})

t.test('readForm decodes names and texts with the charset of the request', async (t) => {
  const body = Buffer.from(`${text('n\u00e9', '\u00e9')}--B--`, 'latin1')

  for (const charset of [
    'latin-1',
    'latin1',
    'ISO-8859-1',
    'ascii',
    'utf-8',
    'no-such-charset',
    '""',
    'cp1252',
  ]) {
    const form = await read(`${multipart}; charset=${charset}`, body)
    t.same(form.all('né'), ['é'], `${charset}: falls back to Latin-1`)
  }
  const cyrillic = await read(
    `${multipart}; charset=koi8_r`,
    Buffer.from(`${text('a', '\u00c1')}--B--`, 'latin1'),
  )
  t.same(cyrillic.all('a'), ['а'])
})

/** The code points of the bytes 80 to 9F in windows-1252, from the Encoding Standard. */
const CP1252 = [
  0x20ac, 0x81, 0x201a, 0x192, 0x201e, 0x2026, 0x2020, 0x2021, 0x2c6, 0x2030, 0x160, 0x2039, 0x152, 0x8d,
  0x17d, 0x8f, 0x90, 0x2018, 0x2019, 0x201c, 0x201d, 0x2022, 0x2013, 0x2014, 0x2dc, 0x2122, 0x161, 0x203a,
  0x153, 0x9d, 0x17e, 0x178,
]

t.test(
  'readForm decodes the bytes 80 to 9F as control characters in Latin-1 and as symbols in cp1252',
  async (t) => {
    const body = Buffer.from(`${text('a', '\u0080')}--B--`, 'latin1')

    t.same((await read(`${multipart}; charset=latin1`, body)).all('a'), ['\u0080'])
    t.same((await read(`${multipart}; charset=cp1252`, body)).all('a'), ['€'])
    const all = Array.from({ length: 256 }, (_, code) => code).filter((code) => code !== 13 && code !== 10)
    const bytes = Buffer.from(`${text('a', String.fromCharCode(...all))}--B--`, 'latin1')
    const expected = new TextDecoder('utf-16le').decode(
      Uint16Array.from(all, (code) => CP1252[code - 0x80] ?? code),
    )
    t.same((await read(`${multipart}; charset=cp1252`, bytes)).all('a'), [expected])
  },
)

t.test('readForm keeps a byte order mark', async (t) => {
  t.same((await read(multipart, `${text('a', '\ufeffx')}--B--`)).all('a'), ['\ufeffx'])
})

t.test('readForm counts text fields and files separately and rejects the 1001st of each', async (t) => {
  const full = text('a', '').repeat(1000) + file().repeat(1000)

  t.equal((await read(multipart, `${full}--B--`)).all('file').length, 1000)
  await t.rejects(
    read(multipart, `${full}${text('a', '')}`),
    badRequest('Too many fields. Maximum number of fields is 1000.'),
  )
  await t.rejects(
    read(multipart, `${full}${file()}`),
    badRequest('Too many files. Maximum number of files is 1000.'),
  )
})

t.test('readForm rejects a long text field before its part ends, not counting the delimiter', async (t) => {
  const start = `--B\r\nContent-Disposition: form-data; name="a"\r\n\r\n`
  const longest = 'x'.repeat(1024 * 1024)

  t.same((await read(multipart, `${start}${longest}\r\n--B`)).all('a'), [])
  await t.rejects(
    read(multipart, `${start}${longest}\r\n--x`),
    badRequest('Part exceeded maximum size of 1024KB.'),
  )
})

t.test('readForm accepts a file of 20 MB with many false delimiters', async (t) => {
  const content = Buffer.alloc(20 * 1024 * 1024, '\r\n--Bx 0123456789\r\n--B\r\r\n--B-\n')
  const head = `--B\r\nContent-Disposition: form-data; name="file"; filename=""\r\n\r\n`
  const body = Buffer.concat([Buffer.from(head), content, Buffer.from('\r\n--B--')])
  const found = (await read(multipart, body, [65_537])).last('file') as UploadFile

  t.equal(found.size, content.length)
  t.ok(content.equals(found.bytes))
})

t.test('readForm accepts a body of exactly the limit and returns 413 beyond it', async (t) => {
  const body = `${text('a', '1')}--B--`
  const readWithin = (bytes: number) => readForm(multipart, stream(cut(Buffer.from(body), [7])), bytes)

  t.same((await readWithin(body.length)).all('a'), ['1'])
  await t.rejects(readWithin(body.length - 1), contentTooLarge())
})

t.test('readForm counts the bytes after the last boundary toward the limit', async (t) => {
  const chunks = [Buffer.from('--B--'), Buffer.alloc(10)]

  await t.rejects(readForm(multipart, stream(chunks), 14), contentTooLarge())
})

t.test('readForm reports an error before the limit even if the same chunk exceeds the limit', async (t) => {
  await t.rejects(
    readForm(multipart, stream([Buffer.from('preamble')]), 5),
    badRequest('There was an error parsing the body'),
  )
  await t.rejects(
    readForm('application/x-www-form-urlencoded', stream([Buffer.from('a=123')]), 4),
    contentTooLarge(),
  )
})

t.test('readForm does not read the body for other content types', async (t) => {
  const types = [
    undefined,
    '',
    'text/plain',
    'multipart/mixed; boundary=B',
    'multipart/form-data, x; boundary=B',
  ]
  for (const contentType of types) {
    const body = Readable.from([Buffer.from(file())])
    t.same((await readForm(contentType, body, limit)).all('file'), [], String(contentType))
    t.equal(body.readableDidRead, false)
  }
})

t.test('readForm compares the content type case-sensitively only if it has parameters', async (t) => {
  const body = `${file()}--B--`

  t.same((await read('Multipart/form-data; boundary=B', body)).all('file'), [])
  await t.rejects(read(' MULTIPART/FORM-DATA\t', body), badRequest('Missing boundary in multipart.'))
  t.same((await read('APPLICATION/X-WWW-FORM-URLENCODED', 'a=1')).all('a'), ['1'])
  t.equal((await read('multipart/form-data ; BOUNDARY = "B"', body)).all('file').length, 1)
})

t.test('readForm rejects with an error of the connection', async (t) => {
  const body = Readable.from(
    (async function* () {
      yield Buffer.from('--B')
      throw new Error('aborted')
    })(),
  )

  await t.rejects(readForm(multipart, body, limit), { message: 'aborted' })
})

t.test('readForm does not destroy a Node stream with destroyOnReturn: false', async (t) => {
  const body = new Readable({ read() {} })
  body.push('preamble')

  await t.rejects(
    readForm(multipart, body.iterator({ destroyOnReturn: false }), limit),
    badRequest('There was an error parsing the body'),
  )
  t.equal(body.destroyed, false)
})

t.test('uploadFileIssue returns undefined for a file', async (t) => {
  t.equal(uploadFileIssue((await read(multipart, `${file()}--B--`)).last('file'), 'file'), undefined)
})

t.test('uploadFileIssue names a field that is missing or not a file', (t) => {
  t.same(uploadFileIssue(undefined, 'photo')?.loc, ['body', 'photo'])
  t.same(uploadFileIssue('', 'photo'), {
    type: 'value_error',
    loc: ['body', 'photo'],
    msg: "Value error, Expected UploadFile, received: <class 'str'>",
    input: '',
    ctx: { error: {} },
  })
  t.end()
})

const readUrlencoded = (body: string, sizes = [65_536]) =>
  readForm(
    'application/x-www-form-urlencoded; charset=latin1',
    stream(cut(Buffer.from(body, 'latin1'), sizes)),
    10_000_000,
  )

t.test('readForm decodes plus signs and percent escapes in names and values', async (t) => {
  const form = await readUrlencoded('a%20b=1+2%2B3&%E4%BD%A0=%C3%A9%FF%ZZ')

  t.same(form.all('a b'), ['1 2+3'])
  t.same(form.all('你'), ['é\ufffd%ZZ'])
})

t.test('readForm decodes raw bytes of an urlencoded body as Latin-1', async (t) => {
  t.same((await readUrlencoded('a=\u00c3\u00a9')).all('a'), ['Ã©'])
})

t.test('readForm keeps blank values and empty names, and splits at the first equals sign', async (t) => {
  const form = await readUrlencoded('a=&b&=c&d=e=f&&&')

  t.same(form.all('a'), [''])
  t.same(form.all('b'), [''])
  t.same(form.all(''), ['c'])
  t.same(form.all('d'), ['e=f'])
})

t.test(
  'readForm drops a name without a value at the end of the body, as python-multipart does',
  async (t) => {
    t.same((await readUrlencoded('a')).all('a'), [])
    t.same((await readUrlencoded('b=1&a')).all('a'), [])
    t.same((await readUrlencoded('a&')).all('a'), [''])
    t.same((await readUrlencoded('a=')).all('a'), [''])
  },
)

t.test('readForm splits at semicolons only after the last ampersand', async (t) => {
  t.same((await readUrlencoded('a=1;b=2')).all('b'), ['2'])
  t.same((await readUrlencoded('a=1;b=2&c=3')).all('a'), ['1;b=2'])
  t.same((await readUrlencoded('a=1&b=2;a=3;')).all('a'), ['1', '3'])
  t.same((await readUrlencoded(';;a=1;&;b=2')).all('a'), ['1;'])
})

t.test('readForm limits the number of urlencoded fields', async (t) => {
  t.equal((await readUrlencoded('a&'.repeat(10_000))).all('a').length, 10_000)
  await t.rejects(
    readUrlencoded('a&'.repeat(10_001)),
    new HttpException(400, 'Too many fields. Maximum number of fields is 10000.'),
  )
})

t.test('readForm decodes the output of URLSearchParams in any chunks', async () => {
  const name = fc.string({ unit: 'binary', maxLength: 5 })
  const fields = fc.array(fc.tuple(name, name), { maxLength: 5 })
  const sizes = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1 })
  await fc.assert(
    fc.asyncProperty(fields, sizes, async (fields, sizes) => {
      const form = await readUrlencoded(new URLSearchParams(fields).toString(), sizes)
      return fields.every(([name]) => {
        const values = fields.filter((field) => field[0] === name).map(([, value]) => value)
        return isDeepStrictEqual(form.all(name), values)
      })
    }),
  )
})
