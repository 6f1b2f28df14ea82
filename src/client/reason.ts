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

/** Matches the codes of Node's parser of HTTP. */
const NOT_HTTP = /^HPE_/

/** Matches the codes of errors about a certificate. Their messages name the problem; those of all others only repeat the code. */
const UNTRUSTED = /CERT|_SIGNATURE$/

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
  if (WORDS[code] !== undefined) return `${WORDS[code]} (${code})`
  if (NOT_HTTP.test(code)) return `what listens there does not speak HTTP (${code})`
  return `${UNTRUSTED.test(code) ? 'its certificate is not trusted: ' : ''}${said} (${code})`
}
