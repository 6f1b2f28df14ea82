import type { IncomingMessage } from 'node:http'
import { Readable } from 'node:stream'
import { setImmediate } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import t from 'tap'
import { contentTooLarge, readBody } from '../../src/fastapi/body.ts'
import { readForm, URLENCODED_MAX } from '../../src/fastapi/form/form.ts'

setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc') as () => void

const PIECES = 20_000

/** How many of the pieces may still be in memory, those included that are on their way. */
const ALIVE_MAX = 50

const LIMIT = 2 ** 24

/** A body that comes in pieces of a byte, and says how many of them are still in memory before it ends. */
async function* byteByByte(head: string, tell: (alive: number) => void) {
  for (const byte of Buffer.from(head)) yield Buffer.of(byte)
  const pieces: WeakRef<Buffer>[] = []
  for (let n = 0; n < PIECES; n++) {
    const piece = Buffer.from('a')
    pieces.push(new WeakRef(piece))
    yield piece
  }
  // What a weak reference was made for lives on until its turn of the loop is over.
  await setImmediate()
  collectGarbage()
  tell(pieces.filter((piece) => piece.deref() !== undefined).length)
}

const asRequest = (chunks: AsyncIterable<Uint8Array>) =>
  Object.assign(Readable.from(chunks), { headers: {} }) as unknown as IncomingMessage
const multipart = 'multipart/form-data; boundary=B'
const part = (headers: string) => `--B\r\nContent-Disposition: form-data; name="file"${headers}`

const BODIES: Record<string, [head: string, read: (chunks: AsyncIterable<Uint8Array>) => Promise<unknown>]> =
  {
    JSON: ['"', (chunks) => readBody(asRequest(chunks), LIMIT)],
    'an urlencoded form': ['a=', (chunks) => readForm('application/x-www-form-urlencoded', chunks, LIMIT)],
    'a text field': [`${part('')}\r\n\r\n`, (chunks) => readForm(multipart, chunks, LIMIT)],
    'a file': [`${part('; filename="f"')}\r\n\r\n`, (chunks) => readForm(multipart, chunks, LIMIT)],
    'the name of a header of a part': [`${part('')}\r\nx`, (chunks) => readForm(multipart, chunks, LIMIT)],
    'a header of a part': [`${part('')}\r\nx: `, (chunks) => readForm(multipart, chunks, LIMIT)],
  }

for (const [name, [head, read]] of Object.entries(BODIES)) {
  t.test(`of what comes byte by byte no piece is kept: ${name}`, async (t) => {
    let alive = PIECES

    await read(byteByByte(head, (count) => (alive = count)))

    t.ok(alive < ALIVE_MAX, `${alive} pieces of ${PIECES} are kept`)
  })
}

t.test('readBody gives the bytes in their order, in how many pieces they may come', async (t) => {
  const read = async (pieces: string[]) => {
    async function* body() {
      for (const piece of pieces) yield Buffer.from(piece)
    }
    return (await readBody(asRequest(body()), LIMIT)).toString()
  }

  t.equal(await read(['abc']), 'abc')
  t.equal(await read(['a', 'bc', 'def', 'g']), 'abcdefg')
  t.equal(await read([]), '')
})

t.test('an urlencoded form may be as long as its own limit, where that of files is larger', async (t) => {
  const form = (length: number) =>
    readForm(
      'application/x-www-form-urlencoded',
      Readable.from([Buffer.alloc(length, 'a')]),
      2 * URLENCODED_MAX,
    )

  await t.rejects(form(URLENCODED_MAX + 1), contentTooLarge())
  await t.resolves(form(URLENCODED_MAX))
})
