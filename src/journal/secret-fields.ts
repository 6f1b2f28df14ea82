import { listOf } from '../fastapi/list-of.ts'
import { isSecret } from '../schemas/types.ts'
import type { RecordedRoute } from './journal.ts'

/** Rules for the parts of a value that may be shown. */
export interface Redaction {
  /** Whether scalars are shown. */
  readonly scalars: boolean
  /** Returns the rules for a member or an item. */
  readonly of: (name: string | number) => Redaction
  /** Returns whether the name of a member is shown. A client that confuses names and values sends a secret as a name. */
  readonly showsName: (name: string) => boolean
  /** Returns the rules for an object by its members. Default: the same rules. */
  readonly narrow?: (value: object) => Redaction
}

/** Shows everything. */
export const SHOWN: Redaction = { scalars: true, of: () => SHOWN, showsName: () => true }

/** Shows nothing. */
export const HIDDEN: Redaction = { scalars: false, of: () => HIDDEN, showsName: () => false }

/** Shows everything except strings that contain a secret as data. */
const RESPONSE: Redaction = { scalars: true, of: () => RESPONSE, showsName: () => true }

const SCALARS: Redaction = { ...HIDDEN, scalars: true }

/** The fields of a secret, in both generations of the API. */
const SECRET_FIELDS = ['type', 'key', 'value', 'sensitive', 'is_sensitive', 'note']

/** Correct and incorrect member names that clients use for a secret. Other names are not shown, even similar ones: they may be values. */
const SECRET_NAMES = [
  ...SECRET_FIELDS,
  ...['name', 'secret', 'secrets', 'id', 'hint', 'description', 'isSensitive'],
  ...['secret_name', 'secretName', 'secret_value', 'secretValue', 'secret_type', 'secretType'],
]

/**
 * Returns the rules for an object that holds a secret, or a list of such objects. Only scalar members with a harmless name are shown,
 * so that a value in the wrong place, or with the wrong name or type, stays hidden.
 */
function secretWith(harmless: readonly string[]): Redaction {
  const secret: Redaction = {
    scalars: false,
    of: (name) => {
      if (typeof name === 'number') return secret
      return harmless.includes(name) ? SCALARS : HIDDEN
    },
    showsName: (name) => SECRET_NAMES.includes(name) || harmless.includes(name),
  }
  return secret
}

const SECRET = secretWith(['type', 'key', 'sensitive', 'note'])
const SESSION_SECRET = secretWith(['key', 'sensitive'])

/** Matches names of credentials and of values of secrets, in the spellings that clients use. */
const CONFIDENTIAL =
  /secret|value|(?:^|[^a-z])val(?![a-z])|passw|passphrase|token|credential|api[-_]?key|private[-_]?key|totp|otpauth|authorization|cookie/i

/** The minimum number of a secret's fields in an object that is treated as a secret. */
const SECRET_FIELDS_MIN = 3

/** Shows everything except what looks like a secret. For values that should not contain a secret, but may by mistake. */
const OPEN: Redaction = {
  scalars: true,
  of: (name) => {
    if (typeof name === 'number' || !CONFIDENTIAL.test(name)) return OPEN
    return /secret/i.test(name) ? SESSION_SECRET : HIDDEN
  },
  showsName: () => true,
  narrow: (value) => (looksLikeSecret(value) ? SECRET : OPEN),
}

function looksLikeSecret(value: object): boolean {
  return SECRET_FIELDS.filter((name) => Object.hasOwn(value, name)).length >= SECRET_FIELDS_MIN
}

/** The parts of a JSON schema that rules follow from. */
interface SchemaPart {
  readonly properties?: Readonly<Record<string, SchemaPart>>
  readonly required?: readonly string[]
  readonly items?: SchemaPart
  readonly anyOf?: readonly SchemaPart[]
}

/** Members that hold a JSON schema, which can contain any names. */
const SCHEMA_MEMBERS = ['structured_output_schema']

/** Returns whether a value of a schema can contain a secret. */
function holdsSecret(schema: SchemaPart): boolean {
  const { properties = {}, items, anyOf = [] } = schema
  return isSecret(schema) || [...Object.values(properties), ...anyOf, ...listOf(items)].some(holdsSecret)
}

