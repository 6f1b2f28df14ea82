import type { FastifyRequest, FastifySchema, preValidationHookHandler } from 'fastify'
import { RequestValidationError, type ValidationIssue } from '../../fastapi/errors.ts'
import type { QueryParameters } from '../../fastapi/query.ts'
import { nearestName } from '../../nearest.ts'

/** What a JSON schema says of the members of its objects, as far as suggestions need it. */
interface Shape {
  readonly properties?: Readonly<Record<string, Shape>>
  readonly anyOf?: readonly Shape[]
}

/** Refuses query parameters that a control route does not have: a wrong `org_id` would act on all organisations. */
export const refuseUnknownQuery: preValidationHookHandler = (request, _reply, done) => {
  const known = namesOf((request.routeOptions.schema as FastifySchema).querystring as Shape | undefined)
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
  const shape = (config as { shape?: Shape }).shape ?? (schema?.body as Shape | undefined)
  const issues = error.issues.map((issue) => {
    if (issue.type !== 'extra_forbidden' || issue.loc[0] !== 'body') return issue
    const name = String(issue.loc.at(-1))
    const parent = issue.loc.slice(1, -1).reduce<Shape | undefined>(step, shape)
    return { ...issue, msg: `Extra inputs are not permitted${suggestion(name, namesOf(parent))}` }
  })
  return new RequestValidationError(issues)
}

function step(shape: Shape | undefined, at: string | number): Shape | undefined {
  const shapes = shape?.anyOf ?? [shape]
  const next = shapes.map((one) => one?.properties?.[at])
  return next.find((one) => one !== undefined)
}

function namesOf(shape: Shape | undefined): string[] {
  return (shape?.anyOf ?? [shape]).flatMap((one) => Object.keys(one?.properties ?? {}))
}

function suggestion(name: string, known: readonly string[]): string {
  const near = nearestName(name, known)
  return near === undefined ? '' : `; did you mean ${near}?`
}
