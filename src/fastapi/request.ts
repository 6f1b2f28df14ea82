import type { TObject, TSchema } from '@sinclair/typebox'
import type { FastifyRequest, FastifySchema } from 'fastify'
import { RequestValidationError, type ValidationIssue } from './errors.ts'
import { type FormFields, uploadFileIssue } from './form/form.ts'
import type { QueryParameters } from './query.ts'
import {
  compileParameters,
  compileValidator,
  type RawParameters,
  ValidationContext,
} from './validation/compile.ts'

/** Validates the path, query and body of a request and replaces them by the coerced values. Throws RequestValidationError. */
export type ValidateRequest = (request: FastifyRequest) => void

/** Returns whether a request can violate the schemas of a route. */
export function needsValidation({ params, querystring, body }: FastifySchema): boolean {
  return (params !== undefined && !arePlainStrings(params)) || querystring !== undefined || body !== undefined
}

/** Compiles the schemas of a route. */
export function compileRequest(schema: FastifySchema): ValidateRequest {
  const steps: ((request: FastifyRequest, context: ValidationContext) => void)[] = []
  if (schema.params !== undefined && !arePlainStrings(schema.params)) steps.push(paramsStep(schema.params))
  if (schema.querystring !== undefined) steps.push(queryStep(schema.querystring))
  if (schema.body !== undefined)
    steps.push(bodyFormOf(schema) === 'form' ? filesStep(schema.body) : bodyStep(schema.body))
  if (steps.length === 0) return () => undefined
  return (request) => {
    const context = new ValidationContext()
    for (const step of steps) step(request, context)
    if (context.issues.length > 0) throw new RequestValidationError(context.issues)
  }
}

/** Returns whether all path parameters are strings without constraints, which need no validation. */
function arePlainStrings(schema: unknown): boolean {
  const { properties = {} } = schema as { properties?: Record<string, Record<string, unknown>> }
  const constraints = ['minLength', 'maxLength', 'pattern', 'format', 'enum', 'const']
  return Object.values(properties).every(
    (property) => property.type === 'string' && constraints.every((name) => property[name] === undefined),
  )
}

function paramsStep(schema: unknown) {
  const validate = compileParameters(schema as Parameters<typeof compileParameters>[0], 'path')
  return (request: FastifyRequest, context: ValidationContext) => {
    const params = request.params as Record<string, string>
    // A path has no lists, so `last` is the only method in use.
    const raw = { last: (name: string) => params[name] } as RawParameters
    request.params = validate(raw, context)
  }
}

function queryStep(schema: unknown) {
  const validate = compileParameters(schema as Parameters<typeof compileParameters>[0], 'query')
  return (request: FastifyRequest, context: ValidationContext) => {
    request.query = validate(request.query as QueryParameters, context)
  }
}

function bodyStep(schema: unknown) {
  const validate = compileValidator(schema as TSchema)
  const isOptional = allowsNull(schema)
  return (request: FastifyRequest, context: ValidationContext) => {
    if (request.body === undefined || request.body === null) {
      if (isOptional) request.body = null
      else context.issues.push(missingBody())
    } else {
      context.path.push('body')
      request.body = validate(request.body, context)
      context.path.pop()
    }
  }
}

/** Returns whether a route takes JSON or a form, for which its schema has `consumes: ['multipart/form-data']`; undefined if it takes no body. */
export function bodyFormOf(schema: FastifySchema | undefined): 'json' | 'form' | undefined {
  if (schema?.body === undefined) return undefined
  return 'consumes' in schema ? 'form' : 'json'
}

/** Validates a form. Every property of its schema is a required file. */
function filesStep(schema: unknown) {
  const names = Object.keys((schema as TObject).properties)
  return (request: FastifyRequest, context: ValidationContext) => {
    const form = request.body as FormFields
    const files: Record<string, unknown> = {}
    for (const name of names) {
      const value = form.last(name)
      const issue = uploadFileIssue(value, name)
      if (issue === undefined) files[name] = value
      else context.issues.push(issue)
    }
    request.body = files
  }
}

/** Returns whether the body of a route is optional: FastAPI's `body: Model | None = None`. */
export function allowsNull(schema: unknown): boolean {
  const { anyOf = [] } = schema as { anyOf?: { type?: unknown }[] }
  return anyOf.some(({ type }) => type === 'null')
}

function missingBody(): ValidationIssue {
  return { type: 'missing', loc: ['body'], msg: 'Field required', input: null }
}
