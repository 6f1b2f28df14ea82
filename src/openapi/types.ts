/** The languages in which the vendor publishes its document and we have its texts. */
export type Locale = 'en' | 'zh'

/** A JSON Schema as it stands in a document. */
export type Schema = Readonly<Record<string, unknown>>

/** An OpenAPI parameter. Its description stands twice, here and in the schema, as FastAPI writes it. */
export interface Parameter {
  description?: string
  in: 'path' | 'query'
  name: string
  required: boolean
  schema: Schema
}

/** What a body looks like in each media type. */
export type Content = Readonly<Record<string, { schema: Schema }>>

/** An OpenAPI response. */
export interface Response {
  content?: Content
  description: string
}

/** An OpenAPI operation, with its keys in the order in which the vendor publishes them. */
export interface Operation {
  summary: string
  description?: string
  operationId: string
  parameters?: Parameter[]
  requestBody?: { content: Content; required?: true }
  responses: Record<string, Response>
}

/** An OpenAPI 3.1 document, as far as FastAPI makes use of one. */
export interface OpenApiDocument {
  openapi: '3.1.0'
  info: { description: string; title: string; version: string }
  servers: []
  security: Record<string, string[]>[]
  paths: Record<string, Record<string, Operation>>
  components: {
    schemas: Record<string, Schema>
    securitySchemes: Record<string, { description: string; scheme: string; type: string }>
  }
}
