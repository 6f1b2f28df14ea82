import fc from 'fast-check'
import t from 'tap'
import { GrowingBytes } from '../../src/fastapi/growing-bytes.ts'

t.test('bytes come out as they were appended, each time in a buffer of their own size', async () => {
  fc.assert(
    fc.property(fc.array(fc.array(fc.uint8Array({ maxLength: 50 })), { maxLength: 4 }), (rounds) => {
      const bytes = new GrowingBytes()
      return rounds.every((pieces) => {
        for (const piece of pieces) bytes.append(piece)
        const expected = Buffer.concat(pieces)
        const isCounted = bytes.size === expected.length
        const taken = bytes.take()
        return isCounted && expected.equals(taken) && taken.buffer.byteLength === expected.length
      })
    }),
  )
})

t.test('many mebibytes in small and large pieces come out whole', async (t) => {
  const bytes = new GrowingBytes()
  const pieces = [3, 70_000, 1, 5_000_000, 2_000_000, 10].map((size, index) => Buffer.alloc(size, index))
  for (const piece of pieces) bytes.append(piece)

  t.ok(Buffer.concat(pieces).equals(bytes.take()))
  t.equal(bytes.size, 0)
})
