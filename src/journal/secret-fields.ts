import { CreateSecretParams } from '../schemas/v1/secrets.ts'
import { CreateSessionParams } from '../schemas/v1/sessions.ts'
import type { RecordedRoute } from './journal.ts'

/** What of a value may be shown. */
export interface Redaction {
  /** Whether a text, a number or the like is. */
  readonly scalars: boolean
  /** What of a member or an item is. */
  readonly of: (name: string | number) => Redaction
  /** Whether the name of a member is. A client that mixes up names and values sends a secret as a name. */
  readonly showsName: (name: string) => boolean
  /** What of an object is, by its members. Default: the same. */
  readonly narrow?: (value: object) => Redaction
}

/** Everything. */
export const SHOWN: Redaction = { scalars: true, of: () => SHOWN, showsName: () => true }

/** Nothing, whatever it is. */
export const HIDDEN: Redaction = { scalars: false, of: () => HIDDEN, showsName: () => false }

/** Everything but texts that hold a secret as data. */
export const ANSWER: Redaction = { scalars: true, of: () => ANSWER, showsName: () => true }

const SCALARS: Redaction = { ...HIDDEN, scalars: true }

const SECRET_FIELDS = Object.keys(CreateSecretParams.properties)

/** Names that clients give to the members of a secret, rightly or wrongly. A name near to one may be a value, so it is not shown. */
const SECRET_NAMES = [
  ...SECRET_FIELDS,
  ...['name', 'secret', 'secrets', 'id', 'hint', 'description', 'is_sensitive', 'isSensitive'],
  ...['secret_name', 'secretName', 'secret_value', 'secretValue', 'secret_type', 'secretType'],
]

/**
 * A secret: of its members those that are known to be harmless, so that a value in the wrong place, or of the wrong name or
 * type, is not shown either. A list is one of secrets.
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

/** Names of credentials and of values of secrets, as clients write them. */
const CONFIDENTIAL =
  /secret|value|(?:^|[^a-z])val(?![a-z])|passw|passphrase|token|credential|api[-_]?key|private[-_]?key|totp|otpauth|authorization|cookie/i

/** The most fields of a secret that anything else happens to have. */
const SECRET_FIELDS_MIN = 3

/** Anything that is not known to hold secrets, but that a secret may have been sent to by mistake. */
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

/** A new session. */
const SESSION: Redaction = {
  ...OPEN,
  scalars: false,
  of: (name) => {
    // A JSON schema has whatever names its author wants.
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

/** What may be shown of what a route is sent. */
export function visibilityOf(route: Pick<RecordedRoute, 'method' | 'template'> | null): Redaction {
  return (route !== null && OPERATIONS[`${route.method} ${route.template}`]) || OPEN
}

/** A confidential name and what it stands for, in a text: JSON that was escaped once more, a form, a header. */
const CONFIDENTIAL_TEXT = new RegExp(`(?:${CONFIDENTIAL.source})[\\w-]{0,40}\\\\*["']?\\s{0,9}[:=]`, 'i')

/** Whether a text is data in which a secret is named: JSON that was escaped twice, or with `isWhole`, a whole body of another type. */
export function hasConfidential(text: string, isWhole: boolean): boolean {
  return (isWhole || /^\s*(?:\{|"|\[\s*[[{"])/.test(text)) && CONFIDENTIAL_TEXT.test(text)
}
