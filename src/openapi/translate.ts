import type { OpenApiDocument, Operation, Schema } from './types.ts'

/** The texts of a document in another language. Missing texts stay in English. */
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

/** The texts of a component: its description, and those of its properties by name. */
export interface SchemaTexts {
  description?: string
  properties?: Readonly<Record<string, string>>
}

/** Returns a copy of the document with its texts replaced. */
export function translate(document: OpenApiDocument, texts: Texts): OpenApiDocument {
  const translated = structuredClone(document)
  Object.assign(translated.info, texts.info)
  describe(translated.components.securitySchemes, texts.securitySchemes)
  for (const methods of Object.values(translated.paths)) {
    for (const operation of Object.values(methods)) {
      const translation = texts.operations[operation.operationId]
      if (translation !== undefined) translateOperation(operation, translation)
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

/** Sets the descriptions of objects by name. Unknown names are ignored. */
function describe(
  objects: Readonly<Record<string, object>>,
  descriptions: Readonly<Record<string, string>>,
): void {
  for (const [name, description] of Object.entries(descriptions)) {
    if (objects[name] !== undefined) Object.assign(objects[name], { description })
  }
}
