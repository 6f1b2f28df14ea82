/**
 * Starlette's `_user_safe_decode`: a decoder for the charset that the client named, which falls back to Latin-1 for an
 * unknown charset and for bytes that do not fit.
 */
export function createTextDecoder(charset: string): (bytes: Uint8Array) => string {
  const decoder = lookUp(charset)
  return (bytes) => {
    try {
      return decoder?.decode(bytes) ?? latin1(bytes)
    } catch {
      return latin1(bytes)
    }
  }
}

function lookUp(charset: string): InstanceType<typeof TextDecoder> | undefined {
  try {
    const label = charset.replace(/[^a-zA-Z0-9.]+/g, '-')
    const decoder = new TextDecoder(label, { fatal: true, ignoreBOM: true })
    // The Encoding Standard takes Latin-1 and ASCII for windows-1252, Python does not.
    return decoder.encoding === 'windows-1252' && !charset.includes('1252') ? undefined : decoder
  } catch {
    return undefined
  }
}

function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1')
}
