import t from 'tap'
import { firstMatch, type Matcher } from '../../src/simulation/rule-matching.ts'
import { turnsDuring } from '../turns.ts'

const candidate = { prompt: 'Fix it', title: null, tags: [] }

/** Returns a rule that never finishes its first tries, and the number of its tries. */
function stuckMatcher(stuckTries: number): Matcher & { tries: number } {
  const matcher = {
    tries: 0,
    usesExpression: true,
    matches() {
      matcher.tries++
      // Stopped by the time limit.
      while (matcher.tries <= stuckTries);
      return true
    },
  }
  return matcher
}

t.test('a rule that exceeds the time limit once is tried again', async (t) => {
  const once = stuckMatcher(1)

  t.equal(await firstMatch([once], candidate), once)
  t.equal(once.tries, 2)
})

t.test('a rule that exceeds the time limit twice counts as not matching', async (t) => {
  const twice = stuckMatcher(2)
  const next = stuckMatcher(1)

  t.equal(await firstMatch([twice, next], candidate), next)
  t.same([twice.tries, next.tries], [2, 2])
})

t.test('no rule matches if the last one exceeds the time limit twice', async (t) => {
  t.equal(await firstMatch([stuckMatcher(2)], candidate), undefined)
})

t.test('other requests are answered between two slices of matching', async (t) => {
  t.ok((await turnsDuring(() => firstMatch([stuckMatcher(1)], candidate))) >= 10)
})
