import type { Sender } from './history.ts'
import type { Phase } from './phase.ts'
import type { CATEGORIES, PULL_REQUEST_STATES, StatusEnum } from './scenario.ts'

/** A message of a session. Times are in microseconds since the epoch. */
export interface SessionMessage {
  readonly type: 'initial_user_message' | 'user_message' | 'devin_message'
  readonly eventId: string
  readonly at: number
  readonly text: string
  /** The sender of a user's message, unless it is the creator of the session. */
  readonly by?: Sender
}

/** A pull request of a session. */
export interface PullRequest {
  readonly url: string
  readonly state: (typeof PULL_REQUEST_STATES)[number]
}

/** A file that Devin attached. */
export interface DevinFile {
  /** Unique among all sessions, and the same in every run. */
  readonly id: string
  readonly name: string
  readonly contentType: string
  readonly content: string
  readonly at: number
}

/** The state of a session at a point in time. */
export interface SessionState {
  readonly status: string
  readonly statusEnum: StatusEnum | null
  readonly title: string | null
  readonly messages: readonly SessionMessage[]
  readonly pullRequests: readonly PullRequest[]
  readonly files: readonly DevinFile[]
  readonly structuredOutput: unknown
  /** The `status` and `status_detail` in v3. */
  readonly phase: Phase
  readonly category: (typeof CATEGORIES)[number] | null
  readonly subcategory: string | null
  readonly acus: number
  /** The time of the last event, or of the last change by a client. */
  readonly updatedAt: number
  /** The time at which the session was suspended because nothing happened, else that of the last change. */
  readonly changedAt: number
  /** The time at which the session was terminated, expired or failed. The session never changes after that. A finished session has not ended. */
  readonly endedAt: number | null
}
