/** Decodes percent-escapes like Python's `urllib.parse.unquote`. Keeps malformed escapes and replaces invalid UTF-8 by U+FFFD. */
export function percentDecode(text: string): string {
  if (!text.includes('%')) return text
  // decodeURIComponent throws on invalid UTF-8, and a hundred thousand errors take a second.
  if (!NOT_PLAIN.test(text)) return decodeURIComponent(text)
  // biome-ignore lint/suspicious/noControlCharactersInRegex: this matches every ASCII character.
  return text.replace(/[\u0000-\u007f]+/g, decodeAscii)
}

/** Matches a malformed escape or one of a non-ASCII byte. */
const NOT_PLAIN = /%(?![0-7][\da-f])/i

/** Decodes byte by byte into one buffer, so that millions of escapes with invalid UTF-8 do not take seconds. */
function decodeAscii(text: string): string {
  const bytes = Buffer.allocUnsafe(text.length)
  let length = 0
  for (let at = 0; at < text.length; at++) {
    const high = text.charCodeAt(at) === PERCENT ? hexValue(text.charCodeAt(at + 1)) : -1
    const low = high === -1 ? -1 : hexValue(text.charCodeAt(at + 2))
    if (low === -1) bytes[length++] = text.charCodeAt(at)
    else {
      bytes[length++] = high * 16 + low
      at += 2
    }
  }
  return bytes.toString('utf8', 0, length)
}

const PERCENT = 0x25

/** Returns the value of a hexadecimal digit, or -1 for any other character and for NaN. */
function hexValue(code: number): number {
  if (code >= 0x30 && code <= 0x39) return code - 0x30
  const letter = code | 0x20
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : -1
}

/**
 * Percent-encodes the UTF-8 bytes of `text` like Python's `urllib.parse.quote`, except letters, digits, `_.-~` and the ASCII
 * characters in `safe`. A lone surrogate, for which Python raises an error, becomes U+FFFD.
 */
export function quote(text: string, safe: string): string {
  let quoted = ''
  for (const byte of Buffer.from(text, 'utf8')) {
    const character = String.fromCharCode(byte)
    const isSafe = byte < 0x80 && (/[\w.~-]/.test(character) || safe.includes(character))
    quoted += isSafe ? character : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`
  }
  return quoted
}

/** Removes the user and the password from an absolute URL such as `http://user:password@host/path`. */
export function withoutUser(url: string): string {
  if (url.startsWith('/')) return url
  return url.replace(/^([a-z][a-z\d+.-]*:\/\/)[^/]*@/i, '$1')
}
