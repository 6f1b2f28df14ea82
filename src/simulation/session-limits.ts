import type { SessionHistory } from './history.ts'
import type { SessionState } from './session.ts'

/** The maximum number of messages, including Devin's, and events in a session. Every response about a session processes all of them. */
export const SESSION_ITEMS_MAX = 10_000

/** The maximum number of recorded reads of a session. */
export const READS_MAX = 100_000

/** The maximum total length of the messages sent to a session, in UTF-16 units. */
const SESSION_TEXT_MAX = 16_777_216

/** Thrown for a message or an event beyond the limits of a session. */
export class SessionFullError extends Error {
  override name = 'SessionFullError'
  /** The limit that was reached. */
  readonly limit: 'items' | 'text'

  constructor(limit: 'items' | 'text') {
    super(`the session is full: ${limit}`)
    this.limit = limit
  }
}

/** Returns whether a session cannot take another message or event. */
export function isSessionFull(
  { events }: Pick<SessionHistory, 'events'>,
  { messages }: Pick<SessionState, 'messages'>,
): boolean {
  return messages.length + events.length >= SESSION_ITEMS_MAX
}

/** Throws SessionFullError if the session cannot take another message or event. `text` is the text of the message. */
export function requireSessionCapacity(
  session: Pick<SessionHistory, 'messages' | 'events'>,
  state: Pick<SessionState, 'messages'>,
  text = '',
): void {
  if (isSessionFull(session, state)) throw new SessionFullError('items')
  const { messages } = session
  const length = messages.reduce((sum, message) => sum + message.text.length, text.length)
  if (text !== '' && length > SESSION_TEXT_MAX) throw new SessionFullError('text')
}
