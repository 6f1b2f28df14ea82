import { Type } from '@sinclair/typebox'
import { sendNothing } from '../../fastapi/answer.ts'
import { HttpException } from '../../fastapi/errors.ts'
import { sendTexts } from '../../fastapi/long-answer.ts'
import type { ApiInstance } from '../../hooks/types.ts'
import { resourceEntries } from '../../resources/index.ts'
import { ErrorResponse } from '../../schemas/control/errors.ts'
import { OptionalOrgScope, OrgQuery } from '../../schemas/control/scope.ts'
import { StateQuery } from '../../schemas/control/state.ts'
import { HTTPValidationError } from '../../schemas/errors.ts'
import { AnyObject, StringEnum } from '../../schemas/types.ts'
import type { ControlOptions } from './scope.ts'

/** Validated by the handler, like a seed, so that errors have their location in the document. */
const NewState = AnyObject()

const State = AnyObject()

/** The query of `GET /_fake/state`, with the names of the lists. */
const Selection = Type.Object({
  ...StateQuery.properties,
  collections: Type.Optional(Type.Array(StringEnum(resourceEntries.map(([, { name }]) => name)))),
})

/** Registers the routes that read, replace and reset the state. */
export async function stateRoutes(app: ApiInstance, { stateService }: ControlOptions): Promise<void> {
  // POST /_fake/reset
  app.post(
    '/_fake/reset',
    {
      schema: {
        operationId: 'reset',
        summary: 'Reset the state to the seed, including ids and clocks: all, or one organization',
        body: OptionalOrgScope,
        response: { 204: Type.Null(), 422: HTTPValidationError },
      },
    },
    async ({ body }, reply) => {
      await stateService.reset(body?.org_id)
      return sendNothing(reply)
    },
  )

  // GET /_fake/state
  app.get(
    '/_fake/state',
    {
      schema: {
        operationId: 'get_state',
        summary:
          'Get the state as one document, or only some of its lists; keys and secret values only if requested',
        querystring: Selection,
        response: { 200: State, 422: HTTPValidationError },
      },
    },
    async ({ query }, reply) => {
      const { stateTexts } = await import('../../state/encode.ts')
      return sendTexts(reply, stateTexts(await stateService.current(query.org_id), query))
    },
  )

  // PUT /_fake/state
  app.put(
    '/_fake/state',
    {
      schema: {
        operationId: 'put_state',
        summary: 'Replace the state by a document: all, or one organization',
        querystring: OrgQuery,
        body: NewState,
        response: { 204: Type.Null(), 422: HTTPValidationError, 507: ErrorResponse },
      },
    },
    async ({ body, query }, reply) => {
      const refused = await stateService.replace(body, ['body'], query.org_id)
      // Same response as for a RequestValidationError, but the issues already suggest names, which this route's schema does not have.
      if (refused !== undefined) throw new HttpException(422, refused.issues)
      return sendNothing(reply)
    },
  )
}
