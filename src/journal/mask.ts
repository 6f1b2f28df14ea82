import { MASK, maskKeys } from '../base/mask-keys.ts'
import { percentDecode, quote } from '../fastapi/percent.ts'
import { HIDDEN, hasConfidential, type Redaction, SHOWN } from './secret-fields.ts'

export { MASK } from '../base/mask-keys.ts'

/** Masks keys in a string and replaces lone surrogates, which cannot be encoded. */
export function maskText(text: string): string {
  return maskKeys(text).toWellFormed()
}

/** The maximum depth of a shown value, in levels. A response adds a few levels, and can contain several hundred. */
export const DEPTH_MAX = 100

/** Returns a redacted copy of a value as plain JSON. It takes one step per member and at most `DEPTH_MAX` levels. */
export function maskJson(value: unknown, redaction: Redaction = SHOWN, depth = 0): unknown {
  if (redaction === HIDDEN) return MASK
  if (typeof value !== 'object' || value === null) {
    return redaction.scalars ? maskScalar(value, redaction, depth) : MASK
  }
  if (depth === DEPTH_MAX) return `(nested more than ${DEPTH_MAX} levels deep)`
  if (Array.isArray(value)) {
    return value.map((item, index) => maskJson(item, redaction.of(index), depth + 1))
  }
  const { of, showsName } = redaction.narrow?.(value) ?? redaction
  let masked = 0
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => {
      // Masked names are numbered, so that they do not overwrite each other.
      const shown = showsName(name) ? maskText(name) : `${MASK}${++masked === 1 ? '' : masked}`
      return [shown, maskJson(member, of(name), depth + 1)]
    }),
  )
}

function maskScalar(value: unknown, redaction: Redaction, depth: number): unknown {
  if (typeof value === 'string') {
    return redaction !== SHOWN && hasConfidential(value, depth === 0) ? MASK : maskText(value)
  }
  // Python's JSON contains NaN and infinities, which a response cannot.
  return typeof value === 'number' && !Number.isFinite(value) ? String(value) : value
}

/** Matches names of headers and parameters that contain credentials. */
const CREDENTIALS =
  /auth(?!or(?!i))|cookie|api[-_]?key|token|secret|passw|passphrase|credential|private[-_]?key/i

const CREDENTIAL = /^((?:bearer|basic|digest|token|apikey)\s+)?(apk_user_|apk_|cog_|devin-session-token\$)?/i

/** Returns masked headers by lower-case name. Values of the same name are joined by a comma, as in a Fetch `Headers`. */
export function maskHeaders(pairs: Iterable<readonly [string, string]>): Record<string, string> {
  const headers = new Map<string, string>()
  for (const [rawName, value] of pairs) {
    const name = maskText(rawName).toLowerCase()
    const masked = maskHeader(name, value)
    const before = headers.get(name)
    headers.set(name, before === undefined ? masked : `${before}, ${masked}`)
  }
  return Object.fromEntries(headers)
}

/** Returns the masked value of a header. */
export function maskHeader(name: string, value: string): string {
  return CREDENTIALS.test(name) ? maskCredentials(value) : maskText(value)
}

/** Masks credentials except for the scheme and the prefix of a key: `Bearer apk_user_***`. */
function maskCredentials(value: string): string {
  // The pattern also matches the empty string, so the result is never null.
  const [, scheme = '', kind = ''] = CREDENTIAL.exec(value) as RegExpExecArray
  return `${scheme}${kind}${MASK}`
}

/** A masked query, raw and as decoded pairs. */
export interface MaskedQuery {
  raw: string
  pairs: [string, string][]
}

/** Masks a query. The rules of the body also apply, in case a client sends its fields in the query. */
export function maskQuery(raw: string, redaction: Redaction): MaskedQuery {
  const parameters = raw
    .split('&')
    .filter((segment) => segment !== '')
    .map((segment): { raw: string; pair: [string, string] } => {
      const separator = segment.indexOf('=')
      if (separator === -1) {
        const { raw, decoded } = maskName(segment, redaction)
        return { raw, pair: [decoded, ''] }
      }
      const rawName = segment.slice(0, separator)
      const name = maskName(rawName, redaction)
      // A key can contain equals signs. The raw name is tested, because decoding `%capk_` destroys the start of a key.
      const isKey = CREDENTIALS.test(name.decoded) || maskKeys(`${rawName}=`) !== `${rawName}=`
      const isShown = redaction.of(name.decoded).scalars && !isKey
      const value = isShown ? maskPart(segment.slice(separator + 1)) : HIDDEN_PART
      return { raw: `${name.raw}=${value.raw}`, pair: [name.decoded, value.decoded] }
    })
  return { raw: parameters.map(({ raw }) => raw).join('&'), pairs: parameters.map(({ pair }) => pair) }
}

function maskName(raw: string, { showsName }: Redaction): { raw: string; decoded: string } {
  const name = maskPart(raw)
  return showsName(name.decoded) ? name : HIDDEN_PART
}

const HIDDEN_PART = { raw: MASK, decoded: MASK }

/** Masks and decodes a part of a query. Keys are masked first, since a plus sign may be a space or part of an unencoded key. */
function maskPart(raw: string): { raw: string; decoded: string } {
  const masked = maskText(raw)
  return masked === raw
    ? { raw, decoded: percentDecode(raw.replaceAll('+', ' ')) }
    : { raw: quote(masked, MASK), decoded: masked }
}
