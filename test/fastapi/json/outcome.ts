import { BodyDecodeError, JsonDecodeError } from '../../../src/fastapi/json/decode.ts'

export type Outcome = { value: unknown } | { error: string; position: number } | 'refused'

/** What a decoder does, as data that can be compared; an error of another kind is thrown on. */
export function outcomeOf(decode: () => unknown): Outcome {
  try {
    return { value: decode() }
  } catch (error) {
    if (error instanceof JsonDecodeError) return { error: error.message, position: error.position }
    if (error instanceof BodyDecodeError) return 'refused'
    throw error
  }
}
