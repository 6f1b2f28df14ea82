import t from 'tap'
import { within } from '../../src/simulation/time-limit.ts'

t.test('what is quick enough is returned', async (t) => {
  t.equal(
    within(1000, () => 'made'),
    'made',
  )
})

t.test('what goes on for ever is stopped', async (t) => {
  let rounds = 0

  const made = within(20, () => {
    for (;;) rounds++
  })

  t.equal(made, null)
  t.ok(rounds > 0)
})

t.test('a regular expression is stopped in the middle of a text', async (t) => {
  t.equal(
    within(20, () => /^(?:a|a)*$/.test(`${'a'.repeat(5000)}!`)),
    null,
  )
})

t.test('what throws makes nothing', async (t) => {
  t.equal(
    within(1000, () => {
      throw new Error('no')
    }),
    null,
  )
})

t.test('the next one is made as if nothing had been stopped', async (t) => {
  within(5, () => {
    for (;;);
  })

  t.equal(
    within(1000, () => 2),
    2,
  )
})
