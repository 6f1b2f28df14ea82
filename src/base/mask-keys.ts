/** Stands for what is not shown. */
export const MASK = '***'

/** An escape that may stand in the middle of a key: `\u0041`, `\x41`, `\/` behind any number of backslashes, or `&#65;`. */
const ESCAPE = String.raw`\\+(?:u[\da-f]{4}|u\{[\da-f]{1,8}\}|x[\da-f]{2}|/)|&(?:amp;)*#x?[\da-f]{1,8};`

/** What can be part of a key. */
const TAIL = '[^\\s"\'`<>,;&(){}[\\]\\\\]'

/** Whatever looks like a key of the API, up to what cannot be part of one. A loop of one class takes no stack, however long the text is. */
const KEY = new RegExp(
  `(apk_user_|apk_|cog_)(?:${TAIL}|${ESCAPE})${TAIL}*(?:(?:${ESCAPE})${TAIL}*){0,1000}`,
  'gi',
)

/** How many kinds of escapes may be nested in each other. */
const LAYERS_MAX = 8

/** How much of a text is looked through, in characters, so that no text holds the event loop for a tenth of a second. */
export const SCANNED_MAX = 2 * 2 ** 20

/**
 * A text without keys: of each, what says which kind it is stays (`apk_user_***`). Keys are also found behind escapes (of URLs, JSON,
 * HTML, and each of these again), in UTF-16 that was read as bytes, and in base64. A text that hides one is shown
 * unescaped, and one with more than `LAYERS_MAX` layers or `ESCAPES_MAX` escapes not at all. What comes after `SCANNED_MAX` characters is masked whole. Takes time in proportion to the text.
 */
export function maskKeys(text: string, mask = `$1${MASK}`): string {
  if (text.length > SCANNED_MAX) return maskKeys(text.slice(0, SCANNED_MAX), mask) + MASK
  const maskOnce = (one: string) => maskBase64(one.replace(KEY, mask))
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

/** How many characters that could begin an escape a text may have: to take away 100,000 escapes takes a tenth of a second. */
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

/** Anything that could be an escape; most texts have none. */
const ESCAPED = /[%\\&\0]/

const ESCAPES =
  /%(?:25)*([0-7][\da-f])|(?<!\\)\\+(?:u00([0-7][\da-f])|u\{0*([0-7][\da-f])\}|x([0-7][\da-f])|(\/))|&(?:amp;)*#(?:x0*([\da-f]{2})|0*(\d{2,3}));|\0/gi

/** Takes away escapes of ASCII characters, however often they are escaped in the same way. */
function decodeEscapes(text: string): string {
  if (!ESCAPED.test(text)) return text
  return text.replace(ESCAPES, (_whole: string, percent, unicode, braced, byte, slash, hex, decimal) => {
    const digits = percent ?? unicode ?? braced ?? byte ?? hex
    if (digits !== undefined) return String.fromCharCode(Number.parseInt(digits, 16))
    if (decimal !== undefined) return String.fromCharCode(Number(decimal))
    // A NUL is what UTF-16 that was read as bytes has between its characters.
    return slash ?? ''
  })
}

const BASE64 = /[\w+/-]/

/** Masks runs of base64 in which a key begins. */
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

/** Matches the base64 of the start of a key, at each of its three places in a group of three bytes. */
function makeBase64Key(): RegExp {
  const patterns = ['apk_', 'cog_'].flatMap((start) =>
    [0, 1, 2].map((offset) => base64Pattern(start, offset)),
  )
  return new RegExp(patterns.join('|'), 'g')
}

function base64Pattern(start: string, offset: number): string {
  // What the bytes around can make of each character that holds bits of the start.
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
