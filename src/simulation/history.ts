import type { Effect, Scenario } from './scenario.ts'

/** The sender of a message. A service user has no email address. */
export interface Sender {
  readonly id: string
  readonly email: string | null
  readonly name: string
}

/** A message from a user, which may start a turn. Times are in microseconds since the epoch. */
export interface ReceivedMessage {
  readonly eventId: string
  readonly at: number
  readonly text: string
  /** The number of reads of the session before this message. */
  readonly reads: number
  /** Default: the creator of the session. */
  readonly by?: Sender
}

/** An event created through the control plane, or by archiving the session. With a `step`, it only brings this step forward. */
export interface ManualEvent {
  readonly at: number
  readonly effect: Effect
  /** The number of user messages before this event, which orders it among messages with the same timestamp. Default: 0. */
  readonly messages?: number
  /** Whether the session also falls asleep, as when it is archived. */
  readonly sleep?: true
  /**
   * The index of a step of the turn in progress that this event brings forward, if it is not due yet. The later steps of the turn move
   * forward by the same time.
   */
  readonly step?: number
}

/** The history of a session, which fully determines its state at any time. */
export interface SessionHistory {
  readonly id: string
  readonly createdAt: number
  readonly prompt: string
  /** The title set by the client. */
  readonly title: string | null
  /** The tags at creation. Later changes of the tags must not alter earlier messages. */
  readonly createdTags: readonly string[]
  readonly scenario: Scenario
  readonly promptEventId: string
  readonly messages: readonly ReceivedMessage[]
  /** The times of reads, oldest first. Recorded only if the scenario counts reads. */
  readonly reads: readonly number[]
  /** The manual events, oldest first. */
  readonly events: readonly ManualEvent[]
  readonly terminatedAt: number | null
  /** The time at which it was archived. Default: it is not. */
  readonly archivedAt?: number | null
  /** The time at which a client last changed its tags. Default: none has. */
  readonly tagsChangedAt?: number
  /** The maximum number of ACUs set by the client; null for no limit. */
  readonly maxAcuLimit: number | null
  /** Sample data that is valid for the session's `structured_output_schema`. */
  readonly samples: { readonly full: unknown; readonly partial: unknown } | null
  /** Whether a turn does not finish without an output that fits the schema. Default: false, as in v1. */
  readonly structuredOutputRequired?: boolean
}

/** A time at which a session is computed. */
export interface Moment {
  /** Microseconds since the epoch. */
  readonly now: number
  /** Whether steps do not wait for time to pass. */
  readonly instant: boolean
}
