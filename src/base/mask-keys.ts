/** The replacement for masked text. */
export const MASK = '***'

/** An escape inside a key: `\u0041`, `\x41` or `\/` after any number of backslashes, or `&#65;`. */
const ESCAPE = String.raw`\\+(?:u[\da-f]{4}|u\{[\da-f]{1,8}\}|x[\da-f]{2}|/)|&(?:amp;)*#x?[\da-f]{1,8};`

/** A character that can be part of a key. */
const TAIL = '[^\\s"\'`<>,;&(){}[\\]\\\\]'

/** A key of the API. Repeating a single character class needs no stack, regardless of the length of the text. */
const KEY = new RegExp(
  `(apk_user_|apk_|cog_|devin-session-token\\\\*\\$)(?:${TAIL}|${ESCAPE})${TAIL}*(?:(?:${ESCAPE})${TAIL}*){0,1000}`,
  'gi',
)

/** The start of a key. Most texts have none, and testing for it takes a third of the time of a replacement. */
const KEY_START = /apk_|cog_/i

/** The start of the credential of the command line. Searching for a text is faster than a further alternative in the pattern. */
const SESSION_TOKEN_START = 'devin-session-token'

/** The maximum number of nested escape layers. */
const LAYERS_MAX = 8

/** The maximum number of characters to scan, so that no text blocks the event loop for a tenth of a second. */
export const SCANNED_MAX = 2 * 2 ** 20

/**
 * Masks the keys in a text, except for their prefixes (`apk_user_***`). Also finds keys in escaped text (URL, JSON
 * and HTML escapes, also nested), in UTF-16 decoded as bytes, and in base64. Text with an escaped key is returned
 * unescaped. Text with more than `LAYERS_MAX` layers or `ESCAPES_MAX` escapes is masked completely, and so is
 * everything after `SCANNED_MAX` characters. Runs in linear time.
 */
export function maskKeys(text: string, mask = `$1${MASK}`): string {
  if (text.length > SCANNED_MAX) return maskKeys(text.slice(0, SCANNED_MAX), mask) + MASK
  const maskOnce = (input: string) => maskBase64(mayHaveKey(input) ? input.replace(KEY, mask) : input)
  if (hasTooManyEscapes(text)) return MASK
  let shown = maskOnce(text)
  let inner = shown
  for (let layer = 0; layer <= LAYERS_MAX; layer++) {
    const decoded = decodeEscapes(inner)
    if (decoded === inner) return shown
    inner = maskOnce(decoded)
    if (inner !== decoded) shown = inner
  }
  return MASK
}

function mayHaveKey(text: string): boolean {
  return KEY_START.test(text) || text.includes(SESSION_TOKEN_START)
}

/** The maximum number of characters that can start an escape. Decoding 100,000 escapes takes a tenth of a second. */
const ESCAPES_MAX = 100_000

function hasTooManyEscapes(text: string): boolean {
  if (text.length <= ESCAPES_MAX) return false
  let count = 0
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if ((code === 0x25 || code === 0x5c || code === 0x26 || code === 0) && ++count > ESCAPES_MAX) return true
  }
  return false
}

/** A character that can start an escape. Most texts have none. */
const ESCAPED = /[%\\&\0]/

const ESCAPES =
  /%(?:25)*([0-7][\da-f])|(?<!\\)\\+(?:u00([0-7][\da-f])|u\{0*([0-7][\da-f])\}|x([0-7][\da-f])|(\/))|&(?:amp;)*#(?:x0*([\da-f]{2})|0*(\d{2,3}));|\0/gi

/** Decodes escapes of ASCII characters, including those escaped repeatedly in the same way. */
function decodeEscapes(text: string): string {
  if (!ESCAPED.test(text)) return text
  return text.replace(ESCAPES, (_whole: string, percent, unicode, braced, byte, slash, hex, decimal) => {
    const digits = percent ?? unicode ?? braced ?? byte ?? hex
    if (digits !== undefined) return String.fromCharCode(Number.parseInt(digits, 16))
    if (decimal !== undefined) return String.fromCharCode(Number(decimal))
    // UTF-16 decoded as bytes has a NUL between its characters.
    return slash ?? ''
  })
}

const BASE64 = /[\w+/-]/

/** Masks runs of base64 that contain the start of a key. */
function maskBase64(text: string): string {
  base64Key ??= makeBase64Key()
  base64Key.lastIndex = 0
  let shown = ''
  let end = 0
  for (let match = base64Key.exec(text); match !== null; match = base64Key.exec(text)) {
    let start = match.index
    while (start > end && BASE64.test(text.charAt(start - 1))) start--
    shown += text.slice(end, start) + MASK
    end = base64Key.lastIndex
    while (end < text.length && /[\w+/=-]/.test(text.charAt(end))) end++
    base64Key.lastIndex = end
  }
  return end === 0 ? text : shown + text.slice(end)
}

let base64Key: RegExp | undefined

/** Returns a pattern for the base64 of the start of a key, at each of the three offsets in a group of three bytes. */
function makeBase64Key(): RegExp {
  const patterns = ['apk_', 'cog_', SESSION_TOKEN_START].flatMap((start) =>
    [0, 1, 2].map((offset) => base64Pattern(start, offset)),
  )
  return new RegExp(patterns.join('|'), 'g')
}

function base64Pattern(start: string, offset: number): string {
  // For each character that contains bits of the start: all characters that the adjacent bytes can produce.
  const first = Math.floor((offset * 8) / 6)
  const end = Math.ceil(((offset + start.length) * 8) / 6)
  const characters = Array.from({ length: end - first }, () => new Set<string>())
  for (let byte = 0; byte < 256; byte++) {
    const around = Buffer.alloc(3, byte)
    const bytes = Buffer.concat([around.subarray(0, offset), Buffer.from(start), around])
    const text = bytes.toString('base64').slice(first, end)
    for (const [at, set] of characters.entries()) set.add(text.charAt(at))
  }
  return characters.map((set) => `[${[...set].join('').replace('+', '+\\-').replace('/', '/_')}]`).join('')
}
