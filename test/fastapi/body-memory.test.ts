import type { IncomingMessage } from 'node:http'
import { Readable } from 'node:stream'
import { setImmediate } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import t from 'tap'
import { contentTooLarge, readBody, unreadableBody } from '../../src/fastapi/body.ts'
import { readForm, URLENCODED_MAX } from '../../src/fastapi/form/form.ts'

setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc') as () => void

const CHUNKS = 20_000

/** The maximum number of chunks that may still be in memory, including those in transit. */
const ALIVE_MAX = 50

const LIMIT = 2 ** 24

/** Yields a body in one-byte chunks. Reports how many of them are still in memory before its end. */
async function* byteByByte(head: string, report: (alive: number) => void) {
  for (const byte of Buffer.from(head)) yield Buffer.of(byte)
  const chunks: WeakRef<Buffer>[] = []
  for (let n = 0; n < CHUNKS; n++) {
    const chunk = Buffer.from('a')
    chunks.push(new WeakRef(chunk))
    yield chunk
  }
  // The target of a new WeakRef stays alive until the end of the current turn of the event loop.
  await setImmediate()
  collectGarbage()
  report(chunks.filter((chunk) => chunk.deref() !== undefined).length)
}

const asRequest = (chunks: AsyncIterable<Uint8Array>) =>
  Object.assign(Readable.from(chunks), { headers: {} }) as unknown as IncomingMessage
const multipart = 'multipart/form-data; boundary=B'
const part = (headers: string) => `--B\r\nContent-Disposition: form-data; name="file"${headers}`

const BODIES: Record<string, [head: string, read: (chunks: AsyncIterable<Uint8Array>) => Promise<unknown>]> =
  {
    JSON: ['"', (chunks) => readBody(asRequest(chunks), LIMIT)],
    'a urlencoded form': ['a=', (chunks) => readForm('application/x-www-form-urlencoded', chunks, LIMIT)],
    'a text field': [`${part('')}\r\n\r\n`, (chunks) => readForm(multipart, chunks, LIMIT)],
    'a file': [`${part('; filename="f"')}\r\n\r\n`, (chunks) => readForm(multipart, chunks, LIMIT)],
    'the name of a part header': [`${part('')}\r\nx`, (chunks) => readForm(multipart, chunks, LIMIT)],
    'the value of a part header': [`${part('')}\r\nx: `, (chunks) => readForm(multipart, chunks, LIMIT)],
  }

for (const [name, [head, read]] of Object.entries(BODIES)) {
  t.test(`a body that arrives byte by byte does not stay in memory as single chunks: ${name}`, async (t) => {
    let alive = CHUNKS

    await read(byteByByte(head, (count) => (alive = count)))

    t.ok(alive < ALIVE_MAX, `${alive} of ${CHUNKS} chunks are kept`)
  })
}

t.test('readBody returns the bytes in order for any number of chunks', async (t) => {
  const read = async (chunks: string[]) => {
    async function* body() {
      for (const chunk of chunks) yield Buffer.from(chunk)
    }
    return (await readBody(asRequest(body()), LIMIT)).toString()
  }

  t.equal(await read(['abc']), 'abc')
  t.equal(await read(['a', 'bc', 'def', 'g']), 'abcdefg')
  t.equal(await read([]), '')
})

t.test('readBody rejects if the client disconnected before anybody listened', async (t) => {
  const request = asRequest(byteByByte('', () => undefined))
  request.on('error', () => undefined).destroy(new Error('aborted'))
  await new Promise((resolve) => request.once('close', resolve))

  await t.rejects(readBody(request, LIMIT), unreadableBody())
})

t.test('a urlencoded form has its own limit, even if the one for files is higher', async (t) => {
  const form = (length: number) =>
    readForm(
      'application/x-www-form-urlencoded',
      Readable.from([Buffer.alloc(length, 'a')]),
      2 * URLENCODED_MAX,
    )

  await t.rejects(form(URLENCODED_MAX + 1), contentTooLarge())
  await t.resolves(form(URLENCODED_MAX))
})
