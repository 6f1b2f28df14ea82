import type { ActiveRule, ScenarioRules, StoredRule } from '../simulation/scenario-rules.ts'
import { ownerOf, type RowKind } from './row-kind.ts'
import type { ScenarioPool } from './scenario-pool.ts'

/** Returns a rule from its JSON form, which has no undefined members. Its scenarios are shared. */
export function toRule<R extends ActiveRule>(data: R, pool: ScenarioPool): R {
  const { name, match, scenario } = data
  const shared = typeof scenario === 'string' ? scenario : pool.share(scenario)
  return { ...data, name, match, scenario: shared }
}

/** The rows of the rules that choose scenarios. */
export function scenarioRows(rules: ScenarioRules, pool: ScenarioPool): RowKind {
  return {
    name: 'scenarios',
    read(orgId, id) {
      const rule = rules.stored(ownerOf(orgId), id)
      return rule && { position: rule.position, data: rule }
    },
    write(_orgId, _id, { data }) {
      const stored = toRule(data as StoredRule, pool)
      rules.put({ ...stored, resolved: pool.share(stored.resolved) })
    },
    remove: (orgId, id) => rules.drop(ownerOf(orgId), id),
    clear: () => rules.clear(),
  }
}
