import { BodyDecodeError, JsonDecodeError } from '../../../src/fastapi/json/decode.ts'

export type Outcome = { value: unknown } | { error: string; position: number } | 'refused'

/** Returns the outcome of a decoder as comparable data. Rethrows other errors. */
export function outcomeOf(decode: () => unknown): Outcome {
  try {
    return { value: decode() }
  } catch (error) {
    if (error instanceof JsonDecodeError) return { error: error.message, position: error.position }
    if (error instanceof BodyDecodeError) return 'refused'
    throw error
  }
}
