import { Readable } from 'node:stream'
import t from 'tap'
import { contentTooLarge } from '../../../src/fastapi/body.ts'
import { HttpException } from '../../../src/fastapi/errors.ts'
import { isUploadFile, readForm, type UploadFile, uploadFileIssue } from '../../../src/fastapi/form/form.ts'
import { cut, stream } from './chunks.ts'
import { bytesOf, recorded } from './recorded.ts'

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

/** The outcome in the words of a recording. */
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

t.test('readForm does with each recorded body what FastAPI did', async (t) => {
  for (const { name, contentType, body, ...expected } of recorded) {
    t.same(await outcomeOf(contentType, bytesOf(body), [Number.POSITIVE_INFINITY]), expected, name)
  }
})

t.test('readForm does the same wherever a recorded body is cut in two', async (t) => {
  for (const { name, contentType, body, ...expected } of recorded) {
    const bytes = bytesOf(body)
    // Of the few long bodies only the ends are of interest.
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

t.test('readForm does the same with recorded bodies that come byte by byte', async (t) => {
  for (const { name, contentType, body, ...expected } of recorded) {
    const bytes = bytesOf(body)
    if (bytes.length < 100_000) t.same(await outcomeOf(contentType, bytes, [1]), expected, name)
  }
})

t.test('readForm keeps the fields of one name in order and tells names apart by case', async (t) => {
  const form = await read(multipart, `${text('a', '1')}${text('A', 'x')}${text('a', '2')}--B--`)

  t.same(form.all('a'), ['1', '2'])
  t.equal(form.last('a'), '2')
  t.same(form.all('A'), ['x'])
  t.same(form.all('b'), [])
  t.equal(form.last('b'), undefined)
})

t.test('readForm takes __proto__ for a name like any other', async (t) => {
  const form = await read(multipart, `${text('__proto__', '1')}--B--`)

  t.same(form.all('__proto__'), ['1'])
  t.equal(form.last('constructor'), undefined)
})

t.test('readForm gives a file with its headers, type, size and bytes', async (t) => {
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

t.test('readForm gives no content type for a part that has none', async (t) => {
  const found = (await read(multipart, `${file()}--B--`)).last('file') as UploadFile

  t.equal(found.contentType, undefined)
})

t.test('readForm goes by the last Content-Disposition of a part', async (t) => {
  const headers =
    'Content-Disposition: form-data; name=a; filename=x\r\ncontent-disposition: form-data; name=b'
  const form = await read(multipart, `${part(headers, '1')}--B--`)

  t.same(form.all('b'), ['1'])
})

t.test('readForm does not take the headers of one part for those of the next', async (t) => {
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
    t.same(form.all('né'), ['é'], `${charset}: what it cannot decode is taken for Latin-1`)
  }
  const cyrillic = await read(
    `${multipart}; charset=koi8_r`,
    Buffer.from(`${text('a', '\u00c1')}--B--`, 'latin1'),
  )
  t.same(cyrillic.all('a'), ['а'])
})

/** What the Encoding Standard has for the bytes 80 to 9F of windows-1252. */
const CP1252 = [
  0x20ac, 0x81, 0x201a, 0x192, 0x201e, 0x2026, 0x2020, 0x2021, 0x2c6, 0x2030, 0x160, 0x2039, 0x152, 0x8d,
  0x17d, 0x8f, 0x90, 0x2018, 0x2019, 0x201c, 0x201d, 0x2022, 0x2013, 0x2014, 0x2dc, 0x2122, 0x161, 0x203a,
  0x153, 0x9d, 0x17e, 0x178,
]

t.test(
  'readForm takes the bytes 80 to 9F for control characters in Latin-1 and for signs in cp1252',
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

t.test('readForm counts texts and files apart and refuses the 1001st of either', async (t) => {
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

t.test('readForm refuses a long text before its part ends, and without its delimiter', async (t) => {
  const start = `--B\r\nContent-Disposition: form-data; name="a"\r\n\r\n`
  const longest = 'x'.repeat(1024 * 1024)

  t.same((await read(multipart, `${start}${longest}\r\n--B`)).all('a'), [])
  await t.rejects(
    read(multipart, `${start}${longest}\r\n--x`),
    badRequest('Part exceeded maximum size of 1024KB.'),
  )
})

t.test('readForm takes a file of 20 MB with many look-alikes of the delimiter', async (t) => {
  const content = Buffer.alloc(20 * 1024 * 1024, '\r\n--Bx 0123456789\r\n--B\r\r\n--B-\n')
  const head = `--B\r\nContent-Disposition: form-data; name="file"; filename=""\r\n\r\n`
  const body = Buffer.concat([Buffer.from(head), content, Buffer.from('\r\n--B--')])
  const found = (await read(multipart, body, [65_537])).last('file') as UploadFile

  t.equal(found.size, content.length)
  t.ok(content.equals(found.bytes))
})

t.test('readForm allows exactly the limit and answers 413 past it', async (t) => {
  const body = `${text('a', '1')}--B--`
  const readWithin = (bytes: number) => readForm(multipart, stream(cut(Buffer.from(body), [7])), bytes)

  t.same((await readWithin(body.length)).all('a'), ['1'])
  await t.rejects(readWithin(body.length - 1), contentTooLarge())
})

t.test('readForm counts what follows the last boundary, too', async (t) => {
  const chunks = [Buffer.from('--B--'), Buffer.alloc(10)]

  await t.rejects(readForm(multipart, stream(chunks), 14), contentTooLarge())
})

t.test('readForm reports an error before the limit even if the same chunk goes past it', async (t) => {
  await t.rejects(
    readForm(multipart, stream([Buffer.from('preamble')]), 5),
    badRequest('There was an error parsing the body'),
  )
  await t.rejects(
    readForm('application/x-www-form-urlencoded', stream([Buffer.from('a=123')]), 4),
    contentTooLarge(),
  )
})

t.test('readForm leaves the body unread for other content types', async (t) => {
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

t.test('readForm goes by case where the content type has parameters, and only there', async (t) => {
  const body = `${file()}--B--`

  t.same((await read('Multipart/form-data; boundary=B', body)).all('file'), [])
  await t.rejects(read(' MULTIPART/FORM-DATA\t', body), badRequest('Missing boundary in multipart.'))
  t.same((await read('APPLICATION/X-WWW-FORM-URLENCODED', 'a=1')).all('a'), ['1'])
  t.equal((await read('multipart/form-data ; BOUNDARY = "B"', body)).all('file').length, 1)
})

t.test('readForm passes on what goes wrong with the connection', async (t) => {
  const body = Readable.from(
    (async function* () {
      yield Buffer.from('--B')
      throw new Error('aborted')
    })(),
  )

  await t.rejects(readForm(multipart, body, limit), { message: 'aborted' })
})

t.test('readForm leaves a Node stream open that was asked to stay open', async (t) => {
  const body = new Readable({ read() {} })
  body.push('preamble')

  await t.rejects(
    readForm(multipart, body.iterator({ destroyOnReturn: false }), limit),
    badRequest('There was an error parsing the body'),
  )
  t.equal(body.destroyed, false)
})

t.test('uploadFileIssue finds nothing wrong with a file', async (t) => {
  t.equal(uploadFileIssue((await read(multipart, `${file()}--B--`)).last('file'), 'file'), undefined)
})

t.test('uploadFileIssue names the field that is missing or a text', (t) => {
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