/** Returns the rules for a value in a request that a schema describes. Its secrets are those that the schema marks. */
function requestRules(schema: SchemaPart): Redaction {
  if (isSecret(schema)) return HIDDEN
  const parts = schema.anyOf ?? [schema]
  const items = parts.find((part) => part.items !== undefined)?.items
  if (items !== undefined) return listRules(items)
  const { properties, required = [] } = parts.find((part) => part.properties !== undefined) ?? {}
  if (properties === undefined) return OPEN
  const members = Object.entries(properties)
  if (members.some(([, member]) => isSecret(member))) {
    return secretWith(members.flatMap(([name, member]) => (isSecret(member) ? [] : [name])))
  }
  const known = new Map(
    members.map(([name, member]) => [name, SCHEMA_MEMBERS.includes(name) ? SHOWN : requestRules(member)]),
  )
  const expectsSecret = holdsSecret(schema)
  const isComplete = (value: object) =>
    required.length > 0 && required.every((name) => Object.hasOwn(value, name))
  const rules: Redaction = {
    // In place of an object with secrets, a text may be a secret.
    scalars: !expectsSecret,
    of: (name) => known.get(String(name)) ?? OPEN.of(name),
    showsName: OPEN.showsName,
    narrow: (value) => (looksLikeSecret(value) && !(expectsSecret && isComplete(value)) ? SECRET : rules),
  }
  return rules
}

function listRules(items: SchemaPart): Redaction {
  const inner = requestRules(items)
  const isOfSecrets = Object.values(items.properties ?? {}).some(isSecret)
  // The rules of a secret also apply to a list of secrets.
  if (isOfSecrets || inner === OPEN || inner === HIDDEN) return inner
  // An object in place of the list is narrowed to other rules.
  return { ...OPEN, scalars: inner.scalars, of: () => inner }
}

/** Returns the rules for a value in a response that a schema describes. */
function responseRules(schema: SchemaPart): Redaction {
  if (isSecret(schema)) return HIDDEN
  if (!holdsSecret(schema)) return RESPONSE
  const parts = schema.anyOf ?? [schema]
  const items = parts.find((part) => part.items !== undefined)?.items
  const properties = parts.find((part) => part.properties !== undefined)?.properties
  const inner = new Map(
    Object.entries(properties ?? {}).map(([name, member]) => [name, responseRules(member)]),
  )
  const ofItems = items === undefined ? RESPONSE : responseRules(items)
  return { ...RESPONSE, of: (name) => (typeof name === 'number' ? ofItems : (inner.get(name) ?? RESPONSE)) }
}

/** Returns a function that derives rules from a schema once. */
function once(
  derive: (schema: SchemaPart) => Redaction,
): (schema: unknown, otherwise: Redaction) => Redaction {
  const derived = new WeakMap<object, Redaction>()
  return (schema, otherwise) => {
    if (typeof schema !== 'object' || schema === null) return otherwise
    const rules = derived.get(schema) ?? derive(schema)
    derived.set(schema, rules)
    return rules
  }
}

const requestRulesOnce = once(requestRules)
const responseRulesOnce = once(responseRules)

/** Returns the rules for requests to a route. Nothing is shown while its schemas are not loaded. */
export function redactionOf(route: Pick<RecordedRoute, 'schema'> | null): Redaction {
  if (route === null) return OPEN
  return route.schema === undefined ? HIDDEN : requestRulesOnce(route.schema.body, OPEN)
}

/** Returns the rules for responses of a route with a status. */
export function responseRedactionOf(
  route: Pick<RecordedRoute, 'schema'> | null,
  status: number | null,
): Redaction {
  if (route === null) return RESPONSE
  if (route.schema === undefined) return HIDDEN
  const { response = {} } = route.schema
  return responseRulesOnce((response as Readonly<Record<string, unknown>>)[String(status)], RESPONSE)
}

/** Matches a confidential name before its value in a string, such as doubly escaped JSON, a form or a header. */
const CONFIDENTIAL_TEXT = new RegExp(`(?:${CONFIDENTIAL.source})[\\w-]{0,40}\\\\*["']?\\s{0,9}[:=]`, 'i')

/** Returns whether a string is data with a named secret: doubly escaped JSON or, with `isWhole`, a whole body of another type. */
export function hasConfidential(text: string, isWhole: boolean): boolean {
  return (isWhole || /^\s*(?:\{|"|\[\s*[[{"])/.test(text)) && CONFIDENTIAL_TEXT.test(text)
}
