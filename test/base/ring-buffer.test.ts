import assert from 'node:assert/strict'
import fc from 'fast-check'
import t from 'tap'
import { RingBuffer } from '../../src/base/ring-buffer.ts'

/** What is done to a buffer, and to an array that has the same items. */
const ACTIONS = {
  push(buffer: RingBuffer<number>, items: number[], value: number) {
    buffer.push(value)
    items.push(value)
  },
  shift(buffer: RingBuffer<number>, items: number[]) {
    assert.equal(buffer.shift(), items.shift())
  },
  set(buffer: RingBuffer<number>, items: number[], value: number) {
    if (items.length === 0) return
    const index = value % items.length
    buffer.set(index, value)
    items[index] = value
  },
  clear(buffer: RingBuffer<number>, items: number[]) {
    buffer.clear()
    items.length = 0
  },
} as const

t.test('property: after any actions, the items are those that an array would have', async () => {
  const names = ['push', 'push', 'push', 'push', 'push', 'shift', 'shift', 'set', 'clear'] as const
  const actions = fc.array(fc.tuple(fc.constantFrom(...names), fc.nat()), { size: 'large' })
  fc.assert(
    fc.property(actions, (steps) => {
      const buffer = new RingBuffer<number>()
      const items: number[] = []
      for (const [name, value] of steps) {
        ACTIONS[name](buffer, items, value)
        assert.equal(buffer.length, items.length)
        assert.deepEqual(buffer.toArray(), items)
        for (let at = -1; at <= items.length; at++) assert.equal(buffer.at(at), items[at])
      }
    }),
  )
})

t.test('the items from an index on are returned, and all for an index before the first one', async (t) => {
  const buffer = new RingBuffer<string>()
  for (const item of ['a', 'b', 'c', 'd']) buffer.push(item)
  buffer.shift()

  t.same(buffer.toArray(1), ['c', 'd'])
  t.same(buffer.toArray(3), [])
  t.same(buffer.toArray(-1), ['b', 'c', 'd'])
})

t.test('only an existing item can be replaced', async (t) => {
  const buffer = new RingBuffer<string>()
  buffer.push('a')

  for (const index of [-1, 1]) t.throws(() => buffer.set(index, 'b'), RangeError)
  t.same(buffer.toArray(), ['a'])
})
