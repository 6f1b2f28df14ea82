/**
 * How well a fact is known. `documented`: the vendor publishes it, or once did. `seen`: it was observed against the live
 * service, or in code that works against it. `guess`: it follows from something else, or is a choice.
 */
export type Confidence = 'documented' | 'seen' | 'guess'

/** One fact about the API: what the fake does, how well that is known, and where from. */
export type FidelityRow = Subject & {
  /** The question that the row answers. */
  readonly what: string
  /** The answer: a rule in words, or a status and the exact body, in which `<…>` stands for what differs from answer to answer. */
  readonly value: string
  readonly confidence: Confidence
  readonly source: string
  /** The flag that changes it. */
  readonly setting?: string
}

type Subject =
  | {
      /** `DELETE /v1/secrets/{secret_id}` */
      readonly operation: string
      readonly topic?: never
    }
  | {
      /** What a fact about more than one operation is about. */
      readonly topic: string
      readonly operation?: never
    }

/** The older, hand-written description of the API, which says more about answers than the current pages do. */
export const LEGACY_DOCUMENT = 'legacy openapi.yaml of docs.devin.ai'

/** What a real application of these versions answered to recorded requests. */
export const RECORDINGS =
  'FastAPI 0.115 recordings; the vendor publishes the documents of such an application'
