import type { TSchema } from '@sinclair/typebox'
import type { Ajv, ErrorObject, ValidateFunction } from 'ajv'
import { MASK } from '../base/mask-keys.ts'
import { RouteTree } from '../fastapi/route-tree.ts'
import { KnowledgeResponse, ListKnowledgeResponse } from '../schemas/v1/knowledge.ts'
import {
  LegacyAuditLogsResponse,
  LegacyAuthStatusResponse,
  LegacyEnterpriseConsumptionResponse,
} from '../schemas/v1/legacy.ts'
import { PlaybookResponse } from '../schemas/v1/playbooks.ts'
import { DeleteSecretResponse, SecretResponse } from '../schemas/v1/secrets.ts'
import { GetSessionResponse, ListSessionsResponse } from '../schemas/v1/sessions.ts'
import { OPERATIONS } from '../schemas/v3/contract.ts'
import type { Answer } from './api.ts'
import { FREE } from './describe.ts'

/** The successful answers of v1 that checks compare with their schema. */
const V1: Readonly<Record<string, TSchema | readonly [TSchema]>> = {
  'GET /v1/sessions': ListSessionsResponse,
  'GET /v1/sessions/{session_id}': GetSessionResponse,
  'GET /v1/session/{session_id}': GetSessionResponse,
  'GET /v1/secrets': [SecretResponse],
  'DELETE /v1/secrets/{secret_id}': DeleteSecretResponse,
  'GET /v1/knowledge': ListKnowledgeResponse,
  'POST /v1/knowledge': KnowledgeResponse,
  'PUT /v1/knowledge/{note_id}': KnowledgeResponse,
  'GET /v1/playbooks': [PlaybookResponse],
  'POST /v1/playbooks': PlaybookResponse,
  'GET /v1/playbooks/{playbook_id}': PlaybookResponse,
  'GET /v1/auth_status': LegacyAuthStatusResponse,
  'GET /v1/audit-logs': LegacyAuditLogsResponse,
  'GET /v1/enterprise/consumption': LegacyEnterpriseConsumptionResponse,
}

const operations = new RouteTree(
  [...Object.keys(V1), ...OPERATIONS].map((operation) => {
    const [method = '', path = ''] = operation.split(' ')
    return { method, path, pathParameter: 'repository_path' }
  }),
)

/** Returns the members that an answer lacks or has with another type; undefined if it fits the schema of its operation. */
export async function flawOf(answer: Answer): Promise<string | undefined> {
  const validate = await validatorOf(answer)
  if (validate(answer.json)) return undefined
  return textsOf(validate)
}

/** Returns the flaw of an answer as the problem body (RFC 9457) that v3 has for errors. */
export async function problemFlawOf({ json }: Answer): Promise<string | undefined> {
  const validate = await compiled('ProblemDetail', '#/components/schemas/ProblemDetail')
  if (validate(json)) return undefined
  return textsOf(validate)
}

/** Resolves with the compiled schema of the successful answers of an operation. */
async function validatorOf({ method, path, status }: Answer): Promise<ValidateFunction> {
  // The prefix of the beta serves the released operations, too.
  const match = operations.match(method, path) ?? operations.match(method, path.replace('/v3beta1/', '/v3/'))
  if (match === undefined) throw new TypeError(`there is no schema for ${method} ${path}`)
  const template = match.route.path
  const pointer = [
    template,
    method.toLowerCase(),
    'responses',
    status,
    'content',
    'application/json',
    'schema',
  ]
    .map((part) => encodeURIComponent(String(part).replaceAll('~', '~0').replaceAll('/', '~1')))
    .join('/')
  return compiled(`${method} ${template}`, `#/paths/${pointer}`)
}

const AJV_OPTIONS = { strict: false, validateFormats: false, allErrors: true }

const validators = new Map<string, ValidateFunction>()

async function compiled(name: string, pointer: string): Promise<ValidateFunction> {
  const known = validators.get(name)
  if (known !== undefined) return known
  const own = V1[name]
  const validate =
    own === undefined ? (await v3Schemas()).compile({ $ref: `contract${pointer}` }) : await compiledV1(own)
  validators.set(name, validate)
  return validate
}

/** Resolves with a compiled schema of v1. Each has an Ajv of its own, since some have the same `$id`. */
async function compiledV1(schema: TSchema | readonly [TSchema]): Promise<ValidateFunction> {
  const { Ajv } = await import('ajv')
  return new Ajv(AJV_OPTIONS).compile(Array.isArray(schema) ? { type: 'array', items: schema[0] } : schema)
}

let loading: Promise<Ajv> | undefined

/** Resolves with an Ajv that knows the contract of v3. It reads the document once, which takes 15 ms, and compiles only what is referred to. */
function v3Schemas(): Promise<Ajv> {
  loading ??= Promise.all([import('ajv'), import('../openapi/v3-contract.ts')]).then(
    ([{ Ajv }, { v3Contract }]) => new Ajv(AJV_OPTIONS).addSchema({ ...v3Contract, $id: 'contract' }),
  )
  return loading
}

/** Returns the first errors of a validation. */
function textsOf({ errors }: ValidateFunction): string {
  return [...new Set(errors?.map(textOf))].slice(0, 5).join('; ')
}

/** Matches the index of an item, or a name that the API may have chosen. */
const SHOWN_NAME = /^(?:\d{1,4}|[a-z][a-z_]*)$/

/** `/0/key must be string`. Names that a customer may have chosen are masked. */
function textOf({ instancePath, message }: ErrorObject): string {
  if (instancePath === '') return `the body ${message}`
  const names = instancePath.slice(1).split('/')
  const free = names.findIndex((name) => FREE.has(name))
  const shown = names.map((name, at) => {
    const isChosen = !SHOWN_NAME.test(name) || (free !== -1 && at > free)
    return isChosen ? MASK : name
  })
  return `/${shown.join('/')} ${message}`
}
