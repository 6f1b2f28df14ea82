/** The body of a recorded request: a text, bytes, or repeated texts. */
export interface RecordedBody {
  text?: string
  base64?: string
  repeat?: [text: string, times: number][]
}

/** Returns the bytes of a recorded body. */
export function bytesOf({ text, base64, repeat }: RecordedBody): Buffer {
  if (base64 !== undefined) return Buffer.from(base64, 'base64')
  return Buffer.from(text ?? (repeat ?? []).map(([part, times]) => part.repeat(times)).join(''))
}
