const decoder = new TextDecoder('utf-8', { ignoreBOM: true })

/** Python's `urllib.parse.unquote`: malformed escapes stay, bytes that are no UTF-8 become U+FFFD. */
export function percentDecode(text: string): string {
  if (!text.includes('%')) return text
  try {
    return decodeURIComponent(text)
  } catch {
    return text.replace(/(?:%[0-9a-fA-F]{2})+/g, (escapes) =>
      decoder.decode(Buffer.from(escapes.replaceAll('%', ''), 'hex')),
    )
  }
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
