import fc from 'fast-check'
import t from 'tap'
import { buildAt } from '../../src/simulation/build-state.ts'

const SECOND = 1_000_000
const facts = { outcome: 'succeeded', createdAt: 0, cancelledAt: null } as const

t.test('a build waits, runs and succeeds', async (t) => {
  const at = (seconds: number) => buildAt(facts, seconds * SECOND, false)

  t.same(at(-1), { status: 'pending', startedAt: null, completedAt: null })
  t.equal(at(4.9).status, 'pending')
  t.same(at(5), { status: 'running', startedAt: 5 * SECOND, completedAt: null })
  t.equal(at(119.9).status, 'running')
  t.same(at(120), { status: 'succeeded', startedAt: 5 * SECOND, completedAt: 120 * SECOND })
})

t.test('a build fails if that is its outcome', async (t) => {
  t.equal(buildAt({ ...facts, outcome: 'failed' }, 119 * SECOND, false).status, 'running')
  t.equal(buildAt({ ...facts, outcome: 'failed' }, 120 * SECOND, false).status, 'failed')
})

t.test('a build that is cancelled has started only if it was running', async (t) => {
  const cancelled = (seconds: number) =>
    buildAt({ ...facts, cancelledAt: seconds * SECOND }, 999 * SECOND, false)

  t.same(cancelled(1), { status: 'cancelled', startedAt: null, completedAt: SECOND })
  t.same(cancelled(9), { status: 'cancelled', startedAt: 5 * SECOND, completedAt: 9 * SECOND })
})

t.test('a build ends at once with an instant clock', async (t) => {
  t.same(buildAt(facts, 0, true), { status: 'succeeded', startedAt: 0, completedAt: 0 })
})

t.test('property: the status of a build never goes back', async (t) => {
  const order = ['pending', 'running', 'succeeded']
  fc.assert(
    fc.property(fc.nat(200), fc.nat(200), (one, more) => {
      const [before, after] = [one, one + more].map((at) => buildAt(facts, at * SECOND, false).status)
      t.ok(order.indexOf(before as string) <= order.indexOf(after as string))
    }),
  )
})
