import { Type } from '@sinclair/typebox'
import type { ApiInstance } from '../../hooks/types.ts'
import type { OpenApiDocument, Operation, Response } from '../../openapi/types.ts'
import { ErrorResponse } from '../../schemas/control/errors.ts'
import { HTTPValidationError } from '../../schemas/errors.ts'
import { AnyObject } from '../../schemas/types.ts'
import { EXAMPLES } from './examples.ts'
import { PUBLIC_ROUTES } from './guard.ts'
import type { ControlOptions } from './scope.ts'
import { TAGS, tagOf } from './tags.ts'

type Routes = (app: ApiInstance, options: ControlOptions) => Promise<void>

const Ledger = Type.Object({ rows: Type.Array(AnyObject()), questions: Type.Array(AnyObject()) })

/** Registers the routes of the control plane's OpenAPI document and of the fidelity ledger. */
export async function describeRoutes(
  app: ApiInstance,
  options: ControlOptions & { readonly routes: readonly Routes[] },
): Promise<void> {
  // GET /_fake/openapi.json
  app.get(
    '/_fake/openapi.json',
    {
      schema: {
        operationId: 'get_control_document',
        summary: 'Get this document',
        response: { 200: AnyObject() },
      },
    },
    async () => {
      const { buildDocument } = await import('../../openapi/document.ts')
      const plugins = options.routes.map((routes) => (instance: ApiInstance) => routes(instance, options))
      const own = (instance: ApiInstance) => describeRoutes(instance, options)
      return { ...completed(await buildDocument([...plugins, own], FRONT_MATTER)) }
    },
  )

  // GET /_fake/fidelity
  app.get(
    '/_fake/fidelity',
    {
      schema: {
        operationId: 'get_fidelity',
        summary:
          'What is known of each operation and answer of the API, and from where: docs/fidelity.md as data',
        response: { 200: Ledger },
      },
    },
    async () => {
      const { fidelity, openQuestions } = await import('../../fidelity/index.ts')
      return { rows: [...fidelity], questions: openQuestions.map((question) => ({ ...question })) }
    },
  )
}

const FRONT_MATTER = {
  openapi: '3.1.0' as const,
  info: {
    title: 'fake-devin control plane',
    description: 'Inspect and control a fake-devin server.',
    version: '1.0.0',
  },
  servers: [] as [],
  // Without --control-token, no token is required.
  security: [{}, { controlToken: [] }],
  securitySchemes: {
    controlToken: {
      description: 'What the server was given as --control-token',
      scheme: 'bearer',
      type: 'http',
    },
  },
}

/** Adds the tags, the examples, and the error responses of every operation, which precede its handler. */
function completed(document: OpenApiDocument): OpenApiDocument {
  const paths = Object.entries(document.paths).map(([path, methods]) => {
    const isPublic = PUBLIC_ROUTES.has(path)
    const operations = Object.entries(methods).map(([method, operation]) => [
      method,
      {
        tags: [tagOf(path)],
        ...operation,
        ...(isPublic && { security: [] }),
        ...withExample(operation, EXAMPLES[`${method.toUpperCase()} ${path}`]),
        responses: withErrors(operation, isPublic),
      },
    ])
    return [path, Object.fromEntries(operations)]
  })
  return {
    ...document,
    tags: TAGS.map(({ name, description }) => ({ name, description })),
    paths: Object.fromEntries(paths),
  }
}

/** Returns the body of an operation with an example; nothing if it has no body. */
function withExample({ requestBody }: Operation, example: unknown): Pick<Operation, 'requestBody'> {
  if (requestBody === undefined) return {}
  const content = Object.entries(requestBody.content).map(([type, body]) => [type, { ...body, example }])
  return { requestBody: { ...requestBody, content: Object.fromEntries(content) } }
}

function withErrors({ responses, requestBody }: Operation, isPublic: boolean): Operation['responses'] {
  return {
    ...(!isPublic && {
      401: errorResponse('The control token is missing or wrong', ErrorResponse),
      403: errorResponse('The Host or the Origin is not allowed', ErrorResponse),
    }),
    ...(requestBody !== undefined && {
      400: errorResponse('The body cannot be read', ErrorResponse),
      413: errorResponse('The body is longer than --max-json-bytes', ErrorResponse),
      415: errorResponse('The body is not JSON', ErrorResponse),
    }),
    ...(!isPublic && { 422: errorResponse('Validation Error', HTTPValidationError) }),
    ...responses,
  }
}

function errorResponse(description: string, { $id }: { $id?: string }): Response {
  return { description, content: { 'application/json': { schema: { $ref: `#/components/schemas/${$id}` } } } }
}
