import { Type } from '@sinclair/typebox'
import { type AnswerName, SERVER_WIDE } from '../../answers/questions.ts'
import { sendNothing } from '../../fastapi/answer.ts'
import { RequestValidationError, valueError } from '../../fastapi/errors.ts'
import type { ApiInstance } from '../../hooks/types.ts'
import { AnswersResponse, SetAnswers } from '../../schemas/control/answers.ts'
import { ErrorResponse } from '../../schemas/control/errors.ts'
import { OptionalOrgScope, OrgQuery } from '../../schemas/control/scope.ts'
import { HTTPValidationError } from '../../schemas/errors.ts'
import { type ControlOptions, organizationOrServer, organizationsInScope, orgOf } from './scope.ts'

/** Registers the routes of the answers to open questions, for all organizations or one. */
export async function answerRoutes(app: ApiInstance, { organizations }: ControlOptions): Promise<void> {
  const answersOf = (orgId: string | undefined): AnswersResponse => ({
    answers: organizationOrServer(organizations, orgId).answers.all(),
  })

  // GET /_fake/answers
  app.get(
    '/_fake/answers',
    {
      schema: {
        operationId: 'get_answers',
        summary: 'Get the answers to the open questions of docs/fidelity.md',
        querystring: OrgQuery,
        response: { 200: AnswersResponse, 422: HTTPValidationError },
      },
    },
    async ({ query }) => answersOf(query.org_id),
  )

  // PUT /_fake/answers
  app.put(
    '/_fake/answers',
    {
      schema: {
        operationId: 'set_answers',
        summary: 'Choose answers to open questions; omitted ones stay',
        body: SetAnswers,
        response: { 200: AnswersResponse, 404: ErrorResponse, 422: HTTPValidationError, 507: ErrorResponse },
      },
    },
    async ({ body }) => {
      const { org_id: orgId, answers } = body
      const names = Object.keys(answers) as AnswerName[]
      if (orgId === undefined) {
        for (const organization of organizations.all()) organization.answers.release(names)
        organizations.answers.choose(answers)
      } else {
        refuseServerWide(names)
        organizations.get(orgId).answers.choose(answers)
      }
      return answersOf(orgId)
    },
  )

  // DELETE /_fake/answers
  app.delete(
    '/_fake/answers',
    {
      schema: {
        operationId: 'reset_answers',
        summary:
          'Return to the answers of --answer, or those of an organization to the answers of the server',
        querystring: OrgQuery,
        body: OptionalOrgScope,
        response: { 204: Type.Null(), 422: HTTPValidationError },
      },
    },
    async ({ query, body }, reply) => {
      const orgId = orgOf(query, body)
      for (const organization of organizationsInScope(organizations, orgId)) organization.answers.release()
      if (orgId === undefined) organizations.answers.release()
      return sendNothing(reply)
    },
  )
}

/** Throws RequestValidationError for answers that no organization can have of its own. */
function refuseServerWide(names: readonly AnswerName[]): void {
  const reason = 'this is answered before the organization is known: choose it without org_id'
  const issues = names
    .filter((name) => SERVER_WIDE.includes(name))
    .map((name) => valueError(['body', 'answers', name], reason, null))
  if (issues.length > 0) throw new RequestValidationError(issues)
}
