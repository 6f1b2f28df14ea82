import { MASK, maskKeys } from '../base/mask-keys.ts'
import { percentDecode, quote } from '../fastapi/percent.ts'
import { HIDDEN, hasConfidential, type Redaction, SHOWN } from './secret-fields.ts'

export { MASK } from '../base/mask-keys.ts'

/** A text that can be shown: without keys, and without lone surrogates, which no answer can hold. */
export function maskText(text: string): string {
  return maskKeys(text).toWellFormed()
}

/** How deep a value is shown, in levels. An answer holds a few levels more, and can nest some hundred. */
export const DEPTH_MAX = 100

/** A value as plain JSON that can be shown. Takes one step per member and never more levels than `DEPTH_MAX`. */
export function maskJson(value: unknown, visibility: Redaction = SHOWN, depth = 0): unknown {
  if (visibility === HIDDEN) return MASK
  if (typeof value !== 'object' || value === null) {
    return visibility.scalars ? maskScalar(value, visibility, depth) : MASK
  }
  if (depth === DEPTH_MAX) return `(nested more than ${DEPTH_MAX} levels deep)`
  if (Array.isArray(value)) {
    return value.map((item, index) => maskJson(item, visibility.of(index), depth + 1))
  }
  const { of, showsName } = visibility.narrow?.(value) ?? visibility
  let masked = 0
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => {
      // Each of its own, or one would take the place of another.
      const shown = showsName(name) ? maskText(name) : `${MASK}${++masked === 1 ? '' : masked}`
      return [shown, maskJson(member, of(name), depth + 1)]
    }),
  )
}

function maskScalar(value: unknown, visibility: Redaction, depth: number): unknown {
  if (typeof value === 'string') {
    return visibility !== SHOWN && hasConfidential(value, depth === 0) ? MASK : maskText(value)
  }
  // Python's JSON has NaN and infinities, which no answer can hold.
  return typeof value === 'number' && !Number.isFinite(value) ? String(value) : value
}

/** Headers and parameters whose value is nobody's business: credentials, under whatever name. */
const CREDENTIALS =
  /auth(?!or(?!i))|cookie|api[-_]?key|token|secret|passw|passphrase|credential|private[-_]?key/i

const CREDENTIAL = /^((?:bearer|basic|digest|token|apikey)\s+)?(apk_user_|apk_|cog_)?/i

/** Headers by their name in lower case; those of one name are joined by a comma, as in a Fetch `Headers`. */
export function maskHeaders(pairs: Iterable<readonly [string, string]>): Record<string, string> {
  const headers = new Map<string, string>()
  for (const [rawName, value] of pairs) {
    const name = maskText(rawName).toLowerCase()
    const masked = CREDENTIALS.test(name) ? maskCredentials(value) : maskText(value)
    const before = headers.get(name)
    headers.set(name, before === undefined ? masked : `${before}, ${masked}`)
  }
  return Object.fromEntries(headers)
}

/** Leaves the scheme, and of a key what says which kind it is: `Bearer apk_user_***`. */
function maskCredentials(value: string): string {
  // It matches the empty text, too.
  const [, scheme = '', kind = ''] = CREDENTIAL.exec(value) as RegExpExecArray
  return `${scheme}${kind}${MASK}`
}

/** A query as it was sent, and what it says. */
export interface MaskedQuery {
  raw: string
  pairs: [string, string][]
}

/** Whoever puts the fields of a body into the query must not find a secret in the journal either. */
export function maskQuery(raw: string, visibility: Redaction): MaskedQuery {
  const parameters = raw
    .split('&')
    .filter((segment) => segment !== '')
    .map((segment): { raw: string; pair: [string, string] } => {
      const separator = segment.indexOf('=')
      if (separator === -1) {
        const { raw, decoded } = maskName(segment, visibility)
        return { raw, pair: [decoded, ''] }
      }
      const name = maskName(segment.slice(0, separator), visibility)
      // Keys may hold equals signs, too.
      const isKey = CREDENTIALS.test(name.decoded) || /(?:apk|cog)_/i.test(name.decoded)
      const isShown = visibility.of(name.decoded).scalars && !isKey
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

/** A plus sign is a space, but may also be part of a key that was not encoded, so keys are looked for first. */
function maskPart(raw: string): { raw: string; decoded: string } {
  const masked = maskText(raw)
  return masked === raw
    ? { raw, decoded: percentDecode(raw.replaceAll('+', ' ')) }
    : { raw: quote(masked, MASK), decoded: masked }
}
