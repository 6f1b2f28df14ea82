import type { SessionHistory } from './history.ts'
import type { SessionState } from './session.ts'

/** How many messages and events a session may have, Devin's messages included: every answer about it looks at all of them. */
export const SESSION_ITEMS_MAX = 10_000

/** How long the messages that were sent to a session may be together, in UTF-16 units. */
export const SESSION_TEXT_MAX = 16_777_216

/** Thrown for a message or an event for which a session has no room. */
export class SessionFullError extends Error {
  override name = 'SessionFullError'
  /** Which limit is reached. */
  readonly limit: 'items' | 'text'

  constructor(limit: 'items' | 'text') {
    super(`the session is full: ${limit}`)
    this.limit = limit
  }
}

/** Throws SessionFullError unless there is room for a further message or event; `text` is what a message says. */
export function demandSessionRoom(
  { messages, events }: Pick<SessionHistory, 'messages' | 'events'>,
  state: Pick<SessionState, 'messages'>,
  text = '',
): void {
  if (state.messages.length + events.length >= SESSION_ITEMS_MAX) throw new SessionFullError('items')
  const length = messages.reduce((sum, message) => sum + message.text.length, text.length)
  if (text !== '' && length > SESSION_TEXT_MAX) throw new SessionFullError('text')
}
