import { type Static, Type } from '@sinclair/typebox'
import { Match, RuleWithScenario, Scenario } from '../../simulation/scenario.ts'
import { Nullable } from '../types.ts'
import { OrgId, StrictObject } from './scope.ts'

/** A rule to add. Its scenario can be given by name. */
export const NewRule = StrictObject({
  /** The organization whose sessions it applies to. Default: those of all. */
  org_id: OrgId,
  ...RuleWithScenario.properties,
  /** The scenario, or the name of one. */
  scenario: Type.Union([Type.String(), Scenario]),
})
/** {@link NewRule} */
export type NewRule = Static<typeof NewRule>

/** An active rule. */
export const Rule = Type.Object(
  {
    /** The id of the rule, for later calls. */
    id: Type.String(),
    /** The organization whose sessions it applies to; null for those of all. */
    org_id: Nullable(Type.String()),
    /** The name that `[fake:name]` in a prompt refers to; null if it has none. */
    name: Nullable(Type.String()),
    /** The sessions that it applies to; null for all or, with a name, for those that name it. */
    match: Nullable(Match),
    /** The name of the scenario, or the scenario itself. */
    scenario: Type.Unknown(),
  },
  { $id: 'ScenarioRule', title: 'ScenarioRule' },
)
/** {@link Rule} */
export type Rule = Static<typeof Rule>

/** The rules in the order in which they are matched, and the built-in scenarios by name. */
export const Rules = Type.Object({
  /** The rules, including those of `--scenarios`. */
  rules: Type.Array(Rule),
  /** The built-in scenarios by name. */
  built_in: Type.Record(Type.String(), Type.Unknown()),
})
/** {@link Rules} */
export type Rules = Static<typeof Rules>
