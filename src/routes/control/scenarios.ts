import { Type } from '@sinclair/typebox'
import { sendJson, sendNothing } from '../../fastapi/answer.ts'
import { HttpException, RequestValidationError } from '../../fastapi/errors.ts'
import { compileValidator, ValidationContext } from '../../fastapi/validation/compile.ts'
import type { ApiInstance } from '../../hooks/types.ts'
import { ErrorResponse } from '../../schemas/control/errors.ts'
import { NewRule, Rule, Rules } from '../../schemas/control/scenarios.ts'
import { OptionalOrgScope, OrgQuery, OrgScope } from '../../schemas/control/scope.ts'
import { HTTPValidationError } from '../../schemas/errors.ts'
import { AnyObject } from '../../schemas/types.ts'
import { checkRule } from '../../simulation/check-rule.ts'
import { type ActiveRule, RULES_MAX } from '../../simulation/scenario-rules.ts'
import { builtInScenarios } from '../../simulation/scenarios.ts'
import { type ControlOptions, orgOf } from './scope.ts'

const RulePath = Type.Object({ scenario_id: Type.String() })

/** Validated by the handler, so that errors inside a scenario have their location in it. */
const AnyRule = AnyObject()

/** Registers the routes of the scenario rules. */
export async function scenarioRoutes(app: ApiInstance, { organizations }: ControlOptions): Promise<void> {
  const { scenarios, events } = organizations
  const publish = (action: 'created' | 'deleted', orgId: string | null = null, id?: string) =>
    events.live?.publish({ kind: 'scenarios', org_id: orgId, action, ...(id !== undefined && { id }) })

  // GET /_fake/scenarios
  app.get(
    '/_fake/scenarios',
    {
      schema: {
        operationId: 'list_scenarios',
        summary: 'List the scenario rules in the order in which they are tried, and the built-in scenarios',
        querystring: OrgQuery,
        response: { 200: Rules, 422: HTTPValidationError },
      },
    },
    async ({ query }) => ({
      rules: scenarios.list(query.org_id).map(ruleResponse),
      built_in: builtInScenarios,
    }),
  )

  // POST /_fake/scenarios
  app.post(
    '/_fake/scenarios',
    {
      config: { shape: NewRule },
      schema: {
        operationId: 'add_scenario',
        summary: 'Add a scenario rule after the existing ones',
        body: AnyRule,
        response: { 201: Rule, 409: ErrorResponse, 422: HTTPValidationError, 507: ErrorResponse },
      },
    },
    async ({ body }, reply) => {
      const { org_id, ...input } = body
      const orgId = ownerOf(org_id)
      const checked = await checkRule(input, ['body'], scenarios.knownNames(orgId))
      if ('issues' in checked) throw new RequestValidationError(checked.issues)
      const rule = scenarios.admit(checked.rule, orgId)
      if (rule === undefined)
        throw new HttpException(409, `There are ${RULES_MAX} scenarios; delete one first`)
      publish('created', orgId, rule.id)
      return sendJson(reply, 201, ruleResponse(rule))
    },
  )

  // DELETE /_fake/scenarios/{scenario_id}
  app.delete(
    '/_fake/scenarios/:scenario_id',
    {
      schema: {
        operationId: 'delete_scenario',
        summary: 'Remove a scenario rule; existing sessions keep their scenario',
        params: RulePath,
        querystring: OrgQuery,
        body: OptionalOrgScope,
        response: { 204: Type.Null(), 404: ErrorResponse, 422: HTTPValidationError },
      },
    },
    async ({ params, query, body }, reply) => {
      const orgId = orgOf(query, body)
      if (!scenarios.delete(params.scenario_id, orgId)) throw new HttpException(404, 'Scenario not found')
      publish('deleted', orgId, params.scenario_id)
      return sendNothing(reply)
    },
  )

  // DELETE /_fake/scenarios
  app.delete(
    '/_fake/scenarios',
    {
      schema: {
        operationId: 'delete_scenarios',
        summary: 'Remove all scenario rules, or those of one organization',
        querystring: OrgQuery,
        body: OptionalOrgScope,
        response: { 204: Type.Null(), 422: HTTPValidationError },
      },
    },
    async ({ query, body }, reply) => {
      const orgId = orgOf(query, body)
      scenarios.clear(orgId)
      publish('deleted', orgId)
      return sendNothing(reply)
    },
  )
}

function ruleResponse({ id, orgId, name, match, scenario }: ActiveRule): Rule {
  return { id, org_id: orgId, name: name ?? null, match: match ?? null, scenario }
}

const validateScope = compileValidator(OrgScope)

/** Returns the organization of a new rule, or null for all organizations. Throws RequestValidationError. */
function ownerOf(input: unknown): string | null {
  const context = new ValidationContext()
  context.path.push('body')
  const { org_id: orgId = null } = validateScope(input == null ? {} : { org_id: input }, context) as OrgScope
  if (context.issues.length > 0) throw new RequestValidationError(context.issues)
  return orgId
}
