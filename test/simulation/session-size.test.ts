import t from 'tap'
import { SESSION_SIZES, sessionSize } from '../../src/simulation/session-size.ts'

t.test('a session has the size that its ACUs or its messages require, whichever is larger', async (t) => {
  t.equal(sessionSize(0, 0), 'xs')
  t.equal(sessionSize(0.9, 9), 'xs')
  t.equal(sessionSize(1, 1), 's')
  t.equal(sessionSize(0, 10), 's')
  t.equal(sessionSize(3, 10), 'm')
  t.equal(sessionSize(1, 100), 'l')
  t.equal(sessionSize(20, 1), 'xl')
  t.equal(sessionSize(0, 300), 'xl')
})

t.test('a session never becomes smaller', async (t) => {
  const sizes = Array.from({ length: 30 }, (_, acus) => SESSION_SIZES.indexOf(sessionSize(acus, acus * 12)))
  t.same(
    sizes,
    sizes.toSorted((one, other) => one - other),
  )
})
