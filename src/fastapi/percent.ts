/** Python's `urllib.parse.unquote`: malformed escapes stay, bytes that are no UTF-8 become U+FFFD. */
export function percentDecode(text: string): string {
  if (!text.includes('%')) return text
  // decodeURIComponent throws on what is no UTF-8, and a hundred thousand errors take a second.
  if (!NOT_PLAIN.test(text)) return decodeURIComponent(text)
  // biome-ignore lint/suspicious/noControlCharactersInRegex: every ASCII character is meant.
  return text.replace(/[\u0000-\u007f]+/g, decodeAscii)
}

/** An escape that does not stand for an ASCII character, or is none. */
const NOT_PLAIN = /%(?![0-7][\da-f])/i

/** Byte by byte into one buffer: millions of escapes that are no UTF-8 must not take seconds. */
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

/** What a hexadecimal digit counts for; -1 for any other character, or none. */
function hexValue(code: number): number {
  if (code >= 0x30 && code <= 0x39) return code - 0x30
  const letter = code | 0x20
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : -1
}

/**
 * Python's `urllib.parse.quote`: the UTF-8 bytes of `text`, percent-encoded but for letters, digits, `_.-~` and the
 * ASCII characters in `safe`. A lone surrogate, on which Python raises, is written as U+FFFD.
 */
export function quote(text: string, safe: string): string {
  let quoted = ''
  for (const byte of Buffer.from(text, 'utf8')) {
    const character = String.fromCharCode(byte)
    const stays = byte < 0x80 && (/[\w.~-]/.test(character) || safe.includes(character))
    quoted += stays ? character : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`
  }
  return quoted
}

/** An absolute address without the user and the password that it may name: `http://user:password@host/path`. */
export function withoutUser(address: string): string {
  return address.replace(/^([a-z][a-z\d+.-]*:\/\/)[^/]*@/i, '$1')
}
