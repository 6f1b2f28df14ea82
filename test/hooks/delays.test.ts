import t from 'tap'
import { Pauses } from '../../src/hooks/delays.ts'

t.test('pauses that are ended settle at once, and so do those that would come after', async (t) => {
  const pauses = new Pauses()
  const taken = [pauses.take(600_000), pauses.take(600_000)]
  t.equal(pauses.areOver, false)

  pauses.end()

  await Promise.all(taken)
  await pauses.take(600_000)
  t.equal(pauses.areOver, true)
})

t.test('a pause that nobody ends settles by itself', async (t) => {
  const pauses = new Pauses()

  await pauses.take(1)

  t.equal(pauses.areOver, false)
})
