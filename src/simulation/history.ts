import type { Effect, Scenario } from './scenario.ts'

/** A user's message, and the moment from which its turn counts. Times are microseconds since the epoch. */
export interface ReceivedMessage {
  readonly eventId: string
  readonly at: number
  readonly text: string
  /** How often the session had been read before. */
  readonly reads: number
}

/** What was made to happen by hand. */
export interface HandMadeEvent {
  readonly at: number
  readonly effect: Effect
  /** How many messages of users had come before. Default 0; it counts where a message has the same moment. */
  readonly messages?: number
}

/** What happened to a session: all that its state at any moment follows from. */
export interface SessionHistory {
  readonly id: string
  readonly createdAt: number
  readonly prompt: string
  /** The title that the client chose. */
  readonly title: string | null
  /** Those that it was created with: what was said of them must not change with them. */
  readonly createdTags: readonly string[]
  readonly scenario: Scenario
  readonly promptEventId: string
  readonly messages: readonly ReceivedMessage[]
  /** When the session was read, the earliest first; kept only where the scenario counts reads. */
  readonly reads: readonly number[]
  /** What was made to happen by hand, in the order of time. */
  readonly events: readonly HandMadeEvent[]
  readonly terminatedAt: number | null
  /** How many ACUs the client lets it consume; null for as many as it takes. */
  readonly maxAcuLimit: number | null
  /** Data that fits the session's `structured_output_schema`. */
  readonly samples: { readonly full: unknown; readonly partial: unknown } | null
}
