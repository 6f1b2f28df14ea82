/** The languages of the vendor's document whose texts are available here. */
export type Locale = 'en' | 'zh'

/** A JSON Schema in a document. */
export type Schema = Readonly<Record<string, unknown>>

/** An OpenAPI parameter. Its description is both here and in the schema, as in FastAPI. */
export interface Parameter {
  description?: string
  in: 'path' | 'query'
  name: string
  required: boolean
  schema: Schema
}

/** The schema of a body in each media type. Only bodies in the control plane's document have examples. */
export type Content = Readonly<Record<string, { schema: Schema; example?: unknown }>>

/** An OpenAPI response. */
export interface Response {
  content?: Content
  description: string
}

/** An OpenAPI operation, with its keys in the vendor's order. */
export interface Operation {
  /** Only in the control plane's document. */
  tags?: string[]
  summary: string
  description?: string
  operationId: string
  parameters?: Parameter[]
  requestBody?: { content: Content; required?: true }
  responses: Record<string, Response>
}

/** The subset of an OpenAPI 3.1 document that FastAPI uses. */
export interface OpenApiDocument {
  openapi: '3.1.0'
  info: { description: string; title: string; version: string }
  servers: []
  security: Record<string, string[]>[]
  /** The groups of operations. Only in the control plane's document. */
  tags?: { name: string; description: string }[]
  paths: Record<string, Record<string, Operation>>
  components: {
    schemas: Record<string, Schema>
    securitySchemes: Record<string, { description: string; scheme: string; type: string }>
  }
}
