/** The sizes of sessions, smallest first. */
export const SESSION_SIZES = ['xs', 's', 'm', 'l', 'xl'] as const

/** The size of a session. */
export type SessionSize = (typeof SESSION_SIZES)[number]

/** The ACUs and messages that each size but the largest stays below. The vendor publishes only that both count. */
const BOUNDS = [
  { acus: 1, messages: 10 },
  { acus: 3, messages: 30 },
  { acus: 10, messages: 100 },
  { acus: 20, messages: 300 },
] as const

/** Returns the size of a session by the ACUs it consumed and the number of its messages. */
export function sessionSize(acus: number, messages: number): SessionSize {
  const index = BOUNDS.findIndex((bound) => acus < bound.acus && messages < bound.messages)
  return SESSION_SIZES[index] ?? 'xl'
}
