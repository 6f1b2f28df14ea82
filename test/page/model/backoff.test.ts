import t from 'tap'
import { PAUSE, pauseAfter } from '../../../src/page/model/backoff.ts'

t.test('the pause doubles with each failure up to a maximum', (t) => {
  t.same([1, 2, 3, 4, 5, 6, 100].map(pauseAfter), [250, 500, 1000, 2000, 4000, PAUSE.max, PAUSE.max])
  t.equal(pauseAfter(0), PAUSE.min)
  t.end()
})
