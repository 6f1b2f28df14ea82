import type { FastifySchema } from 'fastify'
import { Secret } from '../types.ts'
import contract from './contract.json' with { type: 'json' }
import type { OperationName } from './contract.ts'

/** A part of a JSON schema. */
interface Part {
  readonly $ref?: string
  readonly type?: string
  readonly anyOf?: readonly Part[]
  readonly items?: Part
  readonly properties?: Readonly<Record<string, Part>>
  readonly additionalProperties?: boolean | Part
  readonly required?: readonly string[]
  readonly [keyword: string]: unknown
}

interface Parameter {
  readonly in: string
  readonly name: string
  readonly required?: boolean
  readonly schema: Part
}

interface Operation {
  readonly parameters?: readonly Parameter[]
  readonly requestBody?: { readonly content: Readonly<Record<string, { schema: Part }>> }
  readonly responses: Readonly<
    Record<string, { readonly content?: Readonly<Record<string, { schema: Part }>> }>
  >
}

const paths = contract.paths as unknown as Readonly<Record<string, Readonly<Record<string, Operation>>>>
const components = contract.components.schemas as unknown as Readonly<Record<string, Part>>

/**
 * The members that hold secrets, by the names of their models. The marks have no effect on validation; the journal's masks follow
 * from them.
 */
const SECRETS: Readonly<Record<string, readonly string[]>> = {
  SecretCreateRequest: ['value'],
  SessionSecretInput: ['value'],
  AutomationWebhook: ['secret'],
  ServiceUserProvisionResponse: ['token'],
  ApiKeyTokenResponse: ['token'],
}

/** The members that the vendor publishes or its clients send, and the contract at hand does not have yet. */
const NEWER_MEMBERS: Readonly<Record<string, Readonly<Record<string, Part>>>> = {
  AutomationCondition: {
    operator: {
      title: 'Operator',
      type: 'string',
      enum: [...contract.components.schemas.AutomationCondition.properties.operator.enum, 'recurrence'],
    },
  },
  AutomationUpdateRequest: {
    metadata: {
      title: 'Metadata',
      type: 'object',
      additionalProperties: { anyOf: [{ type: 'string' }, { type: 'null' }] },
    },
  },
  CreateOrgBlueprintBody: { contents: { title: 'Contents', anyOf: [{ type: 'string' }, { type: 'null' }] } },
  PrReviewResponse: {
    status: {
      title: 'Status',
      type: 'string',
      enum: [...contract.components.schemas.PrReviewResponse.properties.status.enum, 'cancelled'],
    },
  },
}

/** The members that the contract at hand requires, and the vendor's clients omit. */
const OPTIONAL_MEMBERS: Readonly<Record<string, readonly string[]>> = {
  AutomationTrigger: ['conditions'],
}

/**
 * Returns the schemas that requests of an operation are validated with, as FastAPI validates those of its models, and those of its
 * responses.
 */
export function requestSchema(name: OperationName): FastifySchema {
  const [method, path] = name.split(' ') as [string, string]
  const methods = paths[path] as Readonly<Record<string, Operation>>
  const { parameters = [], requestBody, responses } = methods[method.toLowerCase()] as Operation
  const query = parameters.filter((parameter) => parameter.in === 'query')
  const [body] = Object.entries(requestBody?.content ?? {})
  return {
    ...(query.length > 0 && { querystring: querySchema(query) }),
    ...(body !== undefined && bodySchema(...body)),
    response: Object.fromEntries(
      Object.entries(responses).flatMap(([status, { content }]) => {
        const schema = content?.['application/json']?.schema
        return schema === undefined ? [] : [[status, resolve(schema)]]
      }),
    ),
  }
}

function querySchema(parameters: readonly Parameter[]): Part {
  return {
    type: 'object',
    properties: Object.fromEntries(
      parameters.map(({ name, schema }) => [name, withoutBounds(resolve(schema))]),
    ),
    required: parameters.flatMap(({ name, required }) => (required === true ? [name] : [])),
  }
}

/** The published bounds of query parameters are not enforced by validation. Handlers clamp the values. */
function withoutBounds({ minimum: _, maximum: __, ...schema }: Part): Part {
  return schema
}

/** Returns the schema of a body, which every operation that has one requires. A form is a model, also without a name. */
function bodySchema(type: string, { schema }: { readonly schema: Part }): FastifySchema {
  if (!type.startsWith('multipart/')) return { body: resolve(schema) }
  const body = schema.$ref === undefined ? model(schema) : resolve(schema)
  return { body, consumes: [type] } as FastifySchema
}

/** The keywords that pydantic enforces. `format` only where pydantic has a type for it. */
const KEYWORDS = ['type', 'enum', 'const', 'default', 'title', 'pattern']
const BOUNDS = ['minLength', 'maxLength', 'minimum', 'maximum', 'minItems', 'maxItems']
const FORMATS: readonly unknown[] = ['date-time', 'date', 'uuid']

/**
 * Returns a schema without references. Only components are models, and objects that contain them; another object within a schema is a
 * dictionary.
 */
function resolve(schema: Part): Part {
  if (schema.$ref !== undefined) {
    const name = schema.$ref.slice('#/components/schemas/'.length)
    const { properties, required = [] } = components[name] as Part
    const known = {
      properties: { ...properties, ...NEWER_MEMBERS[name] },
      required: required.filter((member) => OPTIONAL_MEMBERS[name]?.includes(member) !== true),
    }
    return { ...model(known, SECRETS[name]), title: name }
  }
  if (Object.values(schema.properties ?? {}).some(({ items }) => items?.$ref !== undefined)) {
    return model(schema)
  }
  const known = Object.entries(schema).filter(([keyword]) => [...KEYWORDS, ...BOUNDS].includes(keyword))
  return {
    ...Object.fromEntries(known),
    ...(FORMATS.includes(schema.format) && { format: schema.format }),
    ...(schema.anyOf !== undefined && { anyOf: schema.anyOf.map(resolve) }),
    ...(schema.items !== undefined && { items: resolve(schema.items) }),
    ...(schema.type === 'object' && { additionalProperties: valuesOf(schema) }),
  }
}

function valuesOf({ additionalProperties = true }: Part): boolean | Part {
  return typeof additionalProperties === 'object' ? resolve(additionalProperties) : true
}

/**
 * Returns the schema of a model, with marks on the members that hold secrets. The order of the fields is that of errors: the required
 * ones first, in the order of `required`.
 */
function model({ properties = {}, required = [] }: Part, secrets: readonly string[] = []): Part {
  const optional = Object.keys(properties).filter((name) => !required.includes(name))
  const fields = [...required, ...optional].map((name) => {
    const field = resolve(properties[name] as Part)
    return [name, secrets.includes(name) ? Secret(field) : field]
  })
  return { type: 'object', properties: Object.fromEntries(fields), required }
}
