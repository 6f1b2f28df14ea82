/** Descriptions of Node's error codes. */
const WORDS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens there',
  ENOTFOUND: 'the host is unknown',
  EAI_AGAIN: 'the host cannot be looked up',
  ECONNRESET: 'the connection was closed before the answer',
  UND_ERR_SOCKET: 'the connection was closed before the answer',
  EPIPE: 'the connection was closed before the answer',
  ETIMEDOUT: 'the connection timed out',
  EHOSTUNREACH: 'the host cannot be reached',
  ENETUNREACH: 'the network cannot be reached',
  EPROTO: 'what listens there does not speak TLS',
  ERR_SSL_WRONG_VERSION_NUMBER: 'what listens there does not speak TLS',
  ERR_SSL_PACKET_LENGTH_TOO_LONG: 'what listens there does not speak TLS',
}

/** Descriptions of families of error codes. */
const PATTERNS: readonly (readonly [RegExp, string])[] = [
  [/^HPE_/, 'what listens there does not speak HTTP'],
  [/CERT|_SIGNATURE$/, 'its certificate is not trusted'],
]

/** The maximum depth of nested errors to follow. An error may be its own cause. */
const DEPTH_MAX = 5

/**
 * Returns the reason for a failure in one sentence, e.g. `nothing listens there (ECONNREFUSED)`. Uses the innermost cause, and the
 * first error of an AggregateError (a host with two addresses). Falls back to the error's own text, so it always says something.
 */
export function reasonOf(error: unknown, depth = 0): string {
  const { code, message, cause, errors } = Object(error) as Record<string, unknown>
  if (cause !== undefined && depth < DEPTH_MAX) return reasonOf(cause, depth + 1)
  const [first] = Array.isArray(errors) ? errors : []
  if (first !== undefined && depth < DEPTH_MAX) return reasonOf(first, depth + 1)
  const said = typeof message === 'string' && message !== '' ? message : String(error)
  if (typeof code !== 'string') return said
  const words = WORDS[code] ?? PATTERNS.find(([pattern]) => pattern.test(code))?.[1]
  // The messages of certificate errors name the problem; the other messages only repeat the code.
  if (words === undefined || /certificate/.test(words))
    return `${words === undefined ? '' : `${words}: `}${said} (${code})`
  return `${words} (${code})`
}
