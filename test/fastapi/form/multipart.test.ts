import { isDeepStrictEqual } from 'node:util'
import fc from 'fast-check'
import t, { type Test } from 'tap'
import { HttpException } from '../../../src/fastapi/errors.ts'
import { type FormValue, isUploadFile, readForm } from '../../../src/fastapi/form/form.ts'
import { cut, stream } from './chunks.ts'

const malformed = new HttpException(400, 'There was an error parsing the body')
const disposition = 'Content-Disposition: form-data; name="a"'

const read = (body: string | Uint8Array, sizes = [65_536], boundary = 'B') =>
  readForm(`multipart/form-data; boundary=${boundary}`, stream(cut(Buffer.from(body), sizes)), 10_000_000)

/** The values of `a`, read whole and byte by byte. */
async function valuesOf(t: Test, body: string, boundary = 'B') {
  const [whole, byBytes] = [await read(body, [body.length], boundary), await read(body, [1], boundary)]
  t.same(byBytes.all('a'), whole.all('a'), 'the same byte by byte')
  return whole.all('a')
}

t.test('A multipart body may begin with any number of CR and LF', async (t) => {
  t.same(await valuesOf(t, `\n\r\r\n--B\r\n${disposition}\r\n\r\n1\r\n--B--`), ['1'])
})

t.test('A multipart body may be empty, or nothing but line ends or the end', async (t) => {
  for (const body of ['', '\r\n', '--B', '--B--', '--B--\r\n', '--B--junk'])
    t.same(await valuesOf(t, body), [], body)
})

t.test('A multipart body has to begin with its boundary and CRLF', async (t) => {
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

t.test('A header needs a name of token characters, a colon and CRLF', async (t) => {
  for (const header of [': x', 'a b: x', ' folded', 'é: x', 'a', 'a: x\r', 'a: x\rb', '\r', '\n']) {
    const body = `--B\r\n${disposition}\r\n${header}\r\n\r\n1\r\n--B--`
    await t.rejects(read(body), malformed, JSON.stringify(header))
    await t.rejects(read(body, [1]), malformed, `${JSON.stringify(header)} byte by byte`)
  }
})

t.test('A header name may have every token character, and its value any byte but CR', async (t) => {
  const headers = `A0!#$%&'*+-.^_\`|~:x\r\nb:\r\nc:   \r\nd: \t:\n\0é`
  t.same(await valuesOf(t, `--B\r\n${headers}\r\n${disposition}\r\n\r\n1\r\n--B--`), ['1'])
})

t.test('A part without headers has no name', async (t) => {
  await t.rejects(
    read('--B\r\n\r\n1\r\n--B--'),
    new HttpException(400, 'The Content-Disposition header field "name" must be provided.'),
  )
})

t.test('The headers of a part are bounded in number and in bytes', async (t) => {
  const withHeaders = (headers: string) => `--B\r\n${headers}${disposition}\r\n\r\n1\r\n--B--`

  t.same(await valuesOf(t, withHeaders('a:1\r\n'.repeat(99))), ['1'])
  await t.rejects(read(withHeaders('a:1\r\n'.repeat(100))), malformed)
  await t.rejects(read(withHeaders(`a: ${'x'.repeat(64 * 1024)}\r\n`)), malformed)
  await t.rejects(read(withHeaders(`${'x'.repeat(64 * 1024 + 1)}: 1\r\n`), [1000]), malformed)
})

t.test('The bounds of the headers hold for each part anew', async (t) => {
  const part = `--B\r\n${'a:1\r\n'.repeat(99)}X: ${'x'.repeat(40_000)}\r\n`.replace(
    'a:1\r\n',
    `${disposition}\r\n`,
  )

  t.equal((await read(`${part}\r\n1\r\n${part}\r\n2\r\n--B--`)).all('a').length, 2)
})

t.test('A boundary in the data counts only when CRLF or two hyphens follow', async (t) => {
  const lookAlikes = [
    '\r\n--Bx',
    '\r\n--B\rx',
    '\r\n--B-x',
    '\r\n--B\n',
    '\r\n--B \r\n',
    '\n--B--',
    '--B\r\n',
    '\r\r\n--b',
  ]
  for (const lookAlike of lookAlikes) {
    const values = await valuesOf(t, `--B\r\n${disposition}\r\n\r\n1${lookAlike}2\r\n--B--`)
    t.same(values, [`1${lookAlike}2`], JSON.stringify(lookAlike))
  }
})

t.test('A boundary right after a look-alike counts', async (t) => {
  for (const lookAlike of ['\r', '\r\n', '\r\n-', '\r\n--', '\r\n--B-', '\r\n--B\r']) {
    const values = await valuesOf(t, `--B\r\n${disposition}\r\n\r\n${lookAlike}\r\n--B--`)
    t.same(values, [lookAlike], JSON.stringify(lookAlike))
  }
})

t.test('The line end before a boundary belongs to it, so that of the headers cannot serve', async (t) => {
  t.same(await valuesOf(t, `--B\r\n${disposition}\r\n\r\n--B--\r\n--B--`), ['--B--'])
})

t.test('A part that is not finished is lost, those before it are kept', async (t) => {
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

t.test('A boundary may be longer than what is searched for at once', async (t) => {
  const boundary = 'x'.repeat(200)
  const lookAlikes = `\r\n--${boundary.slice(1)}\r\n--${boundary.slice(0, 100)}y\r\n--${boundary}x`
  const body = `--${boundary}\r\n${disposition}\r\n\r\n${lookAlikes}\r\n--${boundary}--`

  t.same(await valuesOf(t, body, boundary), [lookAlikes])
})

t.test('A boundary with a line end is refused', async (t) => {
  const contentType = "multipart/form-data; boundary*=utf-8''a%0D%0Ab"

  await t.rejects(readForm(contentType, stream([]), 100), malformed)
})

/** As browsers do it (the Fetch and HTML standards). */
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

// Python undoes backslash escapes, which browsers do not write, and takes a backslash for a part of a path.
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
const lookAlike = fc.constantFrom(
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
  lookAlike.map((text) => Uint8Array.from(Buffer.from(text))),
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

t.test('What a browser sends comes back equal, however it is cut', async () => {
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

t.test('A damaged body gives a form or an HttpException, and the same one however it is cut', async () => {
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
