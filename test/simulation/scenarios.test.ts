import t from 'tap'
import { checkRule } from '../../src/simulation/check-rule.ts'
import { type Scenario, STATUS_ENUMS } from '../../src/simulation/scenario.ts'
import { builtInScenarios, builtIns } from '../../src/simulation/scenarios.ts'

const noNames = { isKnown: () => false, all: () => [], isTaken: () => false }

for (const [name, { purpose, scenario }] of Object.entries<{ purpose: string; scenario: Scenario }>(
  builtIns,
)) {
  t.test(`the built-in scenario ${name} is one that could be loaded`, async (t) => {
    t.match(await checkRule({ name, scenario }, [], noNames), { rule: { name, scenario } })
  })

  t.test(`the built-in scenario ${name} says what it is for in whole sentences`, async (t) => {
    t.match(purpose, /^[A-Z].*\.$/)
  })
}

t.test('the built-in scenarios are found by their names', async (t) => {
  t.same(Object.keys(builtInScenarios), Object.keys(builtIns))
  t.equal(builtInScenarios.slow, builtIns.slow.scenario)
})

t.test('each status_enum shows in a built-in scenario', async (t) => {
  const scenarios: Scenario[] = Object.values(builtInScenarios)
  const steps = scenarios.flatMap(({ steps, on_message = [] }) => [...steps, ...on_message])
  const shown = new Set(steps.map(({ status_enum }) => status_enum))

  for (const status of STATUS_ENUMS) t.ok(shown.has(status), status)
})
