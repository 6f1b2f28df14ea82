/** The place of a message in a conversation. */
export interface MessagePlace {
  /** Microseconds since the epoch. */
  readonly at: number
  /** The number of messages that users sent after the prompt, up to this one. */
  readonly sent: number
  /** The number of Devin's messages since the user's last one, up to this one. Default: 0, for a user's message. */
  readonly said?: number
}

/**
 * Returns the id of a message, a UUIDv7 without dashes. The ids of a conversation sort like its messages, even those of the same
 * moment. `hex` has digits that are unique to the session.
 */
export function eventId({ at, sent, said = 0 }: MessagePlace, hex: string): string {
  const time = digits(Math.max(0, Math.floor(at / 1_000)), 12)
  // Two of the 14 bits of the count are in the variant.
  const order = `7${digits(sent >> 2, 3)}${digits(8 + (sent & 3), 1)}${digits(said, 4)}`
  return `event-${time}${order}${hex.slice(-11)}`
}

function digits(value: number, length: number): string {
  return value.toString(16).padStart(length, '0')
}
