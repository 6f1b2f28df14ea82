import type { FastifyRequest, preValidationHookHandler } from 'fastify'
import { propertyNamesAt, type SchemaNode, suggestion } from '../../base/suggestions.ts'
import { ISSUES_MAX } from '../../fastapi/bounded-issues.ts'
import type { CollectedRoute } from '../../fastapi/collected-routes.ts'
import { RequestValidationError, type ValidationIssue } from '../../fastapi/errors.ts'
import { encodeJson } from '../../fastapi/json/encode.ts'
import type { QueryParameters } from '../../fastapi/query.ts'
import { PUBLIC_ROUTES } from './guard.ts'

/**
 * Rejects unknown query parameters of control routes, because a mistyped `org_id` would act on all organizations. Public routes have no
 * parameters and ignore unknown ones, because probes add some to bypass caches.
 */
export const refuseUnknownQuery: preValidationHookHandler = (request, _reply, done) => {
  const { path, schema } = request.lazyRoute as CollectedRoute
  if (PUBLIC_ROUTES.has(path)) return done()
  const { querystring = {} } = schema
  const known = propertyNamesAt(querystring as SchemaNode, [])
  const unknown = (request.query as QueryParameters).names().filter((name) => !known.includes(name))
  const issues = unknown.slice(0, ISSUES_MAX).map((name): ValidationIssue => {
    const msg = `Extra inputs are not permitted${suggestion(name, known)}`
    return { type: 'extra_forbidden', loc: ['query', name], msg, input: null }
  })
  if (issues.length > 0) done(new RequestValidationError(issues))
  else done()
}

/**
 * Returns the error with a suggestion for each unknown name, and without values that JSON cannot encode. The real application crashes
 * on NaN and lone surrogates, but it has no control plane.
 */
export function withSuggestions(error: unknown, request: FastifyRequest): unknown {
  if (!(error instanceof RequestValidationError)) return error
  const { config, schema } = request.lazyRoute as CollectedRoute
  const shape = (config.shape ?? schema.body) as SchemaNode
  const issues = error.issues.map((issue) => {
    if (issue.type !== 'extra_forbidden' || issue.loc[0] !== 'body') return toEncodable(issue)
    const name = String(issue.loc.at(-1))
    return toEncodable({
      ...issue,
      msg: issue.msg + suggestion(name, propertyNamesAt(shape, issue.loc.slice(1, -1))),
    })
  })
  return new RequestValidationError(issues)
}

function toEncodable(issue: ValidationIssue): ValidationIssue {
  try {
    encodeJson(issue)
    return issue
  } catch {
    const loc = issue.loc.map((item) => (typeof item === 'string' ? item.toWellFormed() : item))
    return { ...issue, loc, msg: issue.msg.toWellFormed(), input: null }
  }
}
