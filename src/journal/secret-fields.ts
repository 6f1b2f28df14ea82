import { CreateSessionParams } from '../schemas/v1/sessions.ts'
import type { RecordedRoute } from './journal.ts'

/** What of a value may be shown. */
export interface Visibility {
  /** Whether a text, a number or the like is. */
  readonly scalars: boolean
  /** What of a member or an item is. */
  readonly of: (name: string | number) => Visibility
}

/** Everything. */
export const SHOWN: Visibility = { scalars: true, of: () => SHOWN }

/** Nothing, whatever it is. */
export const HIDDEN: Visibility = { scalars: false, of: () => HIDDEN }

const SCALARS: Visibility = { scalars: true, of: () => HIDDEN }

/**
 * A secret: of its members those that are known to be harmless, so that a value in the wrong place, or of the wrong name or
 * type, is not shown either. A list is one of secrets.
 */
function secretWith(harmless: readonly string[]): Visibility {
  const secret: Visibility = {
    scalars: false,
    of: (name) => {
      if (typeof name === 'number') return secret
      return harmless.includes(name) ? SCALARS : HIDDEN
    },
  }
  return secret
}

const SECRET = secretWith(['type', 'key', 'sensitive', 'note'])
const SESSION_SECRET = secretWith(['key', 'sensitive'])

const SESSION_FIELDS = Object.keys(CreateSessionParams.properties)

/** A new session: secrets are also looked for under wrong names, and inside fields that the API does not know. */
const SESSION: Visibility = { scalars: false, of: sessionMember }
const UNKNOWN_OF_SESSION: Visibility = { scalars: true, of: sessionMember }

function sessionMember(name: string | number): Visibility {
  if (typeof name === 'number') return UNKNOWN_OF_SESSION
  if (name !== 'session_secrets' && SESSION_FIELDS.includes(name)) return SHOWN
  return /secret/i.test(name) ? SESSION_SECRET : UNKNOWN_OF_SESSION
}

const OPERATIONS: Readonly<Record<string, Visibility>> = {
  'POST /v1/secrets': SECRET,
  'POST /v1/sessions': SESSION,
}

/** What may be shown of the body that a route is sent. */
export function visibilityOf(route: Pick<RecordedRoute, 'method' | 'template'> | null): Visibility {
  return (route !== null && OPERATIONS[`${route.method} ${route.template}`]) || SHOWN
}
