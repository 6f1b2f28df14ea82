import t from 'tap'
import { ownStartError, StartError, UsageError } from '../../src/settings/start-error.ts'

t.test('an error of the same name and another class becomes one of this class', async (t) => {
  const foreign = (name: string) => Object.assign(new Error('why'), { name })

  t.ok(ownStartError(foreign('UsageError')) instanceof UsageError)
  t.match(ownStartError(foreign('StartError')), new StartError('why'))
  t.notOk(ownStartError(foreign('StartError')) instanceof UsageError)
})

t.test('any other error stays as it is', async (t) => {
  for (const error of [new StartError('a'), new UsageError('b'), new Error('c'), undefined]) {
    t.equal(ownStartError(error), error)
  }
})
