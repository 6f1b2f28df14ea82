import fc from 'fast-check'
import t from 'tap'
import { RecentlyUsed } from '../../src/base/recently-used.ts'

t.test('property: ids are evicted in the order of their latest use', async (t) => {
  const calls = fc.array(
    fc.tuple(fc.constantFrom('add', 'use', 'delete'), fc.constantFrom('a', 'b', 'c', 'd')),
  )

  fc.assert(
    fc.property(calls, (calls) => {
      const ids = new RecentlyUsed()
      let expected: string[] = []
      for (const [call, id] of calls) {
        const isKnown = expected.includes(id)
        const others = expected.filter((other) => other !== id)
        if (call === 'delete') {
          t.equal(ids.delete(id), isKnown)
          expected = others
        } else {
          ids[call as 'add' | 'use'](id)
          if (call === 'add' || isKnown) expected = [...others, id]
        }
        t.equal(ids.size, expected.length)
      }
      for (const id of expected) {
        t.equal(ids.oldest, id)
        ids.delete(id)
      }
      t.equal(ids.oldest, undefined)
    }),
  )
})
