import { readFileSync } from 'node:fs'
import type { ValidationIssue } from '../../../src/fastapi/errors.ts'

interface RecordedBody {
  text?: string
  base64?: string
  repeat?: [text: string, times: number][]
}

/** The outcome of a FastAPI application that requires a file named `file` in a form. */
interface Recorded {
  name: string
  contentType?: string
  body: RecordedBody
  /** The detail of a 400. */
  error?: string
  /** The only item of a 422. */
  issue?: ValidationIssue
  /** The accepted file. */
  file?: { filename: string; contentType: string | null; size: number }
}

export const recorded: Recorded[] = JSON.parse(
  readFileSync(new URL('./recorded.json', import.meta.url), 'utf8'),
)

export function bytesOf({ text, base64, repeat }: RecordedBody): Buffer {
  if (base64 !== undefined) return Buffer.from(base64, 'base64')
  return Buffer.from(text ?? (repeat ?? []).map(([part, times]) => part.repeat(times)).join(''))
}
