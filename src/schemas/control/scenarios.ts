import { type Static, Type } from '@sinclair/typebox'
import { Match, RuleWithScenario, Scenario } from '../../simulation/scenario.ts'
import { Nullable } from '../types.ts'
import { OrgId, StrictObject } from './scope.ts'

/** A rule to add. Its scenario can be given by name. */
export const NewRule = StrictObject({
  org_id: OrgId,
  ...RuleWithScenario.properties,
  scenario: Type.Union([Type.String(), Scenario]),
})
/** {@link NewRule} */
export type NewRule = Static<typeof NewRule>

/** An active rule. */
export const Rule = Type.Object(
  {
    id: Type.String(),
    org_id: Nullable(Type.String()),
    name: Nullable(Type.String()),
    match: Nullable(Match),
    scenario: Type.Unknown(),
  },
  { $id: 'ScenarioRule', title: 'ScenarioRule' },
)
/** {@link Rule} */
export type Rule = Static<typeof Rule>

/** The rules in the order in which they are matched, and the built-in scenarios by name. */
export const Rules = Type.Object({
  rules: Type.Array(Rule),
  built_in: Type.Record(Type.String(), Type.Unknown()),
})
/** {@link Rules} */
export type Rules = Static<typeof Rules>
