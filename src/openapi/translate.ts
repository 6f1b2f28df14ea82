import type { OpenApiDocument, Operation, Schema } from './types.ts'

/** The texts of a document in another language. What has no text here keeps the English one. */
export interface Texts {
  info: { description: string }
  securitySchemes: Readonly<Record<string, string>>
  /** By operationId. */
  operations: Readonly<Record<string, OperationTexts>>
  /** By component name. */
  schemas: Readonly<Record<string, SchemaTexts>>
}

/** The texts of an operation: descriptions of responses by status code, of parameters by name. */
export interface OperationTexts {
  summary?: string
  description?: string
  responses?: Readonly<Record<string, string>>
  parameters?: Readonly<Record<string, string>>
}

/** The texts of a component: its own description, and those of its properties by name. */
export interface SchemaTexts {
  description?: string
  properties?: Readonly<Record<string, string>>
}

/** The document with other texts in place of its own; the given one stays as it is. */
export function translate(document: OpenApiDocument, texts: Texts): OpenApiDocument {
  const translated = structuredClone(document)
  Object.assign(translated.info, texts.info)
  describe(translated.components.securitySchemes, texts.securitySchemes)
  for (const methods of Object.values(translated.paths)) {
    for (const operation of Object.values(methods)) {
      const known = texts.operations[operation.operationId]
      if (known !== undefined) translateOperation(operation, known)
    }
  }
  for (const [name, schema] of Object.entries(translated.components.schemas)) {
    const { description, properties = {} } = texts.schemas[name] ?? {}
    if (description !== undefined) Object.assign(schema, { description })
    describe(schema.properties as Record<string, Schema>, properties)
  }
  return translated
}

function translateOperation(operation: Operation, texts: OperationTexts): void {
  const { summary, description, responses = {}, parameters = {} } = texts
  if (summary !== undefined) operation.summary = summary
  if (description !== undefined) operation.description = description
  describe(operation.responses, responses)
  for (const parameter of operation.parameters ?? []) {
    describe({ [parameter.name]: parameter }, parameters)
    describe({ [parameter.name]: parameter.schema }, parameters)
  }
}

/** Gives those of `things` a description for which there is one. */
function describe(
  things: Readonly<Record<string, object>>,
  descriptions: Readonly<Record<string, string>>,
): void {
  for (const [name, description] of Object.entries(descriptions)) {
    if (things[name] !== undefined) Object.assign(things[name], { description })
  }
}
