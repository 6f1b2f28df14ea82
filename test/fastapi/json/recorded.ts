import { readFileSync } from 'node:fs'
import type { RecordedBody } from '../recorded-body.ts'

/** The outcome of a FastAPI application for a request body: `refused` is its 400, `unencodable` its 500. */
interface Recorded {
  name: string
  body: RecordedBody
  outcome: 'parsed' | 'error' | 'refused' | 'unencodable'
  /** The message of the decoder's error at `position`. */
  error?: string
  position?: number
  /** The whole body as JSON text, if the answer contained it as `input`. */
  echo?: string
}

export const recorded: Recorded[] = JSON.parse(
  readFileSync(new URL('./recorded.json', import.meta.url), 'utf8'),
)
