import { OpenError, UnavailableError } from './types.ts'

/** Reasons by error code, of the server (five characters: https://www.postgresql.org/docs/current/errcodes-appendix.html) or the system. */
const REASONS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'no server listens there',
  ECONNRESET: 'the server has closed the connection',
  EPIPE: 'the server has closed the connection',
  ENOTFOUND: 'there is no such host',
  EAI_AGAIN: 'there is no such host, or no network',
  EHOSTUNREACH: 'the host cannot be reached',
  ENETUNREACH: 'the host cannot be reached',
  ETIMEDOUT: 'the host does not answer',
  ENOENT: 'no server listens there',
  ERR_INVALID_URL: 'the URL is not valid',
  '25006': 'the database is read-only',
  '28000': 'the server refuses this user',
  '28P01': 'the password is wrong, or there is no such user',
  '3D000': 'there is no such database',
  '42501': 'this user may not create or use the tables',
  '53100': 'the disk of the server is full',
  '53300': 'the server has too many connections',
  '55P03': 'another process has not finished within ten seconds',
  '57014': 'a statement took too long, or was cancelled',
  '57P01': 'the server has closed the connection',
  '57P02': 'the server has closed the connection',
  '57P03': 'the server is starting or stopping',
}

/** The codes of transient errors. */
const TRANSIENT = new Set(['53300', '55P03', '57P01', '57P02', '57P03'])

/** Reasons of errors of the client, which have no codes. */
const CLIENT_REASONS: readonly (readonly [RegExp, string])[] = [
  [/^timeout expired/, 'no PostgreSQL server has answered in time'],
  [/client password must be a/, 'the server asks for a password'],
  [/does not support SSL/, 'the server does not support TLS'],
  [/establishing an SSL connection|received invalid response/, 'no PostgreSQL server answers there'],
  [/^Connection terminated|not queryable/, 'the server has closed the connection'],
]

function reasonOf(error: unknown): string {
  const { code, message } = error as { readonly code?: string; readonly message: string }
  const known = REASONS[String(code)] ?? CLIENT_REASONS.find(([pattern]) => pattern.test(message))?.[1]
  return known ?? message
}

/** Returns the error for a call that has failed. */
export function unavailable(where: string, error: unknown): UnavailableError {
  return error instanceof UnavailableError ? error : new UnavailableError(`${where}: ${reasonOf(error)}`)
}

/** Returns the error for a database that could not be opened. */
export function openError(where: string, error: unknown): OpenError | UnavailableError {
  if (error instanceof OpenError || error instanceof UnavailableError) return error
  const { code } = error as { readonly code?: string }
  return TRANSIENT.has(String(code))
    ? unavailable(where, error)
    : new OpenError(`${where}: ${reasonOf(error)}`)
}
