import type { EventKind, LiveEvent } from '../schemas/control/events.ts'
import { eventId, frameOf, numberIn } from './frame.ts'
import { type Schedule, schedule } from './schedule.ts'

/** The number of latest events that are kept, so that a stream can continue after its connection was lost. At most 4 MiB. */
export const EVENTS_KEPT = 1_000

/** The maximum length of the events that a stream begins with, in characters. A client that has missed more starts over with `resync`. */
export const MISSED_LENGTH_MAX = 131_072

/** The time between two heartbeats, in milliseconds. Proxies close a connection without data for a minute. */
export const HEARTBEAT_MS = 15_000

/** How long events are collected after the last stream has ended, in milliseconds, so that a client can continue its stream. */
export const LINGER_MS = 60_000

/** The receiver of a stream. */
export interface Receiver {
  /** Takes a text of the stream: an event or a comment. */
  send(text: string): void
  /** Ends the stream. */
  end(): void
}

/** The events that a stream selects. */
export interface Selection {
  /** Default: all. */
  readonly kinds?: readonly EventKind[] | undefined
  /** The organization. Default: all. Events that concern the whole server are selected, too. */
  readonly orgId?: string | undefined
  /** The id of the last event that the client has received. Default: it has received none. */
  readonly after?: string | undefined
}

/** Runs while there are streams, and sees every event. It may publish further ones. */
export interface Companion {
  start(): void
  see(event: LiveEvent): void
  stop(): void
}

/** The dependencies of a hub. */
export interface HubOptions {
  /** Distinguishes the ids of this hub from those of others, such as one of an earlier process. */
  readonly epoch: string
  /** Default: the timers of this machine. */
  readonly schedule?: Schedule
  /** Called after `LINGER_MS` without streams. */
  readonly onIdle: () => void
}

interface Kept {
  readonly event: LiveEvent
  readonly frame: string
}

/** Distributes events to the streams, and keeps the latest ones. */
export class EventHub {
  readonly #epoch: string
  readonly #schedule: Schedule
  readonly #onIdle: () => void
  readonly #receivers = new Map<Receiver, Selection>()
  /** A ring: the event with number `n` is at `n % EVENTS_KEPT`. */
  readonly #kept: Kept[] = []
  #last = 0
  #companion: Companion | undefined
  /** Cancels the next heartbeat or, without streams, the end of the hub. */
  #cancel: () => void = () => undefined

  constructor({ epoch, schedule: own = schedule, onIdle }: HubOptions) {
    this.#epoch = epoch
    this.#schedule = own
    this.#onIdle = onIdle
  }

  /** Sets what runs while there are streams. */
  accompany(companion: Companion): void {
    this.#companion = companion
  }

  /** The number of streams. */
  get size(): number {
    return this.#receivers.size
  }

  /** Sends an event to the streams that select it. It is plain JSON, so that it may also come from another process. */
  publish(event: LiveEvent): void {
    const number = ++this.#last
    const frame = frameOf(eventId(this.#epoch, number), event)
    this.#kept[number % EVENTS_KEPT] = { event, frame }
    for (const [receiver, selection] of this.#receivers)
      if (isSelected(event, selection)) receiver.send(frame)
    if (this.size > 0) this.#companion?.see(event)
  }

  /**
   * Adds a stream. It first gets the events since the last one that the client has received or, if these are no longer kept, one
   * event `resync`. Returns a function that removes the stream.
   */
  subscribe(receiver: Receiver, selection: Selection = {}): () => void {
    receiver.send(this.#missed(selection) ?? this.#resync())
    this.#receivers.set(receiver, selection)
    if (this.size === 1) {
      this.#cancel()
      this.#companion?.start()
      this.#beat()
    }
    return () => {
      if (this.#receivers.delete(receiver) && this.size === 0) this.#rest()
    }
  }

  /** Returns the events that a client has missed; undefined if they are not all known, or too many. */
  #missed(selection: Selection): string | undefined {
    const number = selection.after === undefined ? undefined : numberIn(selection.after, this.#epoch)
    if (number === undefined || number > this.#last || number < this.#last - EVENTS_KEPT) return undefined
    let missed = ''
    for (let next = number + 1; next <= this.#last; next++) {
      const { event, frame } = this.#kept[next % EVENTS_KEPT] as Kept
      if (isSelected(event, selection)) missed += frame
    }
    return missed.length > MISSED_LENGTH_MAX ? undefined : missed + this.#heartbeat()
  }

  /** Returns a text without an event. It updates the position of a client, also when no event matches its selection for long. */
  #heartbeat(): string {
    return `id: ${eventId(this.#epoch, this.#last)}\n\n`
  }

  /** Returns the event with which a client starts over. Its id is that of the last event, after which the client continues. */
  #resync(): string {
    return frameOf(eventId(this.#epoch, this.#last), { kind: 'resync', org_id: null })
  }

  #beat(): void {
    this.#cancel = this.#schedule(HEARTBEAT_MS, () => {
      for (const receiver of this.#receivers.keys()) receiver.send(this.#heartbeat())
      if (this.size > 0) this.#beat()
    })
  }

  #rest(): void {
    this.#cancel()
    this.#companion?.stop()
    this.#cancel = this.#schedule(LINGER_MS, this.#onIdle)
  }

  /** Ends all streams. */
  close(): void {
    const receivers = [...this.#receivers.keys()]
    this.#receivers.clear()
    if (receivers.length > 0) this.#companion?.stop()
    this.#cancel()
    for (const receiver of receivers) receiver.end()
  }
}

/** Returns whether a selection includes an event. Requests without an organization are in no organization's stream, as in no organization's journal. */
function isSelected({ kind, org_id: owner }: LiveEvent, { kinds, orgId }: Selection): boolean {
  if (kinds !== undefined && !(kinds as readonly string[]).includes(kind)) return false
  return orgId === undefined || owner === orgId || (owner === null && kind !== 'request')
}
