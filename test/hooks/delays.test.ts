import t from 'tap'
import { CancellableDelays } from '../../src/hooks/delays.ts'

t.test('pauses that are ended settle at once, and so do those that would come after', async (t) => {
  const pauses = new CancellableDelays()
  const taken = [pauses.wait(600_000), pauses.wait(600_000)]
  t.equal(pauses.isCancelled, false)

  pauses.end()

  await Promise.all(taken)
  await pauses.wait(600_000)
  t.equal(pauses.isCancelled, true)
})

t.test('a pause that nobody ends settles by itself', async (t) => {
  const pauses = new CancellableDelays()

  await pauses.wait(1)

  t.equal(pauses.isCancelled, false)
})
