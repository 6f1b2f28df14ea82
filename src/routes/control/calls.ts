import { Type } from '@sinclair/typebox'
import { DEFAULT_ORG_ID, ENTERPRISE_ID } from '../../auth/principal.ts'
import { sendTexts } from '../../fastapi/long-answer.ts'
import type { ApiInstance } from '../../hooks/types.ts'
import { NotFound } from '../../organization/errors.ts'
import { ApiAnswer, ApiCall } from '../../schemas/control/calls.ts'
import { ErrorResponse } from '../../schemas/control/errors.ts'
import { HTTPValidationError } from '../../schemas/errors.ts'
import type { ControlOptions } from './scope.ts'

const Unavailable = Type.Unsafe({ ...ErrorResponse, description: 'The server stops' })

/** The organizations that exist without having been used. */
const ALWAYS_THERE = [DEFAULT_ORG_ID, ENTERPRISE_ID]

/** Registers the route that calls the API. Everything behind it is loaded by the first call. */
export async function callRoutes(app: ApiInstance, { organizations }: ControlOptions): Promise<void> {
  // POST /_fake/calls
  app.post(
    '/_fake/calls',
    {
      schema: {
        operationId: 'call_api',
        summary:
          'Call the API as an organization, without a key; faults and limits do not apply, and the journal does not record it',
        description:
          'Answers 200 with the answer of the API, whatever its status. Redirects are not followed. For a binary answer, such as a file, only the headers are returned.',
        body: ApiCall,
        response: {
          200: ApiAnswer,
          404: ErrorResponse,
          422: HTTPValidationError,
          503: Unavailable,
        },
      },
    },
    async ({ body, origin, server }, reply) => {
      const { callApi, checkCall } = await import('./call-api.ts')
      const call = checkCall(body)
      const exists = organizations.find(body.org_id) !== undefined || ALWAYS_THERE.includes(body.org_id)
      if (!exists) throw new NotFound('organization')
      return sendTexts(reply, await callApi(server, call, origin))
    },
  )
}
