import fc from 'fast-check'
import t from 'tap'
import { packBytes, unpackBytes } from '../../src/persistence/file-bytes.ts'

t.test('unpackBytes restores the value from JSON and bytes', async (t) => {
  const { tree } = fc.letrec((tie) => ({
    tree: fc.oneof(
      { depthSize: 'small' },
      fc.uint8Array({ maxLength: 5 }),
      fc.string(),
      fc.integer(),
      fc.constant(null),
      fc.array(tie('tree'), { maxLength: 3 }),
      fc.dictionary(
        fc.string().filter((name) => name !== '__proto__'),
        tie('tree'),
        { maxKeys: 3, noNullPrototype: true },
      ),
    ),
  }))
  const property = fc.property(
    fc.record({ id: fc.string(), member: tree }, { noNullPrototype: true }),
    (value) => {
      const { data, ...bytes } = packBytes(value)
      const restored = unpackBytes({ data: JSON.parse(JSON.stringify(data)), ...bytes })
      t.strictSame(restored, value)
    },
  )
  fc.assert(property, { numRuns: 300 })
})

t.test('a value without files is returned unchanged', async (t) => {
  const value = { id: 'a', list: [1, { b: null }] }
  t.same(packBytes(value), { data: value })
  t.equal(packBytes(value).data, value)
  t.equal(unpackBytes({ data: value }), value)
})

t.test('files do not share memory', async (t) => {
  const value = { one: Uint8Array.of(1), other: Uint8Array.of(2, 3) }
  const restored = unpackBytes(packBytes(value)) as typeof value
  t.equal(restored.other.buffer.byteLength, 2)
  t.strictSame(restored, value)
})
