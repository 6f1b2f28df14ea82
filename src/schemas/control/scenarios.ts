import { type Static, Type } from '@sinclair/typebox'
import { Match, type Scenario, WholeRule } from '../../simulation/scenario.ts'
import { Nullable } from '../v1/types.ts'
import { OrgId } from './scope.ts'

/** What a new rule is checked against, without the names that stand for scenarios. */
export const NewRuleShape = Type.Object({ org_id: OrgId, ...WholeRule.properties })
/** A rule to add: its scenario may be the name of one. */
export type NewRule = Omit<Static<typeof NewRuleShape>, 'scenario'> & { readonly scenario: string | Scenario }

/** A rule that is in force. */
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

/** The rules in the order in which they are tried, and the built-in scenarios by name. */
export const Rules = Type.Object({
  rules: Type.Array(Rule),
  built_in: Type.Record(Type.String(), Type.Unknown()),
})
/** {@link Rules} */
export type Rules = Static<typeof Rules>
