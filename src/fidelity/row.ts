import type { AnswerName } from '../answers/questions.ts'

/**
 * The evidence for a fact. `documented`: the vendor publishes it, or once did. `seen`: it was observed with the live
 * service, or in code that works with it. `guess`: it is derived from other facts, or is a choice.
 */
export type Confidence = 'documented' | 'seen' | 'guess'

/** One fact about the API: the fake's behavior, the confidence in it, and its source. */
export type FidelityRow = Subject & {
  /** The question that the row answers. */
  readonly what: string
  /** The answer: a rule in prose, or a status and the exact body, with `<…>` for the parts that vary. */
  readonly value: string
  /** The evidence for the answer. */
  readonly confidence: Confidence
  /** Where the answer comes from. */
  readonly source: string
  /** The flag that changes the answer. */
  readonly setting?: string
  /** The open question to which it is one of the answers. */
  readonly question?: AnswerName
}

type Subject =
  | {
      /** `DELETE /v1/secrets/{secret_id}` */
      readonly operation: string
      /** Absent, because the row concerns one operation. */
      readonly topic?: never
    }
  | {
      /** The subject of a fact about several operations. */
      readonly topic: string
      /** Absent, because the row concerns several operations. */
      readonly operation?: never
    }

/** The older, handwritten OpenAPI document, which has more details about answers than the current pages. */
export const LEGACY_DOCUMENT = 'legacy openapi.yaml of docs.devin.ai'

/** The recorded responses of a real FastAPI application. */
export const RECORDINGS =
  'FastAPI 0.115 recordings; the documents that the vendor publishes come from such an application'

/** Returns whether a row's value is an exact status and body, not a rule in words. */
export function isExact(value: string): boolean {
  return /^\d{3}(?: (?:[[{"]|null$|Internal Server Error$)|$)/.test(value)
}
