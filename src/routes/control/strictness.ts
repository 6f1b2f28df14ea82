import type { FastifyRequest, FastifySchema, preValidationHookHandler } from 'fastify'
import { RequestValidationError, type ValidationIssue } from '../../fastapi/errors.ts'
import type { QueryParameters } from '../../fastapi/query.ts'
import { namesAt, type Shape, suggestion } from '../../nearest.ts'

/** Refuses query parameters that a control route does not have: a wrong `org_id` would act on all organisations. */
export const refuseUnknownQuery: preValidationHookHandler = (request, _reply, done) => {
  const { querystring = {} } = request.routeOptions.schema as FastifySchema
  const known = namesAt(querystring as Shape, [])
  const issues = (request.query as QueryParameters).names().flatMap((name): ValidationIssue[] => {
    if (known.includes(name)) return []
    const msg = `Extra inputs are not permitted${suggestion(name, known)}`
    return [{ type: 'extra_forbidden', loc: ['query', name], msg, input: null }]
  })
  if (issues.length > 0) done(new RequestValidationError(issues))
  else done()
}

/** The same error with the nearest known name beside each unknown one. */
export function withSuggestions(error: unknown, request: FastifyRequest): unknown {
  if (!(error instanceof RequestValidationError)) return error
  const { config, schema } = request.routeOptions
  const shape = (config as { shape?: Shape }).shape ?? (schema?.body as Shape)
  const issues = error.issues.map((issue) => {
    if (issue.type !== 'extra_forbidden' || issue.loc[0] !== 'body') return issue
    const name = String(issue.loc.at(-1))
    return { ...issue, msg: issue.msg + suggestion(name, namesAt(shape, issue.loc.slice(1, -1))) }
  })
  return new RequestValidationError(issues)
}
