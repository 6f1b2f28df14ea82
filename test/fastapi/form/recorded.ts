import { readFileSync } from 'node:fs'
import type { ValidationIssue } from '../../../src/fastapi/errors.ts'
import type { RecordedBody } from '../recorded-body.ts'

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
