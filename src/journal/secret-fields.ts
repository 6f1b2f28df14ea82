import { CreateSecretParams } from '../schemas/v1/secrets.ts'
import { CreateSessionParams } from '../schemas/v1/sessions.ts'
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
export const RESPONSE: Redaction = { scalars: true, of: () => RESPONSE, showsName: () => true }

const SCALARS: Redaction = { ...HIDDEN, scalars: true }

const SECRET_FIELDS = Object.keys(CreateSecretParams.properties)

/** Correct and incorrect member names that clients use for a secret. Other names are not shown, even similar ones: they may be values. */
const SECRET_NAMES = [
  ...SECRET_FIELDS,
  ...['name', 'secret', 'secrets', 'id', 'hint', 'description', 'is_sensitive', 'isSensitive'],
  ...['secret_name', 'secretName', 'secret_value', 'secretValue', 'secret_type', 'secretType'],
]

/**
 * Returns the rules for a secret or a list of secrets. Only scalar members with a harmless name are shown, so that a value in the wrong
 * place, or with the wrong name or type, stays hidden.
 */
function secretWith(harmless: readonly string[]): Redaction {
  const secret: Redaction = {
    scalars: false,
    of: (name) => {
      if (typeof name === 'number') return secret
      return harmless.includes(name) ? SCALARS : HIDDEN
    },
    showsName: (name) => SECRET_NAMES.includes(name),
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

/** Shows everything except what looks like a secret. It is for routes that expect no secret, but may receive one by mistake. */
export const OPEN: Redaction = {
  scalars: true,
  of: (name) => {
    if (typeof name === 'number' || !CONFIDENTIAL.test(name)) return OPEN
    return /secret/i.test(name) ? SESSION_SECRET : HIDDEN
  },
  showsName: () => true,
  narrow: (value) => {
    const count = SECRET_FIELDS.filter((name) => Object.hasOwn(value, name)).length
    return count >= SECRET_FIELDS_MIN ? SECRET : OPEN
  },
}

const SESSION_FIELDS = Object.keys(CreateSessionParams.properties)

/** Rules for a new session. */
const SESSION: Redaction = {
  ...OPEN,
  scalars: false,
  of: (name) => {
    // A JSON schema can contain any names.
    if (name === 'structured_output_schema') return SHOWN
    if (name !== 'session_secrets' && SESSION_FIELDS.includes(String(name))) return OPEN
    return OPEN.of(name)
  },
  narrow: (value) => (Object.hasOwn(value, 'prompt') ? SESSION : narrowed(value)),
}

function narrowed(value: object): Redaction {
  return OPEN.narrow?.(value) === SECRET ? SECRET : SESSION
}

const OPERATIONS: Readonly<Record<string, Redaction>> = {
  'POST /v1/secrets': SECRET,
  'POST /v1/sessions': SESSION,
}

/** Returns the rules for requests to a route. */
export function redactionOf(route: Pick<RecordedRoute, 'method' | 'template'> | null): Redaction {
  return (route !== null && OPERATIONS[`${route.method} ${route.template}`]) || OPEN
}

/** Matches a confidential name before its value in a string, such as doubly escaped JSON, a form or a header. */
const CONFIDENTIAL_TEXT = new RegExp(`(?:${CONFIDENTIAL.source})[\\w-]{0,40}\\\\*["']?\\s{0,9}[:=]`, 'i')

/** Returns whether a string is data with a named secret: doubly escaped JSON or, with `isWhole`, a whole body of another type. */
export function hasConfidential(text: string, isWhole: boolean): boolean {
  return (isWhole || /^\s*(?:\{|"|\[\s*[[{"])/.test(text)) && CONFIDENTIAL_TEXT.test(text)
}
