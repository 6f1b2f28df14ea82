import { maskKeys } from '../base/mask-keys.ts'
import type { LiveEvent } from '../schemas/control/events.ts'

/** The maximum length of an event on the wire, in bytes. */
export const FRAME_BYTES_MAX = 4_096

/** The maximum length of a text in an event, in characters. */
const TEXT_MAX = 1_000

/** The same in an event that would be too long: five texts of characters that take six bytes each still fit. */
const SHORT_TEXT_MAX = 100

/** Returns the id of an event: the epoch of its server and its number, which counts up. */
export function eventId(epoch: string, number: number): string {
  return `${epoch}-${number}`
}

/** Returns the number in the id of an event; undefined for anything else, and for the id of another epoch. */
export function numberIn(id: string, epoch: string): number | undefined {
  const [, prefix, number] = /^(\w+)-(\d{1,15})$/.exec(id) ?? []
  return prefix === epoch ? Number(number) : undefined
}

/** Returns an event as server-sent. Masks keys, which a path or the name of a snapshot may contain, and cuts long texts. */
export function frameOf(id: string, event: LiveEvent): string {
  const masked = Object.entries(event).map(([name, value]) => [
    name,
    typeof value === 'string' ? maskKeys(value) : value,
  ])
  const frame = framed(id, masked, TEXT_MAX)
  return Buffer.byteLength(frame) <= FRAME_BYTES_MAX ? frame : framed(id, masked, SHORT_TEXT_MAX)
}

function framed(id: string, members: readonly (readonly unknown[])[], max: number): string {
  const shown = members.map(([name, value]) => [name, typeof value === 'string' ? cut(value, max) : value])
  return `id: ${id}\ndata: ${JSON.stringify(Object.fromEntries(shown))}\n\n`
}

function cut(text: string, max: number): string {
  return (text.length <= max ? text : `${text.slice(0, max)}…`).toWellFormed()
}
