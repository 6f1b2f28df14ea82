/**
 * Returns a decoder for a client-supplied charset. Like Starlette's `_user_safe_decode`, it falls back to Latin-1 for an
 * unknown charset and for invalid bytes.
 */
export function createTextDecoder(charset: string): (bytes: Uint8Array) => string {
  const decode = lookUp(charset)
  return (bytes) => {
    try {
      return decode?.(bytes) ?? latin1(bytes)
    } catch {
      return latin1(bytes)
    }
  }
}

function lookUp(charset: string): ((bytes: Uint8Array) => string) | undefined {
  try {
    const label = charset.replace(/[^a-zA-Z0-9.]+/g, '-')
    const decoder = new TextDecoder(label, { fatal: true, ignoreBOM: true })
    if (decoder.encoding !== 'windows-1252') return (bytes) => decoder.decode(bytes)
    // The Encoding Standard maps the labels of Latin-1 and ASCII to windows-1252. Python does not.
    return charset.includes('1252') ? windows1252 : undefined
  } catch {
    return undefined
  }
}

/** The characters of windows-1252 for the bytes 80 to 9F. */
const C1_CHARACTERS = '€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008dŽ\u008f\u0090‘’“”•–—˜™š›œ\u009džŸ'

/** Decodes windows-1252 without TextDecoder, since Node 22.19 maps the bytes 80 to 9F to control characters, as in Latin-1. */
function windows1252(bytes: Uint8Array): string {
  return latin1(bytes).replace(/[\u0080-\u009f]/g, (control) =>
    C1_CHARACTERS.charAt(control.charCodeAt(0) - 0x80),
  )
}

function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1')
}
