import t from 'tap'
import { ScenarioPool } from '../../src/persistence/scenario-pool.ts'
import { withoutApprovals } from '../../src/simulation/approvals.ts'
import { builtInScenarios } from '../../src/simulation/scenarios.ts'

t.test('equal scenarios become one object', async (t) => {
  const pool = new ScenarioPool()
  const scenario = { steps: [{ after_seconds: 1 }] }

  t.equal(pool.share(scenario), scenario)
  t.equal(pool.share(structuredClone(scenario)), scenario)
  t.not(pool.share({ steps: [{ after_seconds: 2 }] }), scenario)
})

t.test('the built-in scenarios and their variants without approvals are shared', async (t) => {
  const pool = new ScenarioPool()
  for (const scenario of Object.values(builtInScenarios)) {
    for (const one of [scenario, withoutApprovals(scenario)]) t.equal(pool.share(structuredClone(one)), one)
  }
})

t.test('a pool forgets scenarios beyond its limit', async (t) => {
  const pool = new ScenarioPool()
  const numbered = (number: number) => ({ steps: [{ after_seconds: number }] })
  const first = pool.share(numbered(0))
  for (let number = 1; number < 10_000; number++) pool.share(numbered(number))
  t.equal(pool.share(numbered(0)), first)

  pool.share(numbered(10_000))
  t.not(pool.share(numbered(0)), first)
})
