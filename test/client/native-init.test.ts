import t from 'tap'
import { nativeInit } from '../../src/client/native-init.ts'

// Like those of jsdom: classes with the same names as Node's.
const foreign = {
  URLSearchParams: class URLSearchParams {
    toString() {
      return 'a=b'
    }
  },
  Blob: class Blob {
    type = 'text/plain'
    async arrayBuffer() {
      return new TextEncoder().encode('bytes').buffer
    }
  },
  File: class File {
    type = 'text/plain'
    name = 'a.txt'
    async arrayBuffer() {
      return new TextEncoder().encode('bytes').buffer
    }
  },
  FormData: class FormData {
    *[Symbol.iterator]() {
      yield ['a', 'b']
      yield ['file', new foreign.File()]
    }
  },
}

/** Returns the converted body. Takes unknown, since the body may come from a program with other types. */
const bodyOf = async (body: unknown) => (await nativeInit({ body: body as never }))?.body

t.test("values of Node's own classes stay as they are", async (t) => {
  const { signal } = new AbortController()
  const bodies = [new FormData(), new URLSearchParams(), new Blob([]), Buffer.from('a'), 'a', undefined, null]
  for (const body of bodies) t.equal(await bodyOf(body), body)
  t.equal((await nativeInit({ signal }))?.signal, signal)
  t.equal(await nativeInit(undefined), undefined)
})

t.test("bodies of foreign classes are converted to Node's", async (t) => {
  t.equal(String(await bodyOf(new foreign.URLSearchParams())), 'a=b')
  const blob = (await bodyOf(new foreign.Blob())) as Blob
  t.strictSame([blob instanceof Blob, blob.type, await blob.text()], [true, 'text/plain', 'bytes'])
  const file = (await bodyOf(new foreign.File())) as File
  t.strictSame([file instanceof File, file.name, await file.text()], [true, 'a.txt', 'bytes'])
  const form = (await bodyOf(new foreign.FormData())) as FormData
  t.ok(form instanceof FormData)
  t.equal(form.get('a'), 'b')
  t.match(form.get('file'), { name: 'a.txt', type: 'text/plain' })
})

t.test('an unreadable file is reported', async (t) => {
  const unreadable = Object.assign(new foreign.Blob(), { arrayBuffer: undefined })

  await t.rejects(bodyOf(unreadable), { name: 'TypeError', message: /^this Blob has no arrayBuffer/ })
})

t.test('a signal of a foreign class is followed', async (t) => {
  const other = Object.assign(new EventTarget(), { aborted: false, reason: undefined as unknown })
  const signal = (await nativeInit({ signal: other as never }))?.signal
  t.equal(signal?.aborted, false)

  Object.assign(other, { aborted: true, reason: 'mine' }).dispatchEvent(new Event('abort'))

  t.strictSame([signal?.aborted, signal?.reason], [true, 'mine'])
  t.equal((await nativeInit({ signal: other as never }))?.signal?.reason, 'mine')
})
