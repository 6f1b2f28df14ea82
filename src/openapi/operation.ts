import type { TObject, TSchema } from '@sinclair/typebox'
import { allowsNull } from '../fastapi/request.ts'
import type { Components } from './components.ts'
import type { Operation, Parameter, Response } from './types.ts'

/** The parts of a route's schema that the document shows. */
export interface RouteSchema {
  operationId: string
  summary: string
  description?: string
  params?: TObject
  querystring?: TObject
  body?: TSchema
  /** The media types of the body. Default: `application/json`. */
  consumes?: string[]
  /** By status code. A `Type.Null()` is a response without content. */
  response: Record<string, TSchema>
}

/** Returns the operation of a route. Adds its named schemas to `components`. */
export function operation(route: RouteSchema, components: Components): Operation {
  const parameters = [
    ...publishParameters('path', route.params, components),
    ...publishParameters('query', route.querystring, components),
  ]
  return {
    summary: route.summary,
    ...(route.description !== undefined && { description: route.description }),
    operationId: route.operationId,
    ...(parameters.length > 0 && { parameters }),
    ...(route.body !== undefined && { requestBody: requestBody(route.body, route.consumes, components) }),
    responses: Object.fromEntries(
      Object.entries(route.response).map(([status, schema]) => [
        status,
        response(status, schema, components),
      ]),
    ),
  }
}

function publishParameters(
  place: 'path' | 'query',
  schema: TObject | undefined,
  components: Components,
): Parameter[] {
  if (schema === undefined) return []
  return Object.entries(schema.properties).map(([name, property]) => ({
    ...(property.description !== undefined && { description: property.description }),
    in: place,
    name,
    required: schema.required?.includes(name) ?? false,
    schema: components.publish(property),
  }))
}

function requestBody(
  body: TSchema,
  mediaTypes = ['application/json'],
  components: Components,
): NonNullable<Operation['requestBody']> {
  const content = mediaTypes.map((type) => [type, { schema: components.publish(body) }])
  return { content: Object.fromEntries(content), ...(!allowsNull(body) && { required: true }) }
}

/** FastAPI's descriptions. Responses with another status are described by their schema. */
const DESCRIPTIONS: Readonly<Record<string, string>> = {
  200: 'Successful Response',
  201: 'Created',
  204: 'Successful Response',
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  409: 'Conflict',
  413: 'Content Too Large',
  415: 'Unsupported Media Type',
  422: 'Validation Error',
  429: 'Too Many Requests',
  507: 'Insufficient Storage',
}

function response(status: string, schema: TSchema, components: Components): Response {
  const description = DESCRIPTIONS[status] ?? schema.description
  if (description === undefined) throw new Error(`The schema of a ${status} answer needs a description.`)
  if (schema.type === 'null') return { description }
  const { contentMediaType: mediaType = 'application/json' } = schema
  return { content: { [mediaType]: { schema: components.publish(schema) } }, description }
}
